import type { Chain, FilterRule, Match, NamedSet } from '../host/ruleset.ts'
import type { Item } from '../host/item.ts'
import { hooks, netnsOf } from './names.ts'
import type { PlacedServer, VpcPart } from './part.ts'
import { compileGroup, sortedAddresses, type CompiledGroup } from './security-group.ts'

/**
 * The groups of servers behind tap devices, on the ports of the bridges: nothing of ours stands behind them. Bridges have
 * no conntrack here, so a flow that its group lets through leaves a note of what its answers will be like.
 */
export function* compileMachineGuard({ vpc, servers, vips, look }: VpcPart): Iterable<Item> {
  const machines = servers.flatMap(server => {
    const { attach } = server.now
    return attach.type === 'tap'
      ? [
          {
            server,
            tap: attach.device,
            group: compileGroup(look, server.now.securityGroup),
            // A virtual address may be taken by any server of its subnet.
            own: [server, ...vips.filter(vip => vip.now.subnet === server.now.subnet)].map(each => each.now.address),
          },
        ]
      : []
  })
  if (machines.length === 0) return
  const groups = [...new Map(machines.map(({ group }) => [group.id, group])).values()]
  const sets = new Map(groups.flatMap(group => group.sets).map(set => [set.name, set]))
  const hook = (
    at: 'prerouting' | 'postrouting',
    priority: number,
    chainOf: (server: PlacedServer) => string,
  ): Chain => ({
    name: `${at}-${priority === hooks.guard ? 'guard' : 'note'}`,
    hook: { type: 'filter', at, priority, policy: 'accept' },
    rules: machines.map(({ server, tap }) => ({
      for: server.id,
      match: [{ on: at === 'prerouting' ? 'iif' : 'oif', is: [tap] }],
      then: { do: 'jump', chain: chainOf(server) },
    })),
  })
  yield {
    kind: 'ruleset',
    netns: netnsOf(vpc.id),
    name: 'bridge',
    for: vpc.id,
    ruleset: {
      family: 'bridge',
      sets: [...sets.values(), ...machines.flatMap(({ server }) => expectedOf(server))],
      chains: [
        ...groups.flatMap(group => [group.ingress, group.egress]),
        ...machines.flatMap(({ server, group, own }) => [
          sent(server, group, own),
          received(server, group),
          noted(server),
        ]),
        hook('prerouting', hooks.guard, sentBy),
        hook('prerouting', hooks.filter, notedFor),
        hook('postrouting', hooks.guard, receivedBy),
        hook('postrouting', hooks.filter, notedFor),
      ],
    },
  }
}

const sentBy = ({ id }: PlacedServer) => `${id}-sent`
const receivedBy = ({ id }: PlacedServer) => `${id}-received`
const notedFor = ({ id }: PlacedServer) => `${id}-noted`

const answersTo = ({ id }: PlacedServer) => ({ as: 'answers', in: `${id}-answers` }) as const
const echoesTo = ({ id }: PlacedServer) => ({ as: 'echoes', in: `${id}-echoes` }) as const

function expectedOf(server: PlacedServer): NamedSet[] {
  return [answersTo(server), echoesTo(server)].map(each => ({ name: each.in, type: each.as, elements: [] }))
}

const isArp: Match = { on: 'ethertype', is: 'arp' }
const notIp: Match = { on: 'ethertype', is: 'ip', not: true }
const icmp = (type: number): Match => ({ on: 'icmp', type, code: null })
const echoRequest = 8
const echoReply = 0
/** Destination unreachable, time exceeded, parameter problem. */
const icmpErrors = [3, 11, 12]

/** What the machine sends: only in its own name. */
function sent(server: PlacedServer, group: CompiledGroup, names: readonly string[]): Chain {
  const { id } = server
  const own: FilterRule[] = [
    ...names.map((is): FilterRule => ({ for: id, match: [{ on: 'arp-sender', is }], then: { do: 'accept' } })),
    { for: id, match: [notIp], then: { do: 'drop' }, counter: true },
    { for: id, match: [{ on: 'saddr', is: sortedAddresses(names), not: true }], then: { do: 'drop' }, counter: true },
  ]
  const ask: FilterRule = { for: group.id, match: [], then: { do: 'jump', chain: group.egress.name } }
  return { name: sentBy(server), hook: null, rules: [...own, ...answers(server), ask] }
}

/** What is sent to the machine. */
function received(server: PlacedServer, group: CompiledGroup): Chain {
  const { id } = server
  const own: FilterRule[] = [
    { for: id, match: [isArp], then: { do: 'accept' } },
    { for: id, match: [notIp], then: { do: 'drop' }, counter: true },
  ]
  const ask: FilterRule = { for: group.id, match: [], then: { do: 'jump', chain: group.ingress.name } }
  return { name: receivedBy(server), hook: null, rules: [...own, ...answers(server), ask] }
}

/** What belongs to a flow that was let through the other way. */
function answers(server: PlacedServer): FilterRule[] {
  const matches: Match[][] = [
    [{ on: 'expected', ...answersTo(server) }],
    [icmp(echoReply), { on: 'expected', ...echoesTo(server) }],
    ...icmpErrors.map(type => [icmp(type)]),
  ]
  return matches.map(match => ({ for: server.id, match, then: { do: 'accept' } }))
}

/** Notes what answers to expect to what was let through. Answers themselves ask for none, so that a flow ends with its rule. */
function noted(server: PlacedServer): Chain {
  const rule = (match: Match, then: FilterRule['then']): FilterRule => ({ for: server.id, match: [match], then })
  return {
    name: notedFor(server),
    hook: null,
    rules: [
      rule({ on: 'expected', ...answersTo(server) }, { do: 'return' }),
      rule({ on: 'protocol', is: ['tcp', 'udp'] }, { do: 'expect', ...answersTo(server) }),
      rule(icmp(echoRequest), { do: 'expect', ...echoesTo(server) }),
    ],
  }
}
