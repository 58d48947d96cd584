import type { MenuProps } from 'antd'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useNavigate } from '@tanstack/react-router'
import { ApiError } from '../../client/api-error.ts'
import { isStaged, type KindName } from '../../model/kinds.ts'
import { useWords } from '../i18n/language.ts'
import type { WordKey } from '../i18n/words-en.ts'
import { paths } from '../paths.ts'
import type { Shown } from '../server/queries.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { feedback } from './feedback.ts'
import { mayBeMissed } from './may-be-missed.ts'
import { complaintText, doAll, useAct } from './use-act.ts'

const EditDialog = lazy(() => import('../form/resource-dialog.tsx').then(m => ({ default: m.EditDialog })))
const BindDialog = lazy(() => import('../form/bind-dialog.tsx').then(m => ({ default: m.BindDialog })))
const WithoutDialog = lazy(() => import('./without-dialog.tsx').then(m => ({ default: m.WithoutDialog })))
const ApplyDialog = lazy(() => import('./apply-dialog.tsx').then(m => ({ default: m.ApplyDialog })))

type Items = NonNullable<MenuProps['items']>
type Verb = 'open' | 'without' | 'edit' | 'apply' | 'bind' | 'unbind' | 'start' | 'stop' | 'delete'

interface Actions {
  /** What can be done with a resource, as a menu. */
  readonly menuOf: (
    resource: Shown,
    also?: { readonly onDeleted?: () => void; readonly withOpen?: boolean },
  ) => MenuProps
  /** What can be done with several at once. */
  readonly bulkMenu: (chosen: readonly Shown[], done: () => void) => MenuProps
  readonly edit: (resource: Shown) => void
  /** The dialogs that they open; stands somewhere on the page. */
  readonly dialogs: ReactNode
}

/** Everything that can be done with a whole resource, from a row, a right click, or its page. */
export function useActions(): Actions {
  const words = useWords()
  const { t } = words
  const { server } = useServer()
  const { mayChange } = useSession()
  const navigate = useNavigate()
  const act = useAct()
  const [editing, setEditing] = useState<Shown>()
  const [applying, setApplying] = useState<Shown>()
  const [binding, setBinding] = useState<Shown>()
  const [missing, setMissing] = useState<Shown>()
  const nameOf = (resource: Shown) => resource.name || resource.id

  async function remove(resource: Shown, force: boolean, onDeleted?: () => void) {
    try {
      await server.remove(resource.kind, resource.id, { force })
      if (await act(() => Promise.resolve(), t('done.deleted'))) onDeleted?.()
    } catch (error) {
      const mayForce = !force && resource.kind === 'eip' && error instanceof ApiError && error.code === 'in-use'
      const { modal } = await feedback()
      void modal.confirm({
        title: t('error.title'),
        content: <span className="lines">{complaintText(error)}</span>,
        okText: mayForce ? t('action.force-delete') : t('action.close'),
        okButtonProps: { danger: mayForce },
        cancelText: t('action.cancel'),
        onOk: () => (mayForce ? remove(resource, true, onDeleted) : undefined),
      })
    }
  }
  async function release(eip: Shown) {
    const { unbind } = await import('../form/holding.ts')
    try {
      await unbind(server, eip)
      await act(() => Promise.resolve(), t('done.unbound'))
    } catch (error) {
      const { modal } = await feedback()
      const heldByRules = error instanceof ApiError && error.problems.every(({ code }) => code === 'eip-not-held')
      if (!heldByRules) return void (await act(() => Promise.reject(error), ''))
      void modal.confirm({
        title: t('error.title'),
        content: <span className="lines">{`${complaintText(error)}\n\n${t('confirm.force-unbind')}`}</span>,
        okText: t('action.force-unbind'),
        okButtonProps: { danger: true },
        cancelText: t('action.cancel'),
        onOk: () => act(() => unbind(server, eip, true), t('done.unbound')),
      })
    }
  }
  const confirmed = (title: string, content: string, okText: string, onOk: () => Promise<unknown>) => {
    const question = { title, content, okText, okButtonProps: { danger: true }, cancelText: t('action.cancel'), onOk }
    void feedback().then(({ modal }) => void modal.confirm(question))
  }

  const run = (resource: Shown, verb: Verb, onDeleted?: () => void) => {
    const { kind, id } = resource
    if (verb === 'open') void navigate({ to: paths.detail(kind, id) })
    if (verb === 'without') setMissing(resource)
    if (verb === 'edit') setEditing(resource)
    if (verb === 'apply') setApplying(resource)
    if (verb === 'start') void act(() => server.act(kind, id, 'start'), t('done.changed'))
    if (verb === 'stop')
      confirmed(t('confirm.stop', { name: nameOf(resource) }), t('confirm.stop-about'), t('action.stop'), () =>
        act(() => server.act(kind, id, 'stop'), t('done.changed')),
      )
    if (verb === 'bind') setBinding(resource)
    if (verb === 'unbind')
      confirmed(t('confirm.unbind', { name: nameOf(resource) }), t('confirm.unbind-about'), t('action.unbind'), () =>
        release(resource),
      )
    if (verb === 'delete')
      confirmed(t('confirm.delete-one', { name: nameOf(resource) }), lossesOf(kind, t), t('action.delete'), () =>
        remove(resource, false, onDeleted),
      )
  }

  const powerItems = (resources: readonly Shown[]): Items =>
    resources.every(each => 'power' in each)
      ? [
          { key: 'start', label: t('action.start'), disabled: resources.every(each => each['power'] === 'on') },
          { key: 'stop', label: t('action.stop'), disabled: resources.every(each => each['power'] === 'off') },
        ]
      : []
  const bindItems = (resource: Shown): Items =>
    resource.kind === 'eip'
      ? [
          { key: 'bind', label: t('action.bind'), disabled: resource.boundTo !== null },
          { key: 'unbind', label: t('action.unbind'), disabled: resource.boundTo === null },
        ]
      : []
  const menuOf: Actions['menuOf'] = (resource, { onDeleted, withOpen = true } = {}) => ({
    onClick: ({ key, domEvent }) => {
      domEvent.stopPropagation()
      run(resource, key as Verb, onDeleted)
    },
    items: [
      ...(withOpen ? [{ key: 'open', label: t('action.open') }] : []),
      ...(mayBeMissed(resource.kind) ? [{ key: 'without', label: t('without.ask') }] : []),
      ...(mayChange
        ? [
            { key: 'edit', label: t('action.edit') },
            ...(isStaged(resource.kind)
              ? [{ key: 'apply', label: t('action.apply'), disabled: resource.applied }]
              : []),
            ...bindItems(resource),
            ...powerItems([resource]),
            { type: 'divider' as const },
            { key: 'delete', label: t('action.delete'), danger: true },
          ]
        : []),
    ],
  })

  const bulkMenu: Actions['bulkMenu'] = (chosen, done) => {
    const waiting = chosen.filter(each => !each.applied)
    const each = async (list: readonly Shown[], doIt: (resource: Shown) => Promise<unknown>, said: WordKey) => {
      await act(() => doAll(list, doIt), t(said))
      done()
    }
    return {
      onClick({ key }) {
        if (key === 'apply') void each(waiting, r => server.apply(r.kind, r.id), 'done.applied')
        if (key === 'start' || key === 'stop') void each(chosen, r => server.act(r.kind, r.id, key), 'done.changed')
        if (key === 'delete')
          confirmed(
            t('confirm.delete', { count: chosen.length }),
            lossesOf(chosen[0]?.kind ?? 'zone', t),
            t('action.delete'),
            () => each(chosen, r => server.remove(r.kind, r.id), 'done.deleted'),
          )
      },
      items: [
        { key: 'apply', label: t('action.apply'), disabled: waiting.length === 0 },
        ...powerItems(chosen),
        { type: 'divider' },
        { key: 'delete', label: t('action.delete'), danger: true },
      ],
    }
  }
  const dialogs = (
    <Suspense>
      {editing && <EditDialog resource={editing} onClose={() => setEditing(undefined)} />}
      {binding && <BindDialog eip={binding} onClose={() => setBinding(undefined)} />}
      {missing && (
        <WithoutDialog
          kind={missing.kind}
          id={missing.id}
          name={nameOf(missing)}
          onClose={() => setMissing(undefined)}
        />
      )}
      {applying && (
        <ApplyDialog
          kind={applying.kind}
          id={applying.id}
          name={applying.name}
          onClose={() => setApplying(undefined)}
        />
      )}
    </Suspense>
  )
  return { menuOf, bulkMenu, edit: setEditing, dialogs }
}

/** What goes with a resource when it is deleted. */
const losses: Partial<Record<KindName, WordKey>> = {
  vpc: 'confirm.delete-about-vpc',
  'nat-gateway': 'confirm.delete-about-nat-gateway',
  'load-balancer': 'confirm.delete-about-load-balancer',
  'route-table': 'confirm.delete-about-route-table',
  'security-group': 'confirm.delete-about-security-group',
  eip: 'confirm.delete-about-eip',
}

function lossesOf(kind: KindName, t: (word: WordKey) => string): string {
  const loss = losses[kind]
  return `${loss === undefined ? '' : `${t(loss)} `}${t('confirm.delete-about')}`
}
