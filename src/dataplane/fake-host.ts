import type { Step } from '../host/diff.ts'
import type { HostState } from '../host/item.ts'
import { listenerOf, poolsOf } from '../host/proxy.ts'
import { FakeKernel } from './fake-kernel.ts'
import { Mailbox } from './mailbox.ts'
import type { Measure } from './measure.ts'
import type { Drift, Host, Outcome, ServerHealth } from './host.ts'
import type { Translations } from './translations.ts'

/** The end of a process between two steps, as a fault. What was done before it stays done. */
export class Died extends Error {
  override readonly name = 'Died'
}

export interface FakeHostOptions {
  /** Outlives the host, as a kernel outlives a process. */
  readonly kernel?: FakeKernel
  /** Is asked before every step, which it lets fail with these words, or the process die. */
  readonly fault?: (step: Step, count: number) => { fail: string } | 'die' | undefined
  /** Sees what the kernel holds after every step. */
  readonly after?: (state: HostState, step: Step) => void
}

export interface FakeHost extends Host {
  readonly kernel: FakeKernel
  /** Somebody else does something to the kernel, and it is seen. */
  tamper(change: (kernel: FakeKernel) => void, drift: Drift): void
  /** What the balancers say from now on. */
  report(health: readonly ServerHealth[]): void
  /** What every balancer with an access log has written, from now on. */
  write(lines: readonly string[]): void
  /** How flows are translated from now on, by namespace. */
  translate(by: ReadonlyMap<string, Translations>): void
  /** What is counted from now on. */
  measure(measures: readonly Measure[]): void
}

/** A machine of the mind, as strict as a real one. */
export function fakeHost({ kernel = new FakeKernel(), fault, after }: FakeHostOptions = {}): FakeHost {
  // Who begins comes after another that ended, in whatever way.
  kernel.endProcess()
  const counters = { steps: 0, observations: 0 }
  const drifts = new Mailbox<Drift>()
  let reported: readonly ServerHealth[] = []
  let measured: readonly Measure[] = []
  let written: readonly string[] = []
  let translated: ReadonlyMap<string, Translations> = new Map()

  function take(step: Step): Outcome {
    const injected = fault?.(step, counters.steps)
    if (injected === 'die') throw new Died(`died before step ${counters.steps}`)
    counters.steps++
    const failed = injected?.fail ?? (step.do === 'put' ? kernel.put(step.item) : kernel.remove(step.item))
    after?.(kernel.state, step)
    return failed === undefined ? { step } : { step, failed }
  }

  return {
    kernel,
    counters,
    async observe(netns) {
      counters.observations++
      const only = netns && new Set(netns)
      return new Map([...kernel.state].filter(([, item]) => only?.has(item.netns) ?? true))
    },
    async apply(steps) {
      return steps.map(take)
    },
    watch: signal => drifts.take(signal),
    async health(balancers) {
      const listeners = new Set(
        balancers.flatMap(item => {
          if (item.kind === 'ruleset') return (item.ruleset.spreads ?? []).map(({ id }) => id)
          return item.kind === 'proxy' ? poolsOf(item.config).map(({ id }) => listenerOf(id)) : []
        }),
      )
      return reported.filter(({ listener }) => listeners.has(listener))
    },
    async metrics({ proxies, flows, shapers, links }) {
      const netns = new Set([...links, ...flows, ...[...proxies, ...shapers].map(item => item.netns)])
      return measured.filter(each => netns.has(each.netns))
    },
    async accessLog({ config }, place) {
      if (!config.log?.local) return null
      return { lines: written.slice(Number(place ?? 0)), next: String(written.length), missed: false }
    },
    async translations(netns, most) {
      const found = translated.get(netns)
      return found ? { ...found, fullest: found.fullest.slice(0, most) } : null
    },
    translate(by) {
      translated = by
    },
    write(lines) {
      written = lines
    },
    measure(measures) {
      measured = measures
    },
    tamper(change, drift) {
      change(kernel)
      drifts.put(drift)
    },
    report(health) {
      reported = health
    },
    async close() {
      kernel.endProcess()
    },
  }
}
