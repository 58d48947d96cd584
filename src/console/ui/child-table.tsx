import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Empty, Flex, Popconfirm, Table, Tag, type TableColumnsType } from 'antd'
import { useState, type ReactNode } from 'react'
import type { z } from 'zod'
import type { ChildPath } from '../../model/command.ts'
import { same } from '../../model/same.ts'
import { telling } from '../../model/telling.ts'
import { ChildDialog, type Child } from '../form/child-dialog.tsx'
import type { Document } from '../form/body-of.ts'
import { useWords } from '../i18n/language.ts'
import type { WordKey } from '../i18n/words-en.ts'
import type { ChildPage, ChildPanelProps } from '../pages/kind-page.ts'
import { useServer } from '../server/use-server.ts'
import { useSession } from '../server/session.ts'
import { isCounted, RuleCount } from './rule-counters.tsx'
import { StateTag } from './status.tsx'
import { useAct } from './use-act.ts'
import { Value } from './value.tsx'
import { WithoutButton } from './without-dialog.tsx'
import './child-words.ts'

interface Props extends ChildPanelProps {
  /** Where the list is; at the top of the aggregate when left out. */
  readonly path?: ChildPath
  readonly items?: readonly Child[]
  /** What a new child begins with. */
  readonly given?: Document
  /** Cells that the schema does not know, by column. */
  readonly cells?: Readonly<Record<string, (child: Child) => ReactNode>>
  /** Beside the button that adds one. */
  readonly extra?: ReactNode
  readonly title?: ReactNode
}

/** A list of children: each with its draft's mark, edit, enable and delete; the checked ones together. */
export function ChildTable({
  resource,
  list,
  page,
  path = [list.attribute],
  items,
  given = {},
  cells = {},
  extra,
  title,
}: Props) {
  const words = useWords()
  const { server } = useServer()
  const { mayChange } = useSession()
  const act = useAct()
  const [editing, setEditing] = useState<Child | 'new'>()
  const [checked, setChecked] = useState<readonly string[]>([])
  const children = items ?? (resource[list.attribute] as readonly Child[])
  const shape: Readonly<Record<string, z.core.$ZodType>> = list.member.shape
  const changeAll = (ids: readonly string[], body: Document | null) =>
    act(
      async () => {
        for (const id of ids) {
          const at = [...path, id]
          if (body) await server.children.patch(resource.kind, resource.id, at, body)
          else await server.children.remove(resource.kind, resource.id, at)
        }
      },
      body ? words.t('done.changed') : words.t('done.deleted'),
    ).then(() => setChecked([]))
  const columns: TableColumnsType<Child> = [
    { title: `${words.label('name')} / ID`, key: 'name', render: (_, child) => <NameCell child={child} /> },
    {
      title: words.label('state'),
      key: 'state',
      render: (_, child) => (
        <Flex gap={4} wrap align="center">
          {cells['state']?.(child) ?? <RunningState live={liveChild(resource, path, child.id)} />}
          <ChildDraftMark child={child} live={liveChild(resource, path, child.id)} />
        </Flex>
      ),
    },
    ...page.columns.map((name, i) => ({
      title: words.label(name, list.attribute),
      key: name,
      render: (_: unknown, child: Child) => (
        <>
          {cells[name]?.(child) ?? <Value name={name} schema={shape[name]} value={child[name]} />}
          {i === 0 && <RareFacts list={list} child={child} rare={page.rare} />}
        </>
      ),
    })),
    ...(isCounted(resource.kind, list.attribute)
      ? [
          {
            title: words.t('rules.counted'),
            key: 'counted',
            align: 'right' as const,
            render: (_: unknown, child: Child) => <RuleCount resource={resource.id} rule={child.id} />,
          },
        ]
      : []),
    ...(mayChange
      ? [{ title: '', key: 'actions', align: 'right' as const, render: (_: unknown, child: Child) => actions(child) }]
      : []),
  ]
  const named = (child: Child) => child.name || child.id
  const actions = (child: Child) => (
    <Flex gap={4} justify="end" wrap>
      {liveChild(resource, path, child.id)?.['enabled'] === true && (
        <WithoutButton kind={resource.kind} id={resource.id} child={child.id} name={named(child)} />
      )}
      <Flex gap={4}>
        <Button
          size="small"
          type="text"
          icon={<EditOutlined />}
          aria-label={words.t('child.edit', { name: named(child) })}
          onClick={() => setEditing(child)}
        />
        <Button
          size="small"
          type="text"
          onClick={() => void changeAll([child.id], { enabled: child['enabled'] === false })}
        >
          {words.t(child['enabled'] === false ? 'action.enable' : 'action.disable')}
        </Button>
        <Popconfirm
          title={words.t('confirm.delete-one', { name: named(child) })}
          okText={words.t('action.delete')}
          onConfirm={() => changeAll([child.id], null)}
        >
          <Button
            size="small"
            type="text"
            danger
            icon={<DeleteOutlined />}
            aria-label={`${words.t('action.delete')} ${named(child)}`}
          />
        </Popconfirm>
      </Flex>
    </Flex>
  )
  return (
    <section>
      <Flex gap={8} wrap align="center" className="toolbar">
        {title}
        {mayChange && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {words.t(`child.add-${list.attribute}` as WordKey)}
          </Button>
        )}
        {extra}
        {checked.length > 0 && (
          <Flex gap={8} align="center" wrap>
            <span>{words.t('list.selected', { count: checked.length })}</span>
            <Button onClick={() => void changeAll(checked, { enabled: true })}>{words.t('action.enable')}</Button>
            <Button onClick={() => void changeAll(checked, { enabled: false })}>{words.t('action.disable')}</Button>
            <Popconfirm
              title={words.t('confirm.delete', { count: checked.length })}
              okText={words.t('action.delete')}
              onConfirm={() => changeAll(checked, null)}
            >
              <Button danger>{words.t('action.delete')}</Button>
            </Popconfirm>
          </Flex>
        )}
      </Flex>
      <Table<Child>
        size="small"
        rowKey="id"
        pagination={children.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
        dataSource={[...children]}
        columns={columns}
        {...(children.length > 0 ? { scroll: { x: true } } : { showHeader: false })}
        {...(mayChange
          ? { rowSelection: { selectedRowKeys: [...checked], onChange: keys => setChecked(keys as string[]) } }
          : {})}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.t('child.empty')} /> }}
      />
      {editing && (
        <ChildDialog
          resource={resource}
          list={list}
          path={path}
          page={page}
          {...(editing === 'new' ? {} : { child: editing })}
          given={given}
          onClose={() => setEditing(undefined)}
        />
      )}
    </section>
  )
}

function NameCell({ child }: { readonly child: Child }) {
  return (
    <span className="name-cell">
      {child.name ? <span>{child.name}</span> : null}
      <small className="faint">{child.id}</small>
    </span>
  )
}

/** What is told of a child only where it is not as usual, below what it is. */
function RareFacts({
  list,
  child,
  rare = [],
}: Pick<Props, 'list'> & { readonly child: Child; readonly rare: ChildPage['rare'] }) {
  const { label } = useWords()
  const shape: Readonly<Record<string, z.core.$ZodType>> = list.member.shape
  const unusual = telling(child)
  return rare
    .filter(name => Object.hasOwn(unusual, name))
    .map(name => (
      <small key={name} className="faint rare-fact">
        {label(name, list.attribute)}: <Value name={name} schema={shape[name]} value={child[name]} />
      </small>
    ))
}

/** How a child runs; nothing while it does not run at all. */
export function RunningState({ live }: { readonly live: Child | undefined }) {
  return live ? <StateTag state={live['enabled'] === false ? 'disabled' : 'active'} /> : null
}

/** Says that a child of a draft is not what runs. */
export function ChildDraftMark({ child, live }: { readonly child: Child; readonly live: Child | undefined }) {
  const { t } = useWords()
  if (live && same(live, child)) return null
  return (
    <Tag color="gold" variant="filled">
      {t(live ? 'child.draft-changed' : 'child.draft-new')}
    </Tag>
  )
}

/** The child as it runs; undefined where it does not. */
export function liveChild(resource: { readonly live?: unknown }, path: ChildPath, id: string): Child | undefined {
  let document = (resource.live ?? resource) as Document
  for (const [i, part] of [...path, id].entries()) {
    const next: unknown =
      i % 2 === 0 ? document[part] : (document as unknown as readonly Child[]).find(each => each.id === part)
    if (next === undefined) return undefined
    document = next as Document
  }
  return document as Child
}
