import { isDeepStrictEqual } from 'node:util'
import { carriedOff, changesInPlace, endsOf } from '../host/cascade.ts'
import { flowStands, type TrackedFlow } from '../host/flow-verdict.ts'
import { guardsOf, keyOf, stateOf, type HostState, type Item, type RulesetItem } from '../host/item.ts'
import { tracksFlows, type Ruleset } from '../host/ruleset.ts'
import { lostTargets, type Lost } from '../host/spread.ts'
import type { Step } from '../host/diff.ts'
import { Announcements } from './announcements.ts'
import { applySteps, type Hands } from './apply-steps.ts'
import { canCutLed, cutFlows, cutLed, type FlowsMeant } from './conntrack.ts'
import { doomedFlows } from './doomed-flows.ts'
import { DriftWatch } from './drift-watch.ts'
import { follower } from './follow.ts'
import type { HaproxyDriver } from './haproxy.ts'
import type { Drift, Host, Outcome } from './host.ts'
import { Known } from './known.ts'
import { Mailbox } from './mailbox.ts'
import { measureKernel, measureSpreads } from './measure.ts'
import { enter, listNetns } from './netns.ts'
import { sent } from './netlink.ts'
import { runNft, runs } from './nft.ts'
import { readSpace, type Reading } from './read-space.ts'
import { changeText, loadText, removalText, replaceText } from './ruleset-load.ts'
import { resolvers } from './resolver.ts'
import { rulesIn } from './rules.ts'
import { Spaces, type Space } from './space.ts'
import { Spreading } from './spreading.ts'
import { answersArp } from './neighbour.ts'
import { listenersAt } from './listeners.ts'
import { probePath } from './path-probe.ts'
import { tryAll } from './tries.ts'
import { writeSysctls } from './sysctl.ts'
import { translationsOf } from './translations.ts'

export interface LinuxHostOptions {
  /** What the names of our namespaces begin with. */
  readonly prefix: string
  /** Makes the driver of balancers. Without one, items of kind proxy fail. */
  readonly proxies?: (hooks: Pick<HaproxyHooks, 'enter' | 'drifted'>) => HaproxyDriver
}

interface HaproxyHooks {
  readonly enter: <T>(netns: string, run: () => T) => T
  readonly drifted: (drift: Drift) => void
}

/** The kernel of this machine, spoken to in process. */
export function linuxHost({ prefix, proxies }: LinuxHostOptions): Host {
  const spaces = new Spaces()
  const known = new Known()
  const announcements = new Announcements(known, netns => spaces.open(netns))
  const drifts = new Mailbox<Drift>()
  const driver = proxies?.({ enter: enterNamed, drifted: drift => drifts.put(drift) })
  const listening = resolvers({ spaces, drifted: drift => drifts.put(drift) })
  const counters = { processes: 0, flowsCut: 0 }
  const spreading = new Spreading({
    enter: enterNamed,
    space: netns => spaces.get(netns),
    alone,
    cut: (space, stands) => cut(space, 'led', stands),
    judge: space => judgeFlows(space, 'led'),
  })
  const { slots } = spreading
  /** Namespaces whose rules changed in this round, so that flows may have to go, whichever do not stand or those to these. */
  const rewritten = new Map<string, 'all' | readonly Lost[]>()
  let watch: DriftWatch | undefined
  /** Reading and changing take turns: what is read in the middle of a change is nobody's state. */
  let turn: Promise<unknown> = Promise.resolve()
  let busy = false

  function alone<T>(run: () => Promise<T>): Promise<T> {
    const result = turn.then(async () => {
      busy = true
      try {
        return await run()
      } finally {
        busy = false
        watch?.judge()
      }
    })
    turn = result.catch(() => {})
    return result
  }

  function enterNamed<T>(netns: string, run: () => T): T {
    const space = spaces.get(netns)
    if (!space) throw new Error(`there is no namespace ${netns}`)
    return enter(space.fd, run)
  }

  /** Enters also what was brought along and not looked at yet. */
  function enterAny<T>(netns: string, run: () => T): T {
    const space = spaces.open(netns)
    if (!space) throw new Error(`there is no namespace ${netns}`)
    return enter(space.fd, run)
  }

  async function observe(netns?: readonly string[], expected?: HostState): Promise<HostState> {
    const believed = expected ?? known.state
    const names = netns ?? [...new Set([...listNetns(prefix), ...namesOf(believed)])]
    const linkAt = expected ? linksIn(expected) : (space: string, name: string) => known.linkAt(space, name)
    // Sweeps will see to settings; a start that read them all would take half as long again.
    const trustSettings = expected ? 'where-guarded' : 'never'
    const reading: Reading = { spaces, believed, linkAt, slots, trustSettings, links: new Map() }
    const items: Item[] = []
    let since = performance.now()
    for (const name of names) {
      const space = spaces.get(name)
      if (space) items.push(...(await readSpace(reading, space)))
      if (performance.now() - since < 10) continue
      await new Promise(setImmediate)
      since = performance.now()
    }
    items.push(...((await driver?.observe(netns)) ?? []), ...listening.observe(netns))
    const state = stateOf(items)
    remember(names, state)
    return state
  }

  /** What was read of some namespaces takes the place of what was known of them. */
  function remember(names: readonly string[], state: HostState): void {
    for (const name of names) known.replace(name, [])
    for (const item of state.values()) known.add(item)
    for (const name of names) {
      const space = watch && spaces.open(name)
      if (space) watch!.follow(space)
    }
  }

  function done({ do: verb, item }: Step): void {
    const before = known.state.get(keyOf(item))
    if (before && (verb === 'remove' || !changesInPlace(before, item))) forget(before)
    if (verb === 'put') {
      known.add(item)
      announcements.note(item)
    }
    const space = item.kind === 'netns' && verb === 'put' && watch && spaces.open(item.netns)
    if (space) watch!.follow(space)
  }

  /** An item is gone, and what goes with it. */
  function forget(item: Item): void {
    const where = new Set([item.netns, ...endsOf(item).map(([netns]) => netns)])
    const around = new Map([...where].flatMap(netns => [...known.of(netns)]))
    for (const key of carriedOff(around, [item])) known.remove(around.get(key)!)
    known.remove(item)
  }

  async function putRuleset(space: Space, { ruleset }: RulesetItem): Promise<string | undefined> {
    const { family } = ruleset
    const current = space.currentRulesets()
    const before = current[family]
    space.loaded = undefined
    const words = before === undefined ? replaceText(ruleset) : before ? changeText(before, ruleset) : loadText(ruleset)
    let { filling, text: fill } = spreading.filling(space.name, ruleset, !before)
    const text = words === '' ? fill : `${words}\n${fill}`
    const result = text === '' ? { output: '' } : await runNft(space.fd, text)
    if ('error' in result) {
      // What was believed to be there may not be: then only this is sure to do.
      ;({ filling, text: fill } = spreading.filling(space.name, ruleset, true))
      const again = await runNft(space.fd, replaceText(ruleset) + fill)
      if ('error' in again) return again.error
    }
    space.loaded = { rulesets: { ...current, [family]: ruleset }, generation: space.rulesGeneration() }
    if (family !== 'ip') return
    spreading.loaded(space.name, before, ruleset, filling)
    if (before !== null) {
      const [noted, concerned] = [rewritten.get(space.name) ?? [], flowsConcerned(before, ruleset)]
      rewritten.set(space.name, noted === 'all' || concerned === 'all' ? 'all' : [...noted, ...concerned])
    }
    if (!isOwned(space.name)) return
    const isStrict = !tracksFlows(ruleset) || (before && tracksFlows(before))
    const isPatient = !ruleset.spreads || before?.spreads
    return writeSysctls(space.fd, { ...(isStrict ? {} : strictFlows), ...(isPatient ? {} : patientFlows) })[0]
  }

  /** Takes steps, then forgets the flows that new rulesets would not let through: not before addresses and routes are as they will be. */
  async function apply(steps: readonly Step[]): Promise<readonly Outcome[]> {
    const outcomes = await applySteps(hands, steps)
    announcements.send()
    for (const [netns, which] of rewritten) {
      const space = spaces.get(netns)
      if (!space) continue
      if (which === 'all') judgeFlows(space, which)
      else leave(space, which)
    }
    rewritten.clear()
    return outcomes
  }

  /** Forgets the flows to what was taken out, but for those that may stay for a while. */
  function leave(space: Space, lost: readonly Lost[]): void {
    const left = lost.filter(({ spread }) => spread.drainS === 0)
    if (left.length === 0) return
    if (canCutLed(left)) counters.flowsCut += cutLed(space, left)
    else judgeFlows(space, 'led')
  }

  function judgeFlows(space: Space, which: FlowsMeant): void {
    const { name } = space
    const state = new Map(known.of(name))
    cut(space, which, flow => flowStands(state, name, flow) || spreading.keeps(name, flow))
  }

  function cut(space: Space, which: FlowsMeant, stands: (flow: TrackedFlow) => boolean): void {
    counters.flowsCut += cutFlows(space, which, stands)
  }

  async function removeRuleset(space: Space, { name, ruleset }: RulesetItem): Promise<string | undefined> {
    if (known.linksIn(space.name).some(link => guardsOf(link).includes(name)))
      return `links in ${space.name} still need their guard`
    const current = space.currentRulesets()
    space.loaded = undefined
    const result = await runNft(space.fd, removalText(ruleset))
    if ('error' in result) return result.error
    space.loaded = { rulesets: { ...current, [ruleset.family]: null }, generation: space.rulesGeneration() }
    return
  }

  const hands: Hands = {
    spaces,
    known: item => known.state.get(keyOf(item)),
    done,
    putRuleset,
    removeRuleset,
    guarded: (space, link) =>
      !isOwned(space.name) || guardsOf(link).every(name => space.loaded?.rulesets[name === '' ? 'ip' : name]),
    putProxy: async item => {
      if (!driver) throw new Error('this host runs no balancers')
      await driver.put(item)
    },
    removeProxy: async (item, gently) => driver?.remove(item, gently),
    resolvers: listening,
  }

  function isOwned(netns: string): boolean {
    const item = known.state.get(keyOf({ kind: 'netns', netns, name: '' }))
    return item?.kind === 'netns' && item.owned
  }

  return {
    observe: (netns, expected) => alone(() => observe(netns, expected)),
    apply: steps => alone(() => apply(steps)),
    async *watch(signal) {
      watch ??= new DriftWatch({
        spaces,
        known,
        slots,
        prefix,
        alone,
        busy: () => busy,
        report: drift => drifts.put(drift),
      })
      yield* drifts.take(signal)
    },
    async health(items) {
      const found = [
        ...((await driver?.health(items.filter(item => item.kind === 'proxy'))) ?? []),
        ...spreading.probe(items.filter(item => item.kind === 'ruleset')),
      ]
      await spreading.heed(items, found)
      return found
    },
    metrics: async wish => [
      ...measureKernel(name => spaces.open(name), wish),
      ...(await measureSpreads(name => spaces.open(name), wish)),
      ...wish.spreaders.flatMap(spreader => spreading.available(spreader)),
      ...((await driver?.measures(wish.proxies)) ?? []),
    ],
    accessLog: async (proxy, after) => (await driver?.accessLog(proxy, after)) ?? null,
    async translations(netns, most) {
      const space = spaces.open(netns)
      return space && translationsOf(space, most)
    },
    doomedFlows: (planned, most) =>
      doomedFlows(planned, most, netns => ({ space: spaces.open(netns), held: known.of(netns) })),
    tryAll: tries => tryAll(enterAny, tries),
    async probe(wish) {
      const report = await probePath(enterAny, wish)
      const space = spaces.open(wish.netns)
      if (!report) return null
      const isHere = wish.protocol === 'tcp' && wish.server !== '' && spaces.open(wish.server) !== null
      return {
        ...report,
        gateway: space && wish.gateway ? answersArp(space, wish.gateway) : null,
        listens: isHere ? enterAny(wish.server, () => listenersAt(wish.port)) : null,
      }
    },
    follow: follower({ spaces, alone }),
    async rules(netns) {
      const space = spaces.open(netns)
      return space && [...rulesIn(space, 'ip'), ...rulesIn(space, 'bridge')]
    },
    get counters() {
      return { netlinkRequests: sent.requests, nftTransactions: runs.transactions, ...counters, ...driver?.counters }
    },
    async close() {
      await turn
      watch?.close()
      announcements.close()
      driver?.close()
      spreading.close()
      listening.close()
      spaces.close()
    },
  }
}

/**
 * A connection that was cut must not be taken up again from its middle, by whichever end speaks first. The setting is there once
 * a ruleset asked for conntrack.
 */
const strictFlows = { 'netfilter/nf_conntrack_tcp_loose': '0' }

/** Which flows may not stand any more when one ruleset takes the place of another. */
function flowsConcerned(before: Ruleset | undefined, { chains, sets, spreads = [] }: Ruleset): 'all' | readonly Lost[] {
  if (!before?.spreads || !isDeepStrictEqual([before.chains, before.sets], [chains, sets])) return 'all'
  return lostTargets(before.spreads, spreads)
}

/** Where a packet of no flow is answered by a reset, one that is merely out of order must not be taken for such. */
const patientFlows = { 'netfilter/nf_conntrack_tcp_be_liberal': '1' }

function linksIn(state: HostState): Reading['linkAt'] {
  const ends = new Map([...state.values()].flatMap(item => endsOf(item).map(end => [end.join(' '), item])))
  return (netns, name) => ends.get(`${netns} ${name}`)
}

function namesOf(state: HostState): Set<string> {
  return new Set([...state.values()].map(item => item.netns))
}
