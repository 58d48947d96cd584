import { Alert, Flex, Table, Tag } from 'antd'
import type { Plan, PlannedEnd, PlannedReach } from '../../client/apply-wire.ts'
import { useWords } from '../i18n/language.ts'
import { kindOfId, ResourceLink } from './resource-link.tsx'

type Row = PlannedReach & { readonly what: 'lost' | 'gained' }

/** What would come of an apply: who would reach whom, and what is probably not meant. */
export function Effects({ plan }: { readonly plan: Plan }) {
  const { t } = useWords()
  const { gained, lost, traps, steps, networks } = plan
  const rows: Row[] = [
    ...lost.map(each => ({ ...each, what: 'lost' as const })),
    ...gained.map(each => ({ ...each, what: 'gained' as const })),
  ]
  const count = (verb: 'put' | 'remove') => steps.filter(step => step.do === verb).length
  return (
    <Flex vertical gap="small" className="effects">
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
