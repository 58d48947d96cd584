import { kinds, type KindName } from './kinds.ts'
import { all, attachmentOf, eipsAt, type Id, type Model, type Resource, type ResourceOf } from './model.ts'
import type { Problem } from './problem.ts'
import { references, refsOf } from './refs.ts'
import { certificateRules } from './rules/certificate.ts'
import { forwardPolicyRules } from './rules/forwarding.ts'
import { accountOf, loadBalancerRules } from './rules/load-balancer.ts'
import { natGatewayRules } from './rules/nat-gateway.ts'
import { policyTestRules } from './rules/policy-test.ts'
import { routeTableRules } from './rules/route-table.ts'
import type { Rules } from './rules/rule.ts'
import { ipSetRules, securityGroupRules } from './rules/security-group.ts'
import { nicRules, nicsWith, serverRules } from './rules/server.ts'
import { subnetRules } from './rules/subnet.ts'
import { tagRules, tagsNamed } from './rules/tag.ts'
import { vpcRules } from './rules/vpc.ts'
import { eipRules } from './rules/zone.ts'

const rules: { readonly [K in KindName]: Rules<K> } = {
  zone: {},
  tag: tagRules,
  'ip-set': ipSetRules,
  'security-group': securityGroupRules,
  'group-snapshot': {},
  eip: eipRules,
  vpc: vpcRules,
  'route-table': routeTableRules,
  'nat-gateway': natGatewayRules,
  subnet: subnetRules,
  'key-pair': {},
  server: serverRules,
  volume: {},
  nic: nicRules,
  vip: {},
  certificate: certificateRules,
  'forward-policy': forwardPolicyRules,
  'load-balancer': loadBalancerRules,
  'policy-test': policyTestRules,
}

/** All that is wrong with a model, across its resources; never throws. */
export function check(model: Model): readonly Problem[] {
  return distinct([...model.resources.values()].flatMap(resource => [...resourceProblems(model, resource)]))
}

/**
 * All that a change broke: what {@link check} says of `after`, if it said nothing of `before`. Asks only the changed
 * resources and those whose rules read them, so that its cost does not grow with the rest of the model.
 */
export function checkChange(before: Model, after: Model, changed: Iterable<Id>): readonly Problem[] {
  const affected = new Set<Id>()
  for (const id of changed) for (const each of affectedBy(before, after, id)) affected.add(each)
  return distinct(
    [...affected].flatMap(id => {
      const resource = after.resources.get(id)
      return resource ? [...resourceProblems(after, resource)] : []
    }),
  )
}

/** Rules read their own resource, what it refers to, and, where it contains or is held, who refers to it. */
function* affectedBy(before: Model, after: Model, id: Id): Iterable<Id> {
  yield id
  const [old, now] = [before.resources.get(id), after.resources.get(id)]
  for (const resource of [old, now]) {
    if (!resource) continue
    for (const ref of refsOf(resource)) if (readsUsers(after.resources.get(ref))) yield ref
    yield* rivalsOf(after, resource)
  }
  if (!now || now.kind === 'zone' || moved(old, now) || proves(old, now))
    yield* usersOf(after, id, now?.kind === 'subnet')
}

/** Whether a resource's place in the networks changed, which others' rules read. */
function moved(old: Resource | undefined, now: Resource): boolean {
  return (
    (now.kind === 'subnet' || now.kind === 'server' || now.kind === 'route-table') &&
    old !== undefined &&
    old.now !== now.now
  )
}

/** Whether a certificate comes to be issued to another account, which those of one balancer must share. */
function proves(old: Resource | undefined, now: Resource): boolean {
  return now.kind === 'certificate' && old?.kind === 'certificate' && accountOf(old) !== accountOf(now)
}

/** Who refers to a resource; `far` also who refers to those. */
function* usersOf({ users }: Model, id: Id, far: boolean): Iterable<Id> {
  for (const user of users.get(id) ?? []) {
    yield user
    if (far) yield* users.get(user) ?? []
  }
}

/** Those that there may be only one of: EIPs with one address, servers on one device, tags of one name, default groups. */
function rivalsOf(model: Model, resource: Resource): Iterable<Id> {
  if (resource.kind === 'eip') return eipsAt(model, resource.now.address)
  if (resource.kind === 'server') return model.byAttachment.get(attachmentOf(resource) ?? '') ?? []
  if (resource.kind === 'nic') return nicsWith(model, resource.now.mac)
  if (resource.kind === 'tag') return tagsNamed(model, resource.name)
  const alone = resource.kind === 'security-group' && resource.now.isDefault
  return alone ? [...all(model, 'security-group')].filter(group => group.now.isDefault).map(group => group.id) : []
}

function readsUsers(resource: Resource | undefined): boolean {
  return resource !== undefined && ['vpc', 'subnet', 'server', 'eip'].includes(resource.kind)
}

function* resourceProblems(model: Model, resource: Resource): Iterable<Problem> {
  const of = (p: Problem): Problem => ({ ...p, resource: p.resource ?? resource.id })
  for (const p of ownProblems(model, resource, rules[resource.kind] as Rules<KindName>)) yield of(p)
}

function* ownProblems<K extends KindName>(model: Model, resource: Resource, own: Rules<K>): Iterable<Problem> {
  const { now, spec } = kinds[resource.kind]
  const subject = resource as unknown as ResourceOf<K>
  yield* danglingProblems(model, now, resource.now)
  yield* own.whole?.(model, subject) ?? []
  yield* danglingProblems(model, spec, resource.draft)
  yield* own.spec?.(model, subject, subject.draft) ?? []
  if (subject.live === subject.draft) return
  const live = [...danglingProblems(model, spec, resource.live), ...(own.spec?.(model, subject, subject.live) ?? [])]
  for (const p of live) yield { ...p, at: `live.${p.at}` }
}

/** References that lead nowhere, or to a resource of another kind. */
export function* danglingProblems(
  model: Model,
  schema: Parameters<typeof references>[0],
  value: unknown,
): Iterable<Problem> {
  for (const { at, id, to } of references(schema, value)) {
    const target = model.resources.get(id)
    if (target && to.includes(target.kind)) continue
    yield { code: 'not-found', at, values: { kind: to[0] ?? '', id: id.slice(0, 64) } }
  }
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map(p => [JSON.stringify([p.resource, p.code, p.at, p.values]), p])).values()]
}
