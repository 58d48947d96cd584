import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Card, Skeleton } from 'antd'
import { useState } from 'react'
import { partOf, type Made } from '../../client/scenario.ts'
import type { WireOf } from '../../client/wire.ts'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { useServer } from '../server/use-server.ts'
import { Drawn, useGraph } from '../topology/live-picture.tsx'
import { BackendState } from '../ui/backend-state.tsx'
import { QueryFault } from '../ui/query-fault.tsx'
import { filled, words } from './words.ts'

const noGroups: ReadonlySet<string> = new Set()

/** What came of a scenario, live: every backend on its way to 活跃, and the picture. */
export function Outcome({ made }: { readonly made: Made }) {
  const { language } = useWords()
  const { queries } = useServer()
  const { data, error } = useQuery(queries.resource('load-balancer', partOf(made, 'balancer')))
  const { data: eip } = useQuery(queries.resource('eip', partOf(made, 'balancerEip')))
  const [open, setOpen] = useState(noGroups)
  const { graph, fitKey } = useGraph(partOf(made, 'vpc'), open)
  const balancer = data as WireOf<'load-balancer'> | undefined
  return (
    <>
      <QueryFault error={error} />
      {balancer ? (
        <Backends balancer={balancer} address={eip?.kind === 'eip' ? eip.address : ''} />
      ) : (
        <Skeleton active />
      )}
      <Card size="small" title={words.picture[language]} className="scenario-picture">
        {graph ? (
          <Drawn
            graph={graph}
            fitKey={fitKey}
            onToggle={group => setOpen(groups => groups.symmetricDifference(new Set([group])))}
          />
        ) : (
          <Skeleton active />
        )}
      </Card>
    </>
  )
}

function Backends({ balancer, address }: { readonly balancer: WireOf<'load-balancer'>; readonly address: string }) {
  const { language } = useWords()
  const { id, listeners, backendStatus } = balancer
  const backends = listeners.flatMap(listener => listener.backends)
  const active = backends.filter(backend => backendStatus[backend.id]?.state === 'active').length
  const counts = { count: active, all: backends.length }
  const [listener] = listeners
  const url = `http://${address}${listener && listener.port !== 80 ? `:${listener.port}` : ''}/`
  return (
    <Card
      size="small"
      title={filled(words[active === backends.length ? 'allActive' : 'waiting'][language], counts)}
      extra={<Link to={paths.detail('load-balancer', id)}>{words.openBalancer[language]}</Link>}
    >
      {address !== '' && (
        <Alert
          type="info"
          title={
            <>
              {words.entrance[language]} <code>{url}</code>
            </>
          }
        />
      )}
      <ul className="scenario-backends">
        {backends.map(backend => (
          <li key={backend.id}>
            <div>
              <strong>{backend.name || backend.address}</strong>{' '}
              <code>
                {backend.address}:{backend.port}
              </code>
            </div>
            <BackendState balancer={id} backend={backend} status={backendStatus[backend.id]} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
