import {
  find,
  get,
  type Id,
  type LoadBalancer,
  type Model,
  type NatGateway,
  type Resource,
  type SecurityGroup,
  type Server,
  type Vpc,
} from '../../model/model.ts'
import { admits, decidingRule, speaks, trafficText, type Flow } from './admission.ts'
import { found, labelOf, type Finding } from './finding.ts'
import type { Effect, Repair } from './repair.ts'
import { applying, editing, effect } from './repairs.ts'

/** What a group guards. */
export type Guarded = LoadBalancer | NatGateway | Vpc | Server

/** A flow that a group is asked about, and whom a new rule would admit: null for anybody. */
export interface Passing extends Flow {
  readonly admit?: string | null
}

/** The group that judges what enters and leaves something, as it runs. */
export function groupOf(model: Model, user: Guarded): SecurityGroup {
  return get(model, 'security-group', user.kind === 'server' ? user.now.securityGroup : user.live.securityGroup)
}

/** What something's group has against a flow. */
export function through(model: Model, user: Guarded, flow: Passing): Finding[] {
  const group = groupOf(model, user)
  if (admits(model, group.live, flow)) return []
  const traffic = trafficText(flow)
  const values = { user: labelOf(user), traffic, address: flow.peer ?? '', group: labelOf(group) }
  if (admits(model, group.draft, flow)) return [found('group-not-applied', group, values, applying(group))]
  const next = drafted(model, user)
  if (next && admits(model, next.live, flow)) {
    const other = { ...values, next: labelOf(next) }
    return [found('other-group-not-applied', user, other, applying(user))]
  }
  const set = setThatWaits(model, group, flow)
  if (set) return [found('set-not-applied', set, values, applying(set))]
  const rule = decidingRule(model, group.live, flow)
  const repair = lettingPass(model, group, user, flow)
  if (rule) return [found('rule-drops', group, { ...values, rule: labelOf(rule) }, repair)]
  return [found(flow.direction === 'ingress' ? 'group-refuses' : 'group-refuses-egress', group, values, repair)]
}

/** The group that something would have once its own draft is applied; undefined where that is the one that it has. */
function drafted(model: Model, user: Guarded): SecurityGroup | undefined {
  if (user.kind === 'server' || user.draft.securityGroup === user.live.securityGroup) return undefined
  return find(model, 'security-group', user.draft.securityGroup)
}

/** A set that the group's rules name and that would let the flow pass with what waits in it. */
function setThatWaits(model: Model, group: SecurityGroup, flow: Flow) {
  const named = new Set(group.live.rules.flatMap(({ ports, peer }) => [ports, peer]))
  for (const id of named) {
    const set = find(model, 'ip-set', id)
    if (!set || set.draft === set.live) continue
    const after = { ...model, resources: model.resources.set(set.id, { ...set, live: set.draft }) }
    if (admits(after, group.live, flow)) return set
  }
  return undefined
}

/** Lets a flow pass a group: by a rule that is asked before those which drop it, or, where there is no room for one, without these. */
export function lettingPass(model: Model, group: SecurityGroup, user: Guarded, flow: Passing): Repair {
  const { protocol = 'tcp', port, direction } = flow
  const against = group.draft.rules.filter(
    rule => rule.enabled && rule.action === 'drop' && rule.direction === direction && speaks(model, rule, flow),
  )
  const first = Math.min(...against.map(({ priority }) => priority))
  const inTheWay = first === 0 ? against.filter(({ priority }) => priority === 0) : []
  const peer = direction === 'egress' ? flow.peer : (flow.admit ?? null)
  const rule = {
    direction,
    protocol,
    ...(protocol === 'icmp' ? { icmpType: port } : { ports: String(port) }),
    ...(peer === null ? {} : { peer: peer.includes('/') ? peer : `${peer}/32` }),
    ...(first <= 1 ? { priority: Math.max(0, first - 1) } : {}),
  }
  const { kind, id } = group
  return editing(
    group,
    [
      ...inTheWay.map(each => ({
        do: 'patch-child' as const,
        kind,
        id,
        path: ['rules', each.id],
        body: { enabled: false },
      })),
      { do: 'add-child', kind, id, path: ['rules'], body: rule },
    ],
    [...inTheWay.map(each => effect('disables-rule', { rule: labelOf(each) })), ...widening(model, group, user, flow)],
  )
}

function* widening(model: Model, group: SecurityGroup, user: Guarded, flow: Passing): Iterable<Effect> {
  const traffic = trafficText(flow)
  if (flow.direction === 'ingress' && (flow.admit ?? null) === null) yield effect('opens-to-all', { traffic })
  const others = [...(model.users.get(group.id) ?? [])]
    .flatMap(id => model.resources.get(id) ?? [])
    .filter(each => each.id !== user.id && isGuardedBy(each, group.id))
  if (others.length === 0) return
  const named = others.slice(0, 3).map(labelOf).join(', ')
  yield effect('opens-for', { traffic, others: others.length > 3 ? `${named}, …` : named })
}

function isGuardedBy(resource: Resource, group: Id): boolean {
  if ('securityGroup' in resource.now) return resource.now.securityGroup === group
  return 'securityGroup' in resource.live && resource.live.securityGroup === group
}
