import Table from 'cli-table3'
import type { BackendStatus, WireOf } from '../client/wire.ts'
import type { Words } from '../model/define.ts'
import type { Answer } from './http-servers.ts'
import { plan } from './plan.ts'
import type { Reply } from './remote-client.ts'

/** Replies of one backend that look alike. */
interface Tally {
  readonly backend: string
  readonly source: string
  readonly forwardedFor: string
  readonly count: number
}

/** What the client got: who answered and what they saw, and how often nobody did. */
function tallyOf(replies: readonly Reply[]): {
  readonly served: readonly Tally[]
  readonly failures: ReadonlyMap<string, number>
} {
  const served = new Map<string, Tally>()
  const failures = new Map<string, number>()
  for (const { status, body } of replies) {
    if (status !== 200) {
      const why = status === null ? body : `HTTP ${status}`
      failures.set(why, (failures.get(why) ?? 0) + 1)
      continue
    }
    const { name, source, forwardedFor } = JSON.parse(body) as Answer
    const key = `${name} ${source} ${forwardedFor}`
    served.set(key, { backend: name, source, forwardedFor, count: (served.get(key)?.count ?? 0) + 1 })
  }
  return { served: [...served.values()].sort((a, b) => (a.backend < b.backend ? -1 : 1)), failures }
}

/** Whether every backend served, saw the one address that it must see, and was told of the client. */
export function isWhole(replies: readonly Reply[], mustSee: string | undefined): boolean {
  const { served, failures } = tallyOf(replies)
  const expected = plan.regions.flatMap(region => region.servers).length
  return (
    failures.size === 0 &&
    served.length === expected &&
    served.every(each => each.source === mustSee && each.forwardedFor === plan.client.address)
  )
}

const stateWords: Readonly<Record<BackendStatus['state'], Words>> = {
  active: { en: 'active', zh: '活跃' },
  unavailable: { en: 'unavailable', zh: '不可用' },
  abnormal: { en: 'abnormal', zh: '异常' },
  draining: { en: 'draining', zh: '排空中' },
  disabled: { en: 'disabled', zh: '已禁用' },
}
const unknown: Words = { en: 'nothing known yet', zh: '尚无状态' }

/** The backends of a balancer with their health, as lines. */
export function backendLines(balancer: WireOf<'load-balancer'>, language: keyof Words): string[] {
  const seenAs = { en: 'seen as', zh: '源地址' }[language]
  return balancer.listeners.flatMap(listener =>
    listener.backends.map(({ id, name, address, port }) => {
      const status = balancer.backendStatus[id]
      const state = (status ? stateWords[status.state] : unknown)[language]
      const reason = status?.reason ? ` (${status.reason})` : ''
      const seen = status && status.seenAs.length > 0 ? `, ${seenAs} ${status.seenAs.join(', ')}` : ''
      return `      ${name}  ${address}:${port}  ${state}${reason}${seen}`
    }),
  )
}

/** The closing table: who answered, what address they saw, and what they were told of the client. */
export function tableText(topologies: ReadonlyMap<string, readonly Reply[]>, language: keyof Words): string {
  const head = {
    en: ['topology', 'backend', 'requests', 'source it saw', 'X-Forwarded-For'],
    zh: ['拓扑', '后端', '请求数', '看到的源地址', 'X-Forwarded-For'],
  }[language]
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }
  const table = new Table({ head, chars, style: { head: [], border: [] } })
  for (const [name, replies] of topologies) {
    const { served, failures } = tallyOf(replies)
    for (const { backend, count, source, forwardedFor } of served)
      table.push([name, backend, count, source, forwardedFor])
    for (const [why, count] of failures) table.push([name, `– ${why}`, count, '', ''])
  }
  return table.toString()
}
