import { EditOutlined, MoreOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Card, Descriptions, Flex, Result, Skeleton, Tabs } from 'antd'
import { lazy, Suspense } from 'react'
import { ApiError } from '../../client/api-error.ts'
import { childListsOf } from '../../model/child-lists.ts'
import { isStaged, kinds, type KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { isSecret } from '../../model/secrets.ts'
import { useWords } from '../i18n/language.ts'
import { isMeasured } from '../monitoring/measured.ts'
import { paths } from '../paths.ts'
import type { Shown } from '../server/queries.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { ApplyBanner } from '../ui/apply-dialog.tsx'
import { TrialBanner } from '../ui/trial-banner.tsx'
import { isDiagnosed } from './is-diagnosed.ts'
import { IssuanceTag } from '../ui/certificate-state.tsx'
import { ChildTable } from '../ui/child-table.tsx'
import { History } from '../ui/history.tsx'
import { MenuButton } from '../ui/menu-button.tsx'
import { OperationTable } from '../ui/operation-table.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { QueryFault } from '../ui/query-fault.tsx'
import { RelatedTables } from '../ui/related-tables.tsx'
import { ResourceState } from '../ui/status.tsx'
import { useActions } from '../ui/use-actions.tsx'
import { isLongText, schemaOf, Value } from '../ui/value.tsx'
import { Why } from '../ui/why.tsx'
import { kindPages } from './kind-pages.ts'

const ResourceMetrics = lazy(() =>
  import('../monitoring/resource-metrics.tsx').then(m => ({ default: m.ResourceMetrics })),
)

const ForecastPanel = lazy(() => import('../forecast/forecast-panel.tsx').then(m => ({ default: m.ForecastPanel })))

const AccessLogPanel = lazy(() =>
  import('../access-log/access-log-panel.tsx').then(m => ({ default: m.AccessLogPanel })),
)

/** How many facts stand beside each other, by the width of the window. */
const columns = { xs: 1, sm: 1, md: 2, lg: 3 }

interface Props {
  readonly kind: KindName
  readonly id: Id
  readonly tab: string | undefined
}

/** The page of one resource. */
export function DetailPage({ kind, id, tab }: Props) {
  const { t } = useWords()
  const { queries } = useServer()
  // Requests and connections are counted without an event for each.
  const counts = kind === 'load-balancer' ? { refetchInterval: 5000 } : {}
  const { data: resource, error } = useQuery({ ...queries.resource(kind, id), ...counts })
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Result
        status="404"
        title={t('detail.not-found')}
        extra={<Link to={paths.list(kind)}>{t('detail.back')}</Link>}
      />
    )
  }
  return (
    <>
      <QueryFault error={error} />
      {resource ? <Detail resource={resource} tab={tab} /> : <Skeleton active />}
    </>
  )
}

function Detail({ resource, tab }: { readonly resource: Shown; readonly tab: string | undefined }) {
  const words = useWords()
  const { t } = words
  const { mayChange } = useSession()
  const navigate = useNavigate()
  const actions = useActions()
  const { kind, id } = resource
  const toList = () => void navigate({ to: paths.list(kind) })
  const page = kindPages[kind]
  const tabs = [
    ...childListsOf(kind).flatMap(list => {
      const child = page.children[list.attribute]
      if (!child) return []
      const Panel = child.Panel ?? ChildTable
      return [
        {
          key: list.attribute,
          label: words.label(list.attribute),
          children: <Panel resource={resource} list={list} page={child} />,
        },
      ]
    }),
    ...(page.related.length > 0
      ? [{ key: 'related', label: t('detail.related'), children: <RelatedTables id={id} related={page.related} /> }]
      : []),
    ...(isMeasured(kind)
      ? [
          {
            key: 'monitoring',
            label: t('detail.monitoring'),
            children: (
              <Suspense fallback={<Skeleton active />}>
                <ResourceMetrics resource={resource} />
              </Suspense>
            ),
          },
        ]
      : []),
    ...(resource.kind === 'nat-gateway' || (resource.kind === 'vpc' && resource.eip !== null)
      ? [
          {
            key: 'forecast',
            label: t('detail.forecast'),
            children: (
              <Suspense fallback={<Skeleton active />}>
                <ForecastPanel resource={resource} />
              </Suspense>
            ),
          },
        ]
      : []),
    ...(resource.kind === 'load-balancer'
      ? [
          {
            key: 'access-log',
            label: words.label('accessLog'),
            children: (
              <Suspense fallback={<Skeleton active />}>
                <AccessLogPanel balancer={resource} />
              </Suspense>
            ),
          },
        ]
      : []),
    ...(isStaged(kind)
      ? [{ key: 'history', label: t('detail.history'), children: <History resource={resource} /> }]
      : []),
    { key: 'log', label: t('detail.log'), children: <OperationTable query={{ resource: id }} brief /> },
  ]
  const active = tabs.find(({ key }) => key === tab)?.key ?? tabs[0]?.key ?? 'log'
  return (
    <>
      <PageHead
        kind={kind}
        title={resource.name || id}
        extra={
          <Flex gap={8} wrap align="center" className="page-actions">
            {!resource.applied && <ApplyBanner kind={kind} id={id} name={resource.name} />}
            <Flex gap={8}>
              {isDiagnosed(kind) && (
                <Why
                  type="default"
                  label={resource.status.phase === 'active' ? 'diagnosis.ask' : 'backend.why'}
                  title={t('diagnosis.title', { name: resource.name || id })}
                  path={`/v1/${kinds[kind].plural}/${id}/diagnosis`}
                />
              )}
              {mayChange && (
                <>
                  <Button icon={<EditOutlined />} onClick={() => actions.edit(resource)}>
                    {t('action.edit')}
                  </Button>
                  <MenuButton
                    menu={actions.menuOf(resource, { onDeleted: toList, withOpen: false })}
                    icon={<MoreOutlined />}
                  >
                    {t('list.more')}
                  </MenuButton>
                </>
              )}
            </Flex>
          </Flex>
        }
      />
      {isStaged(kind) && <TrialBanner id={id} generation={resource.generation} />}
      <Card size="small" title={t('detail.basic')} className="facts">
        <Descriptions size="small" column={columns} items={factsOf(resource, words)} />
      </Card>
      <Tabs
        activeKey={active}
        onChange={key => void navigate({ to: paths.detail(kind, id, key), replace: true })}
        items={tabs}
      />
      {actions.dialogs}
    </>
  )
}

/** What stands on the page of a resource above its tabs. */
function factsOf(resource: Shown, { label, when }: ReturnType<typeof useWords>) {
  const { kind } = resource
  const lists = new Set(childListsOf(kind).map(list => list.attribute))
  const own = [
    ...Object.keys(kinds[kind].now.shape),
    ...Object.keys(kinds[kind].spec.shape),
    ...(kind === 'eip' ? ['boundTo'] : []),
    ...(kind === 'policy-test' ? ['verdict'] : []),
    ...(kind === 'certificate' ? ['names', 'issuer', 'notBefore', 'notAfter'] : []),
  ].filter(name => !isSecret(kind, name))
  const isLong = (name: string) => isLongText(schemaOf(kind, name))
  return [
    { key: 'id', label: 'ID', children: <code>{resource.id}</code> },
    { key: 'state', label: label('state'), children: <ResourceState resource={resource} /> },
    ...own
      .filter(name => !lists.has(name) && !isLong(name))
      .map(name => ({
        key: name,
        label: label(name, kind),
        children: <Value name={name} schema={schemaOf(kind, name)} value={resource[name]} />,
      })),
    ...(resource.tags.length > 0
      ? [
          {
            key: 'tags',
            label: label('tags'),
            children: <Value name="tags" schema={undefined} value={resource.tags} />,
          },
        ]
      : []),
    ...(resource.description
      ? [{ key: 'description', label: label('description'), children: resource.description }]
      : []),
    ...(isStaged(kind) ? [{ key: 'generation', label: label('generation'), children: resource.generation }] : []),
    { key: 'createdAt', label: label('createdAt'), children: when(resource.createdAt) },
    ...(resource.kind === 'certificate' && resource.issuance
      ? [
          {
            key: 'issuance',
            label: label('issuance'),
            span: columns,
            children: <IssuanceTag issuance={resource.issuance} whole />,
          },
        ]
      : []),
    ...own.filter(isLong).map(name => ({
      key: name,
      label: label(name, kind),
      span: 'filled' as const,
      children: <pre className="long-text">{String(resource[name])}</pre>,
    })),
  ]
}
