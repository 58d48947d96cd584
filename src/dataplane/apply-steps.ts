import {
  type BridgeItem,
  type Item,
  type MacvlanItem,
  type NetnsItem,
  type ProxyItem,
  type RouteItem,
  type RulesetItem,
  type ShaperItem,
  type TapItem,
  type VethItem,
} from '../host/item.ts'
import { endsOf } from '../host/cascade.ts'
import type { Step } from '../host/diff.ts'
import type { Outcome } from './host.ts'
import { SystemCallFailed } from './libc.ts'
import { setProxyDelay } from './neighbours.ts'
import { peerAlias } from './read-space.ts'
import type { Resolvers } from './resolver.ts'
import { Round } from './round.ts'
import * as rt from './rtnetlink.ts'
import { putRule, removeRule } from './rtnetlink-rule.ts'
import { isLink, isPair, stageOf, wordsOf } from './step-kinds.ts'
import { changeShaper, delShaper, newShaper } from './shaper.ts'
import type { Space, Spaces } from './space.ts'
import { quiet, writeSysctls } from './sysctl.ts'

/** What steps are applied with. */
export interface Hands {
  readonly spaces: Spaces
  /** Whether links may be made in a namespace: where it is ours, its ruleset is loaded. */
  readonly guarded: (space: Space, link: Item) => boolean
  readonly putRuleset: (space: Space, item: RulesetItem) => Promise<string | undefined>
  readonly removeRuleset: (space: Space, item: RulesetItem) => Promise<string | undefined>
  readonly putProxy: (item: ProxyItem) => Promise<void>
  /** Gently: what it has is finished, for as long as that may take. */
  readonly removeProxy: (item: ProxyItem, gently: boolean) => Promise<void>
  readonly resolvers: Pick<Resolvers, 'put' | 'remove'>
  /** The version of an item that is believed to be there. */
  readonly known: (item: Item) => Item | undefined
  /** Is told of every step that was done, in order. */
  readonly done: (step: Step) => void
}

type OnLink = Extract<Item, { kind: 'address' | 'route' | 'rule' | 'shaper' }>

const errno = { notFound: 2, noProcess: 3, exists: 17, noDevice: 19, invalid: 22, noAddress: 99 }

/** Takes steps in order, on the kernel. */
export async function applySteps(hands: Hands, steps: readonly Step[]): Promise<Outcome[]> {
  return new Application(hands, steps).run()
}

class Application {
  readonly #hands: Hands
  readonly #steps: readonly Step[]
  readonly #round = new Round()
  /** Namespaces that go: what is inside them needs no work of its own. */
  readonly #doomed: ReadonlySet<string>
  /** Links that go, as `<netns> <name>`, and what is on them with them. */
  readonly #leaving: ReadonlySet<string>
  /** Balancers that have no first node any more. */
  readonly #ending: ReadonlySet<string>
  readonly #farewells: Promise<void>[] = []

  constructor(hands: Hands, steps: readonly Step[]) {
    this.#hands = hands
    this.#steps = steps
    const removed = steps.filter(step => step.do === 'remove').map(step => step.item)
    this.#doomed = new Set(removed.filter(item => item.kind === 'netns' && item.owned).map(item => item.netns))
    this.#leaving = new Set(removed.flatMap(endsOf).map(end => end.join(' ')))
    this.#ending = new Set(removed.filter(item => item.kind === 'proxy').map(item => item.name))
  }

  async run(): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    let stage: Step[] = []
    for (const step of this.#steps) {
      if (stage.length > 0 && stageOf(stage[0]!) !== stageOf(step)) {
        outcomes.push(...(await this.#runStage(stage)))
        stage = []
      }
      stage.push(step)
    }
    return [...outcomes, ...(await this.#runStage(stage))]
  }

  async #runStage(stage: readonly Step[]): Promise<Outcome[]> {
    for (const step of stage) {
      const words = await this.#take(step)
      if (words !== undefined) this.#round.fail(step, words)
    }
    await Promise.all(this.#farewells.splice(0))
    await this.#round.flush()
    return stage.map(step => {
      const failed = this.#round.failureOf(step)
      if (failed !== undefined) return { step, failed }
      this.#hands.done(step)
      return { step }
    })
  }

  /** Does a step, or leaves requests for it in the round. Returns why it cannot be done. */
  async #take(step: Step): Promise<string | undefined> {
    try {
      return step.do === 'put' ? await this.#put(step) : await this.#remove(step)
    } catch (error) {
      if (!(error instanceof SystemCallFailed) && step.item.kind !== 'proxy') throw error
      return wordsOf(error)
    }
  }

  async #put(step: Step): Promise<string | undefined> {
    const { item } = step
    const space = this.#hands.spaces.get(item.netns)
    if (item.kind === 'netns') return this.#putNetns(item, space)
    if (!space) return `there is no namespace ${item.netns}`
    if ((isLink(item) || item.kind === 'bridge') && !this.#hands.guarded(space, item))
      return `the ruleset of ${item.netns} is not loaded`
    switch (item.kind) {
      case 'ruleset':
        return this.#hands.putRuleset(space, item)
      case 'bridge':
        return this.#putBridge(step, item, space)
      case 'veth':
        return this.#putVeth(step, item, space) ?? this.#tune(step, item, space)
      case 'macvlan':
        return this.#putMacvlan(step, item, space) ?? this.#tune(step, item, space)
      case 'tap':
        return this.#putTap(step, item, space)
      case 'proxy':
        await this.#hands.putProxy(item)
        return
      case 'resolver':
        return this.#hands.resolvers.put(space, item)
      case 'address':
      case 'route':
      case 'rule':
      case 'shaper':
        return this.#putOnLink(step, item, space)
    }
  }

  #putNetns({ netns, owned, sysctls }: NetnsItem, existing: Space | null): string | undefined {
    if (!existing && !owned) return `there is no namespace ${netns}`
    const space = existing ?? this.#hands.spaces.create(netns)
    if (owned) {
      const [answer] = space.route.exchange([rt.setLink(1, {})])
      if (answer!.errno !== 0) return `lo: ${answer!.words}`
    }
    const refused = writeSysctls(space.fd, owned ? { ...quiet, ...sysctls } : sysctls)
    return refused.length > 0 ? refused.join('; ') : undefined
  }

  #putBridge(step: Step, { name, mac, mtu }: BridgeItem, space: Space): string | undefined {
    const existing = space.links.get(name)
    if (existing && existing.kind !== 'bridge') return `${name} is there already and is no bridge`
    const index = existing?.index ?? space.newIndex()
    if (!existing) {
      // Its MTU follows its ports' until it is changed once; so it is made with another one.
      this.#round.ask(step, space, rt.newBridge({ index, name, mac, mtu: mtu - 1 }))
      space.links.set(name, { index, kind: 'bridge', peer: 0 })
    }
    this.#round.ask(step, space, rt.setLink(index, { mac, mtu }))
    return undefined
  }

  #putVeth(step: Step, item: VethItem, space: Space): string | undefined {
    const { netns, name, mac, mtu, bridge, peer } = item
    const other = this.#hands.spaces.get(peer.netns)
    if (!other) return `there is no namespace ${peer.netns}`
    if (!this.#hands.guarded(other, item)) return `the ruleset of ${peer.netns} is not loaded`
    const master = bridge === null ? 0 : space.links.get(bridge)?.index
    const peerMaster = peer.bridge === null ? 0 : other.links.get(peer.bridge)?.index
    if (master === undefined) return `there is no bridge ${bridge} in ${netns}`
    if (peerMaster === undefined) return `there is no bridge ${peer.bridge} in ${peer.netns}`
    if (!isPair(space, name, other, peer.name)) {
      this.#clear(step, space, name)
      this.#clear(step, other, peer.name)
      const index = space.newIndex()
      const peerIndex = other.newIndex()
      const end = { index, name, mac, mtu, ...(master > 0 && { master }) }
      this.#round.ask(
        step,
        space,
        rt.newVeth(end, { index: peerIndex, name: peer.name, mac: peer.mac, mtu, netns: other.fd }),
      )
      space.links.set(name, { index, kind: 'veth', peer: peerIndex })
      other.links.set(peer.name, { index: peerIndex, kind: 'veth', peer: index })
      this.#round.ask(step, space, rt.setLink(index, { alias: peerAlias(peer) }))
      this.#round.ask(step, other, rt.setLink(peerIndex, peerMaster > 0 ? { master: peerMaster } : {}), [], 'finish')
      return undefined
    }
    this.#round.ask(step, space, rt.setLink(space.links.get(name)!.index, { mac, mtu, master, alias: peerAlias(peer) }))
    this.#round.ask(
      step,
      other,
      rt.setLink(other.links.get(peer.name)!.index, { mac: peer.mac, mtu, master: peerMaster }),
    )
    return undefined
  }

  #putMacvlan(step: Step, { name, parent, mtu }: MacvlanItem, space: Space): string | undefined {
    const { home } = this.#hands.spaces
    const on = home.readLink(parent)
    if (!on) return `there is no interface ${parent}`
    const existing = space.links.get(name)
    if (existing?.kind === 'macvlan' && existing.peer === on.index) {
      this.#round.ask(step, space, rt.setLink(existing.index, { mtu }))
      return undefined
    }
    this.#clear(step, space, name)
    const index = space.newIndex()
    this.#round.ask(step, home, rt.newMacvlan({ index, name, mtu, netns: space.fd }, on.index))
    space.links.set(name, { index, kind: 'macvlan', peer: on.index })
    return undefined
  }

  /** What a link must be told when it is there. */
  #tune(step: Step, { name, proxyDelayMs }: VethItem | MacvlanItem, space: Space): undefined {
    if (proxyDelayMs === undefined) return
    this.#round.ask(step, space, setProxyDelay(space.links.get(name)!.index, proxyDelayMs), [], 'finish')
  }

  #putTap(step: Step, { netns, name, bridge }: TapItem, space: Space): string | undefined {
    const master = space.links.get(bridge)?.index
    if (master === undefined) return `there is no bridge ${bridge} in ${netns}`
    if (!space.links.has(name)) {
      const { home } = this.#hands.spaces
      const tap = home.readLink(name)
      if (tap?.kind !== 'tun') return `there is no tap device ${name}`
      const [answer] = home.route.exchange([rt.moveLink(tap.index, space.fd)])
      if (answer!.errno !== 0) return answer!.words
      space.readLinks()
    }
    this.#round.ask(step, space, rt.setLink(space.links.get(name)!.index, { master }))
    return undefined
  }

  #putOnLink(step: Step, item: OnLink, space: Space): string | undefined {
    if (item.kind === 'rule') {
      for (const request of putRule(item)) this.#round.ask(step, space, request, [errno.exists, errno.notFound])
      return undefined
    }
    const dev = item.kind === 'shaper' ? item.name : item.dev
    const index = dev === null ? 0 : space.links.get(dev)?.index
    if (index === undefined) return `there is no link ${dev} in ${item.netns}`
    if (item.kind === 'address') this.#round.ask(step, space, rt.newAddress(index, item.address, item.length))
    else if (item.kind === 'route') this.#round.ask(step, space, routeRequest(item, index))
    else this.#putShaper(step, item, space, index)
    return undefined
  }

  #putShaper(step: Step, item: ShaperItem, space: Space, index: number): void {
    const { classes } = item
    const before = this.#hands.known(item)
    const changes = before?.kind === 'shaper' && changeShaper(index, before.classes, classes)
    if (changes) {
      for (const request of changes) this.#round.ask(step, space, request)
      return
    }
    this.#round.ask(step, space, delShaper(index), [errno.notFound, errno.invalid])
    for (const request of newShaper(index, classes)) this.#round.ask(step, space, request)
  }

  async #remove(step: Step): Promise<string | undefined> {
    const { item } = step
    if (item.kind === 'proxy') return this.#removeProxy(step, item)
    if (item.kind === 'resolver') return this.#hands.resolvers.remove(item.netns)
    if (item.kind === 'netns') {
      if (item.owned) this.#hands.spaces.delete(item.netns)
      return
    }
    const space = this.#hands.spaces.get(item.netns)
    if (!space) return
    const doomed = this.#doomed.has(item.netns)
    switch (item.kind) {
      case 'veth':
        // Of a pair that reaches into a namespace that stays, nothing may stay until the kernel comes to it.
        if (!doomed || !this.#doomed.has(item.peer.netns)) this.#removeVeth(step, item, space)
        return
      case 'macvlan':
        this.#clear(step, space, item.name)
        return
      case 'tap':
        this.#removeTap(step, item, space)
        return
    }
    if (doomed) return
    switch (item.kind) {
      case 'ruleset':
        return this.#hands.removeRuleset(space, item)
      case 'bridge':
        this.#clear(step, space, item.name)
        return
      case 'rule':
        for (const request of removeRule(item)) this.#round.ask(step, space, request, [errno.exists, errno.notFound])
        return
      default:
        this.#removeFromLink(step, item, space)
    }
  }

  /** A node of a balancer that goes on has something to finish; others of it may do so at the same time. */
  async #removeProxy(step: Step, item: ProxyItem): Promise<undefined> {
    const goesOn = item.name !== item.for && !this.#ending.has(item.for) && !this.#doomed.has(item.netns)
    if (!goesOn) {
      await this.#hands.removeProxy(item, false)
      return
    }
    const farewell = this.#hands.removeProxy(item, true)
    this.#farewells.push(farewell.catch((error: unknown) => this.#round.fail(step, wordsOf(error))))
  }

  #removeFromLink(step: Step, item: Exclude<OnLink, { kind: 'rule' }>, space: Space): void {
    const dev = item.kind === 'shaper' ? item.name : item.dev
    const index = dev === null ? 0 : space.links.get(dev)?.index
    if (index === undefined || (dev !== null && this.#leaving.has(`${item.netns} ${dev}`))) return
    if (item.kind === 'address')
      this.#round.ask(step, space, rt.delAddress(index, item.address, item.length), [errno.noAddress, errno.noDevice])
    else if (item.kind === 'route')
      this.#round.ask(step, space, rt.delRoute(item.table, item.destination), [errno.noProcess, errno.notFound])
    else this.#round.ask(step, space, delShaper(index), [errno.notFound, errno.invalid, errno.noDevice])
  }

  #removeVeth(step: Step, { name, peer }: VethItem, space: Space): void {
    this.#clear(step, space, name)
    this.#hands.spaces.get(peer.netns)?.links.delete(peer.name)
  }

  #removeTap(step: Step, { name }: TapItem, space: Space): void {
    const tap = space.links.get(name)
    if (!tap) return
    this.#round.ask(step, space, rt.moveLink(tap.index, this.#hands.spaces.home.fd), [errno.noDevice])
    space.links.delete(name)
  }

  /** Sees that no link has that name. */
  #clear(step: Step, space: Space, name: string): void {
    const link = space.links.get(name)
    if (!link) return
    this.#round.ask(step, space, rt.delLink(link.index), [errno.noDevice], 'clear')
    space.links.delete(name)
  }
}

function routeRequest({ table, destination, type, via }: RouteItem, index: number): ReturnType<typeof rt.newRoute> {
  return rt.newRoute({ table, destination, type: rt.routeType[type], index, via })
}
