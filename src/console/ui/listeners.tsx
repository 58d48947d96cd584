import { CaretDownOutlined, CaretRightOutlined, DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, Button, Empty, Flex, Popconfirm } from 'antd'
import { Fragment, useState } from 'react'
import type { z } from 'zod'
import { standingOf } from '../../client/standing.ts'
import type { BackendStatus } from '../../client/wire.ts'
import type { ChildList } from '../../model/child-lists.ts'
import { telling } from '../../model/telling.ts'
import { ChildDialog, type Child } from '../form/child-dialog.tsx'
import { useWords } from '../i18n/language.ts'
import { backendPage } from '../pages/backends.ts'
import type { ChildPanelProps } from '../pages/kind-page.ts'
import { listenerPage } from '../pages/listeners.ts'
import type { Shown } from '../server/queries.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { BackendState, Connections } from './backend-state.tsx'
import { CertificateMarks } from './certificate-state.tsx'
import { ChildDraftMark, ChildTable, liveChild, RunningState } from './child-table.tsx'
import { ResourceLink } from './resource-link.tsx'
import { StateTag } from './status.tsx'
import { useAct } from './use-act.ts'
import { Value } from './value.tsx'
import { WithoutButton } from './without-dialog.tsx'
import './child-words.ts'

/** A balancer's listeners, each with its backends and what is known of them. */
export function Listeners({ resource, list }: ChildPanelProps) {
  const { t } = useWords()
  const { mayChange } = useSession()
  const [editing, setEditing] = useState<Child | 'new'>()
  const listeners = resource[list.attribute] as readonly Child[]
  return (
    <section>
      {mayChange && (
        <Flex className="toolbar">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('child.add-listeners')}
          </Button>
        </Flex>
      )}
      <Removed resource={resource} />
      {listeners.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('child.empty')} />}
      {listeners.map(listener => (
        <Listener
          key={listener.id}
          resource={resource}
          list={list}
          listener={listener}
          onEdit={() => setEditing(listener)}
        />
      ))}
      {editing && (
        <ChildDialog
          resource={resource}
          list={list}
          path={[list.attribute]}
          page={listenerPage}
          {...(editing === 'new' ? {} : { child: editing })}
          onClose={() => setEditing(undefined)}
        />
      )}
    </section>
  )
}

/** Backends that are no more and still have connections. */
function Removed({ resource }: { readonly resource: Shown }) {
  const { t } = useWords()
  const removed = Object.entries(statusesOf(resource)).filter(([, { removedFrom }]) => removedFrom === resource.id)
  if (removed.length === 0) return null
  const lines = removed.map(([id, status]) => (
    <Flex key={id} gap={8} align="center">
      <code>{id}</code>
      <StateTag state={status.state} />
      <Connections status={status} />
    </Flex>
  ))
  return <Alert type="info" className="toolbar" title={t('backend.removed')} description={lines} />
}

function statusesOf(resource: Shown): Readonly<Record<string, BackendStatus>> {
  return (resource['backendStatus'] ?? {}) as Readonly<Record<string, BackendStatus>>
}

interface ListenerProps {
  readonly resource: Shown
  readonly list: ChildList
  readonly listener: Child
  readonly onEdit: () => void
}

function Listener({ resource, list, listener, onEdit }: ListenerProps) {
  const { option } = useWords()
  const { mayChange } = useSession()
  const [open, setOpen] = useState(true)
  const title = listener.name || listener.id
  const [backends] = list.lists
  const live = liveChild(resource, ['listeners'], listener.id)
  return (
    <article className="listener" aria-label={title}>
      <Flex gap={12} align="center" wrap className="listener-head">
        <Button
          type="text"
          size="small"
          aria-expanded={open}
          aria-label={title}
          icon={open ? <CaretDownOutlined /> : <CaretRightOutlined />}
          onClick={() => setOpen(!open)}
        />
        <h3>
          {option('protocol', listener['protocol'])} : {portsText(listener)}
        </h3>
        <span className="name-cell">
          {listener.name ? <span>{listener.name}</span> : null}
          <small className="faint">{listener.id}</small>
        </span>
        <RunningState live={live} />
        <ChildDraftMark child={listener} live={live} />
        <CertificateMarks ids={listener['certificates'] as readonly string[]} />
        <span className="spacer" />
        {mayChange && <ListenerActions resource={resource} listener={listener} title={title} onEdit={onEdit} />}
      </Flex>
      {open && backends && (
        <>
          <Facts listener={listener} member={list.member} />
          {!redirects(listener) && <Backends resource={resource} list={backends} listener={listener} />}
        </>
      )}
    </article>
  )
}

function portsText(listener: Child): string {
  const [first, last] = [String(listener['port']), listener['lastPort']]
  return typeof last === 'number' ? `${first}–${last}` : first
}

function redirects(listener: Child): boolean {
  return (listener['options'] as readonly string[]).includes('redirect-to-https')
}

/** Attributes that a listener's head tells already, or its table of backends. */
const told: ReadonlySet<string> = new Set(['id', 'name', 'protocol', 'port', 'lastPort', 'enabled', 'backends'])

/** How a listener differs from others: how it balances and asks, or where it leads, and what is not as usual. */
function Facts({ listener, member }: { readonly listener: Child; readonly member: z.ZodObject }) {
  const { label } = useWords()
  const always = redirects(listener) ? ['redirectStatus', 'redirectPort'] : ['balance', 'check']
  const rest = Object.keys(telling(listener)).filter(name => !told.has(name) && !always.includes(name))
  const shape: Readonly<Record<string, z.core.$ZodType>> = member.shape
  return (
    <p className="faint listener-facts">
      {[...always, ...rest].map((name, i) => (
        <Fragment key={name}>
          {i > 0 && ' · '}
          {label(name, 'listeners')}: <Value name={name} schema={shape[name]} value={listener[name]} />
        </Fragment>
      ))}
    </p>
  )
}

function ListenerActions({
  resource,
  listener,
  title,
  onEdit,
}: Omit<ListenerProps, 'list'> & { readonly title: string }) {
  const { t } = useWords()
  const { server } = useServer()
  const act = useAct()
  const at = ['listeners', listener.id]
  const off = listener['enabled'] === false
  const toggle = () =>
    act(() => server.children.patch(resource.kind, resource.id, at, { enabled: off }), t('done.changed'))
  const remove = () => act(() => server.children.remove(resource.kind, resource.id, at), t('done.deleted'))
  return (
    <Flex gap={4}>
      {liveChild(resource, ['listeners'], listener.id)?.['enabled'] === true && (
        <WithoutButton kind={resource.kind} id={resource.id} child={listener.id} name={title} />
      )}
      <Button
        size="small"
        type="text"
        icon={<EditOutlined />}
        aria-label={t('child.edit', { name: title })}
        onClick={onEdit}
      />
      <Button size="small" type="text" onClick={() => void toggle()}>
        {t(off ? 'action.enable' : 'action.disable')}
      </Button>
      <Popconfirm title={t('confirm.delete-one', { name: title })} okText={t('action.delete')} onConfirm={remove}>
        <Button
          size="small"
          type="text"
          danger
          icon={<DeleteOutlined />}
          aria-label={`${t('action.delete')} ${title}`}
        />
      </Popconfirm>
    </Flex>
  )
}

function Backends({ resource, list, listener }: Omit<ListenerProps, 'onEdit'>) {
  const statuses = statusesOf(resource)
  const live = (liveChild(resource, ['listeners'], listener.id)?.['backends'] ?? []) as Parameters<typeof standingOf>[1]
  return (
    <ChildTable
      resource={resource}
      list={list}
      page={backendPage}
      path={['listeners', listener.id, 'backends']}
      items={listener['backends'] as readonly Child[]}
      cells={{
        target: backend =>
          typeof backend['server'] === 'string' ? (
            <>
              <ResourceLink kind="server" id={backend['server']} /> <code>{`:${String(backend['port'])}`}</code>
            </>
          ) : (
            <code>{`${String(backend['address'])}:${String(backend['port'])}`}</code>
          ),
        state: backend => (
          <BackendState
            balancer={resource.id}
            backend={backend}
            status={statuses[backend.id]}
            standing={standingOf(backend.id, live, statuses)}
          />
        ),
      }}
    />
  )
}
