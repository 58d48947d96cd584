import { DownOutlined, MoreOutlined, PlusOutlined, SettingOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Checkbox, Dropdown, Empty, Flex, Input, Select, Table, Tag, type TableColumnsType } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { childListsOf } from '../../model/child-lists.ts'
import { kinds, type KindName } from '../../model/kinds.ts'
import { useWords, type Vocabulary } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { listSearchOf, newestFirst } from '../search.ts'
import type { Shown } from '../server/queries.ts'
import { useSession } from '../server/session.ts'
import { untilThere } from '../server/until-there.ts'
import { useServer } from '../server/use-server.ts'
import { DraftMark, ResourceState } from '../ui/status.tsx'
import { isDiagnosed } from './is-diagnosed.ts'
import { MenuButton } from '../ui/menu-button.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { QueryFault } from '../ui/query-fault.tsx'
import { useActions } from '../ui/use-actions.tsx'
import { useStored } from '../ui/use-stored.ts'
import { schemaOf, Value } from '../ui/value.tsx'
import { kindPages } from './kind-pages.ts'

const RowWhy = lazy(() => untilThere(() => import('../diagnosis/why-panel.tsx')).then(m => ({ default: m.RowWhy })))
const CreateDialog = lazy(() => import('../form/resource-dialog.tsx').then(m => ({ default: m.CreateDialog })))

const pageSizes = [20, 50, 100]

/** The list of a kind: what is looked for, which page and how it is narrowed stand in the address. */
export function ListPage({
  kind,
  search,
}: {
  readonly kind: KindName
  readonly search: Readonly<Record<string, unknown>>
}) {
  const words = useWords()
  const { t } = words
  const { queries } = useServer()
  const { mayChange } = useSession()
  const navigate = useNavigate()
  const actions = useActions()
  const [creating, setCreating] = useState(false)
  const [chosen, setChosen] = useState<readonly Shown[]>([])
  const [hidden, setHidden] = useStored<readonly string[]>(`columns.${kind}`, ['createdAt', 'description'])
  const [menu, setMenu] = useState<{ readonly x: number; readonly y: number; readonly resource: Shown }>()
  const { page, size, sort, filters } = listSearchOf(search)
  const { data, error, isFetching } = useQuery(queries.page(kind, { ...filters, sort }, page, size))
  const go = (next: Readonly<Record<string, string | number | undefined>>) => {
    const query: Readonly<Record<string, string | number | undefined>> = {
      ...filters,
      ...(size === 20 ? {} : { size }),
      ...(sort === newestFirst ? {} : { sort }),
      ...next,
    }
    const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
    void navigate({ to: paths.list(kind, Object.fromEntries(said)) })
  }
  const columns = columnsOf(kind, words)
    .filter(({ key }) => !hidden.includes(String(key)))
    .map(column =>
      isSortable(kind, String(column.key)) ? { ...column, ...sorting(String(column.key), sort) } : column,
    )
  const isFiltered = Object.keys(filters).length > 0
  return (
    <>
      <PageHead kind={kind} about={kinds[kind].about[words.language]} />
      <Flex gap={8} wrap className="toolbar">
        {mayChange && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t(kindPages[kind].createWord)}
          </Button>
        )}
        {mayChange && (
          <MenuButton
            disabled={chosen.length === 0}
            menu={actions.bulkMenu(chosen, () => setChosen([]))}
            icon={<DownOutlined />}
            iconPlacement="end"
          >
            {t('list.more')}
          </MenuButton>
        )}
        <Input.Search
          key={`search ${filters['search'] ?? ''}`}
          className="search"
          allowClear
          defaultValue={filters['search']}
          placeholder={t('list.search')}
          aria-label={t('list.search')}
          onSearch={value => go({ search: value, page: undefined })}
        />
        <Input.Search
          key={`tag ${filters['tag'] ?? ''}`}
          className="tag-filter"
          allowClear
          enterButton={false}
          defaultValue={filters['tag']}
          placeholder={t('list.tag')}
          aria-label={t('list.tag')}
          onSearch={value => go({ tag: value, page: undefined })}
        />
        <Select
          className="state-filter"
          aria-label={t('list.state')}
          value={filters['state'] ?? ''}
          onChange={value => go({ state: value, page: undefined })}
          options={[
            { value: '', label: t('list.any-state') },
            ...(kind === 'eip' ? ['available', 'associated'] : ['active', 'pending', 'stopped', 'failed']).map(
              state => ({
                value: state,
                label: words.option('state', state),
              }),
            ),
          ]}
        />
        {referenceFilters(filters).map(([name, value]) => (
          <Tag
            key={name}
            closable
            variant="outlined"
            className="filter"
            onClose={() => go({ [name]: undefined, page: undefined })}
          >
            {words.label(name, kind)}: {value}
          </Tag>
        ))}
        <span className="spacer" />
        <ColumnChooser kind={kind} hidden={hidden} onChange={setHidden} />
      </Flex>
      {chosen.length > 0 && <p className="faint">{t('list.selected', { count: chosen.length })}</p>}
      <QueryFault error={error} />
      <Table<Shown>
        rowKey="id"
        size="middle"
        loading={isFetching && data === undefined}
        dataSource={[...(data?.items ?? [])]}
        scroll={{ x: true }}
        columns={[
          ...columns,
          {
            title: '',
            key: 'actions',
            align: 'right',
            fixed: 'end',
            width: 48,
            render: (_, resource) => (
              <MenuButton
                menu={actions.menuOf(resource)}
                type="text"
                icon={<MoreOutlined />}
                aria-label={t('list.row-menu', { name: resource.name || resource.id })}
              />
            ),
          },
        ]}
        {...(mayChange
          ? {
              rowSelection: {
                selectedRowKeys: chosen.map(({ id }) => id),
                onChange: (_: unknown, rows: Shown[]) => setChosen(rows),
              },
            }
          : {})}
        onChange={(_, __, sorter, { action }) => {
          if (action !== 'sort' || Array.isArray(sorter)) return
          const by = `${sorter.order === 'descend' ? '-' : ''}${String(sorter.columnKey)}`
          go({ sort: sorter.order ? by : undefined, page: undefined })
        }}
        onRow={resource => ({
          onContextMenu: event => {
            event.preventDefault()
            setMenu({ x: event.clientX, y: event.clientY, resource })
          },
        })}
        locale={{
          emptyText: (
            <Empty
              image={Empty.PRESENTED_IMAGE_SIMPLE}
              description={t(isFiltered ? 'list.empty-filter' : 'list.empty')}
            >
              {isFiltered && <Link to={paths.list(kind)}>{t('list.clear')}</Link>}
            </Empty>
          ),
        }}
        pagination={{
          current: page,
          pageSize: size,
          total: data?.total ?? 0,
          showSizeChanger: true,
          pageSizeOptions: pageSizes,
          showTotal: count => t('list.total', { count }),
          onChange: (next, nextSize) =>
            go({
              page: next === 1 || nextSize !== size ? undefined : next,
              size: nextSize === 20 ? undefined : nextSize,
            }),
        }}
      />
      {menu && (
        <Dropdown
          autoFocus
          open
          menu={actions.menuOf(menu.resource)}
          trigger={['contextMenu']}
          onOpenChange={open => !open && setMenu(undefined)}
        >
          <span className="context-anchor" style={{ left: menu.x, top: menu.y }} />
        </Dropdown>
      )}
      {actions.dialogs}
      {creating && (
        <Suspense>
          <CreateDialog kind={kind} onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </>
  )
}

function columnsOf(kind: KindName, { label, when }: Vocabulary): TableColumnsType<Shown> {
  const lists = new Set(childListsOf(kind).map(list => list.attribute))
  return [
    {
      title: 'ID',
      key: 'id',
      render: (_, { id }) => (
        <Link to={paths.detail(kind, id)}>
          <code>{id}</code>
        </Link>
      ),
    },
    { title: label('name'), key: 'name', render: (_, { name }) => name || <span className="faint">–</span> },
    {
      title: label('state'),
      key: 'state',
      render: (_, resource) => (
        <Flex gap={4} wrap>
          <ResourceState resource={resource} />
          <DraftMark applied={resource.applied} />
          {isDiagnosed(resource.kind) && (
            <Suspense>
              <RowWhy resource={resource} />
            </Suspense>
          )}
        </Flex>
      ),
    },
    ...kinds[kind].columns
      .filter(name => !lists.has(name) || name === 'rules')
      .map(name => ({
        title: label(name, kind),
        key: name,
        render: (_: unknown, resource: Shown) => (
          <Value name={name} schema={schemaOf(kind, name)} value={resource[name]} />
        ),
      })),
    {
      title: label('tags'),
      key: 'tags',
      render: (_, { tags }) => <Value name="tags" schema={undefined} value={tags} />,
    },
    { title: label('description'), key: 'description', render: (_, { description }) => description },
    { title: label('createdAt'), key: 'createdAt', render: (_, { createdAt }) => when(createdAt) },
  ]
}

interface ChooserProps {
  readonly kind: KindName
  readonly hidden: readonly string[]
  readonly onChange: (hidden: readonly string[]) => void
}

function ColumnChooser({ kind, hidden, onChange }: ChooserProps) {
  const words = useWords()
  const columns = columnsOf(kind, words).filter(({ key }) => key !== 'id')
  const all = columns.map(({ key }) => String(key))
  const boxes = (
    <Checkbox.Group
      className="column-boxes"
      value={all.filter(each => !hidden.includes(each))}
      onChange={shown => onChange(all.filter(each => !shown.includes(each)))}
      options={columns.map(({ key, title }) => ({ value: String(key), label: title as string }))}
    />
  )
  return (
    <Dropdown trigger={['click']} placement="bottomRight" popupRender={() => boxes}>
      <Button icon={<SettingOutlined />}>{words.t('list.columns')}</Button>
    </Dropdown>
  )
}

function referenceFilters(filters: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(filters).filter(([name]) => !['search', 'tag', 'state'].includes(name))
}

function isSortable(kind: KindName, column: string): boolean {
  return ['createdAt', 'name', 'id', 'state', ...kinds[kind].columns].includes(column)
}

function sorting(column: string, sort: string) {
  const order = sort === column ? ('ascend' as const) : sort === `-${column}` ? ('descend' as const) : null
  return { sorter: true, sortOrder: order, showSorterTooltip: false }
}
