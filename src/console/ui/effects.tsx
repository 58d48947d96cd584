import { Alert, Flex, Table, Tag } from 'antd'
import type { Consequences, Plan, PlannedBackend, PlannedEnd, PlannedReach } from '../../client/apply-wire.ts'
import type { PlannedTest } from '../../client/policy-wire.ts'
import { useWords } from '../i18n/language.ts'
import { kindOfId, ResourceLink } from './resource-link.tsx'
import { StateTag } from './status.tsx'
import './effects-words.ts'

type Row = PlannedReach & { readonly what: 'lost' | 'gained' }

/** What would come of an apply: what comes of the change, what machines would do, and what is probably not meant. */
export function Effects({ plan }: { readonly plan: Plan }) {
  const { t } = useWords()
  const { traps, steps } = plan
  const count = (verb: 'put' | 'remove') => steps.filter(step => step.do === verb).length
  return (
    <Flex vertical gap="small" className="effects">
      {traps.map(({ code, at, message }) => (
        <Alert key={`${code} ${at} ${message}`} type="warning" showIcon title={message} />
      ))}
      <ConsequenceList of={plan} />
      <span className="faint">{t('effects.steps', { put: count('put'), remove: count('remove') })}</span>
    </Flex>
  )
}

/** What would come of a change: policy tests, backends, who would reach whom, and connections that would be cut. */
export function ConsequenceList({ of }: { readonly of: Consequences }) {
  const { t } = useWords()
  const { gained, lost, tests, backends, listeners, flows, networks } = of
  const rows = gained.length + lost.length
  return (
    <Flex vertical gap="small">
      <PlannedTests tests={tests} />
      {listeners.map(({ id, name, balancer, protocol, port }) => (
        <Alert
          key={id}
          type="error"
          showIcon
          title={t('effects.listener-lost', {
            listener: `${name || id} (${protocol.toUpperCase()} ${port})`,
            balancer: balancer.name || balancer.id,
          })}
        />
      ))}
      <BackendRows backends={backends} />
      {flows.total > 0 && <CutFlows flows={flows} />}
      {rows > 0 && <ReachTable gained={gained} lost={lost} />}
      <span className="faint">
        {[
          ...(rows === 0 ? [t('effects.same')] : []),
          ...(flows.silent.length > 0 ? [t('effects.silent', { hosts: flows.silent.join(', ') })] : []),
          ...(networks.looked < networks.concerned ? [t('effects.unlooked', { ...networks })] : []),
        ].join(' ')}
      </span>
    </Flex>
  )
}

/** Who loses and who gains reach. */
export function ReachTable({ gained, lost }: Pick<Consequences, 'gained' | 'lost'>) {
  const { t } = useWords()
  const rows: Row[] = [
    ...lost.map(each => ({ ...each, what: 'lost' as const })),
    ...gained.map(each => ({ ...each, what: 'gained' as const })),
  ]
  return (
    <Table<Row>
      size="small"
      pagination={rows.length > 20 ? { pageSize: 20 } : false}
      rowKey={row => JSON.stringify(row)}
      dataSource={rows}
      scroll={{ x: 'max-content' }}
      columns={[
        {
          title: t('effects.reach'),
          render: (_, { what }) => (
            <Tag color={what === 'lost' ? 'red' : 'green'} variant="filled">
              {t(`effects.${what}`)}
            </Tag>
          ),
        },
        { title: t('effects.from'), render: (_, { from }) => <EndName end={from} /> },
        { title: t('effects.to'), render: (_, { to }) => <EndName end={to} /> },
        { title: t('effects.what'), render: (_, row) => whatOf(row, t('effects.all-ports')) },
      ]}
    />
  )
}

/** Backends that would stand otherwise. */
function BackendRows({ backends }: Pick<Consequences, 'backends'>) {
  const { t, option } = useWords()
  if (backends.length === 0) return null
  return (
    <Table<PlannedBackend>
      size="small"
      pagination={backends.length > 20 ? { pageSize: 20 } : false}
      rowKey="id"
      dataSource={[...backends]}
      scroll={{ x: 'max-content' }}
      columns={[
        {
          title: t('effects.backend'),
          render: (_, { name, address, port }) => `${name ? `${name} ` : ''}${address || '–'}:${port}`,
        },
        {
          title: t('effects.of'),
          render: (_, { balancer }) => <ResourceLink kind="load-balancer" id={balancer.id} />,
        },
        { title: t('effects.now'), render: (_, { state }) => <StateTag state={state ?? 'unknown'} /> },
        {
          title: t('effects.becomes'),
          render: (_, { becomes, reason }) => (
            <>
              <Tag color={becomes === 'reachable' ? 'green' : 'red'} variant="filled">
                {option('standing', becomes)}
              </Tag>
              {reason !== '' && <div style={{ maxWidth: 320, whiteSpace: 'normal' }}>{reason}</div>}
            </>
          ),
        },
      ]}
    />
  )
}

/** Connections that would be cut, those pairs first that have most. */
function CutFlows({ flows: { total, pairs } }: Pick<Consequences, 'flows'>) {
  const { t } = useWords()
  const lines = pairs.map(({ from, to, protocol, port, flows }) => {
    const what = `${protocol.toUpperCase()}${port > 0 ? ` ${port}` : ''}`
    return `${from} → ${to} ${what} × ${flows}`
  })
  return (
    <Alert
      type="warning"
      showIcon
      title={t('effects.cuts', { total })}
      description={<span className="lines">{lines.join('\n')}</span>}
    />
  )
}

/** What becomes of policy tests; nothing of those that hold before and after. */
function PlannedTests({ tests }: Pick<Plan, 'tests'>) {
  const { t } = useWords()
  return tests.map(test => {
    const name = test.name || test.id
    if (breaks(test))
      return (
        <Alert key={test.id} type="error" showIcon title={t('effects.breaks', { name })} description={test.reason} />
      )
    if (test.becomes === 'broken') {
      const title = t('effects.stays-broken', { name })
      return <Alert key={test.id} type="warning" showIcon title={title} description={test.reason} />
    }
    if (test.was !== 'broken') return null
    return <Alert key={test.id} type="success" showIcon title={t('effects.mends', { name })} />
  })
}

/** Whether an apply is refused for a policy test unless it is forced. */
export function breaks({ was, becomes }: PlannedTest): boolean {
  return becomes === 'broken' && was !== 'broken'
}

function whatOf({ protocol, ports }: PlannedReach, all: string): string {
  if (protocol === 'icmp') return 'ICMP'
  return `${protocol.toUpperCase()} ${ports.join() === '1-65535' ? all : ports.join(', ')}`
}

function EndName({ end: { kind, ids, names, address } }: { readonly end: PlannedEnd }) {
  const { t } = useWords()
  if (kind === 'internet') return `${t('effects.internet')} (${address})`
  const [id = ''] = ids
  const of = kindOfId(id)
  return (
    <>
      {of ? <ResourceLink kind={of} id={id} /> : names[0] || address}
      {of && address !== '' && ` (${address})`}
      {ids.length > 1 && ` ${t('effects.others', { count: ids.length - 1 })}`}
    </>
  )
}
