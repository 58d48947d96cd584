import { setTimeout as pause } from 'node:timers/promises'
import { InvalidArgumentError, Option } from 'commander'
import type { WireResource } from '../client/wire.ts'
import type { KindName } from '../model/kinds.ts'
import { stateLabel } from './labels.ts'
import type { Session } from './session.ts'
import { labelOfKind } from './words.ts'

const pollMs = 200

/** The option to wait until something works; its value is the number of seconds. */
export function waitOption(): Option {
  return new Option('--wait [seconds]', 'wait until it is active, with all its enabled backends')
    .preset('60')
    .argParser(secondsOf)
}

/** A number of seconds, as a person writes it. */
export function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!Number.isFinite(seconds) || seconds <= 0) throw new InvalidArgumentError('Must be a number of seconds.')
  return seconds
}

/** Waits until a resource works. Answers with the exit code: 1 when it did not in time, or cannot. */
export async function waitFor(
  { client, terminal, language, say }: Session,
  kind: KindName,
  id: string,
  seconds: number,
): Promise<number> {
  const until = Date.now() + seconds * 1000
  for (let said = ''; ;) {
    const resource = (await client.get(kind, id)) as WireResource
    const { state, reason } = stateNow(resource)
    if (state === 'active' || state === 'stopped') return 0
    const about = { kind: labelOfKind(kind, language), name: resource.name || id, state: stateLabel(state, language) }
    if (state === 'failed' || Date.now() >= until) {
      terminal.err(say('waited-in-vain', { ...about, seconds, reason: reason && `: ${reason}` }))
      return 1
    }
    const sentence = say('waiting', about) + (reason && `: ${reason}`)
    if (sentence !== said) terminal.err(sentence)
    said = sentence
    await pause(pollMs)
  }
}

/** The state of a resource; of a balancer, that of the worst of its enabled backends once it is active itself. */
function stateNow(resource: WireResource) {
  const { phase, reason } = resource.status
  if (phase !== 'active' || resource.kind !== 'load-balancer') return { state: phase, reason }
  const waiting = (resource.live ?? resource).listeners
    .filter(({ enabled }) => enabled)
    .flatMap(({ backends }) => backends.filter(({ enabled }) => enabled))
    .map(backend => ({ backend, status: resource.backendStatus[backend.id] }))
    .find(({ status }) => status?.state !== 'active')
  if (!waiting) return { state: 'active' as const, reason: '' }
  const { backend, status } = waiting
  // It is enabled: what was said of it is older.
  const state = status && status.state !== 'disabled' ? status.state : ('pending' as const)
  const where = `${backend.address ?? backend.server ?? ''}:${backend.port}`
  return { state, reason: [where, status?.reason].filter(Boolean).join(' ') }
}
