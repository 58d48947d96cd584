import { useQuery } from '@tanstack/react-query'
import { Tooltip } from 'antd'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'

/** Lists whose members are rules that kernels count by. */
const counted: readonly string[] = [
  'security-group.rules',
  'nat-gateway.snatRules',
  'nat-gateway.dnatRules',
  'vpc.portForwards',
]

/** Whether the members of a list are counted. */
export function isCounted(kind: string, list: string): boolean {
  return counted.includes(`${kind}.${list}`)
}

/** How many new flows a rule decided on since it was loaded: read again and again. */
export function RuleCount({ resource, rule }: { readonly resource: Id; readonly rule: Id }) {
  const { queries } = useServer()
  const { t, language } = useWords()
  const { data } = useQuery({ ...queries.counters(resource), refetchInterval: 5000 })
  const found = data?.items[rule]
  if (!found) return <span className="faint">–</span>
  return (
    <Tooltip title={t('rules.bytes', { bytes: found.bytes.toLocaleString(language) })}>
      <span>{found.packets.toLocaleString(language)}</span>
    </Tooltip>
  )
}
