import { passing } from '../client/access-filter.ts'
import { accessLineOf, type AccessLine } from '../client/access-line.ts'
import type { AnswerTo, Question } from '../client/questions.ts'
import type { ProxyItem } from '../host/item.ts'
import type { Known } from './answers.ts'
import { allProxies } from './health.ts'

/** The newest lines that a balancer's processes on this machine wrote and that pass, in the order in which they were written. */
export async function accessLogAnswer(
  { host, held }: Known,
  { balancer, most, filter, after }: Question<'access-log'>,
): Promise<AnswerTo<'access-log'>> {
  const proxies = held ? allProxies(held).filter(item => item.for === balancer) : []
  const read = async (proxy: ProxyItem) => {
    const found = await host.accessLog?.(proxy, after?.[proxy.name] ?? null)
    return found ? [{ name: proxy.name, ...found }] : []
  }
  const logs = (await Promise.all(proxies.map(read))).flat()
  const passes = passing(filter)
  const lines = logs.flatMap(log => newest(log.lines, most + 1, passes))
  return {
    lines: lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-most),
    next: Object.fromEntries(logs.map(({ name, next }) => [name, next])),
    // Whoever goes on from there will not hear of those that were too many.
    missed: after !== null && (lines.length > most || logs.some(({ missed }) => missed)),
  }
}

/** Reads from the end, as mostly a few of very many lines are asked for. */
function newest(texts: readonly string[], most: number, passes: (line: AccessLine) => boolean): AccessLine[] {
  const found: AccessLine[] = []
  for (let i = texts.length - 1; i >= 0 && found.length < most; i--) {
    const line = accessLineOf(texts[i] ?? '')
    if (line && passes(line)) found.push(line)
  }
  return found.reverse()
}
