import { Alert, Flex, Table, Tag } from 'antd'
import type { Plan, PlannedEnd, PlannedReach } from '../../client/apply-wire.ts'
import type { PlannedTest } from '../../client/policy-wire.ts'
import { useWords } from '../i18n/language.ts'
import { kindOfId, ResourceLink } from './resource-link.tsx'

type Row = PlannedReach & { readonly what: 'lost' | 'gained' }

/** What would come of an apply: who would reach whom, and what is probably not meant. */
export function Effects({ plan }: { readonly plan: Plan }) {
  const { t } = useWords()
  const { gained, lost, traps, tests, steps, networks } = plan
  const rows: Row[] = [
    ...lost.map(each => ({ ...each, what: 'lost' as const })),
    ...gained.map(each => ({ ...each, what: 'gained' as const })),
  ]
  const count = (verb: 'put' | 'remove') => steps.filter(step => step.do === verb).length
  return (
    <Flex vertical gap="small" className="effects">
      <PlannedTests tests={tests} />
      {traps.map(({ code, at, message }) => (
        <Alert key={`${code} ${at} ${message}`} type="warning" showIcon title={message} />
      ))}
      {rows.length > 0 && (
        <Table<Row>
          size="small"
          pagination={rows.length > 20 ? { pageSize: 20 } : false}
          rowKey={row => JSON.stringify(row)}
          dataSource={rows}
          scroll={{ x: 'max-content' }}
          columns={[
            {
              title: t('effects.reach'),
              render: (_, { what }) => <Tag color={what === 'lost' ? 'error' : 'success'}>{t(`effects.${what}`)}</Tag>,
            },
            { title: t('effects.from'), render: (_, { from }) => <EndName end={from} /> },
            { title: t('effects.to'), render: (_, { to }) => <EndName end={to} /> },
            { title: t('effects.what'), render: (_, row) => whatOf(row, t('effects.all-ports')) },
          ]}
        />
      )}
      <span className="faint">
        {[
          ...(rows.length === 0 ? [t('effects.same')] : []),
          t('effects.steps', { put: count('put'), remove: count('remove') }),
          ...(networks.looked < networks.concerned ? [t('effects.unlooked', { ...networks })] : []),
        ].join(' ')}
      </span>
    </Flex>
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
