import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { check, checkChange } from '../../src/model/check.ts'
import { edit } from '../../src/model/edit.ts'
import { kinds } from '../../src/model/kinds.ts'
import { all, committed, type Model, put, remove, type Resource } from '../../src/model/model.ts'
import type { Problem } from '../../src/model/problem.ts'
import { anyModel, freshModel } from '../any-model.ts'

/** A change that no command would make: it keeps to the schemas and to what is fixed, and to nothing else. */
interface Damage {
  readonly sort: 'remove' | 'copy' | 'attach' | 'now' | 'draft' | 'live'
  readonly one: number
  readonly other: number
}

const anyDamage: fc.Arbitrary<Damage> = fc.record({
  sort: fc.constantFrom('remove', 'copy', 'attach', 'now', 'draft', 'live'),
  one: fc.nat(),
  other: fc.nat(),
})

function damaged(model: Model, { sort, one, other }: Damage): Model {
  const resources = sorted(model)
  const target = resources[one % resources.length]
  if (!target) return model
  const peers = resources.filter(r => r.kind === target.kind)
  const peer = peers[other % peers.length] ?? target
  if (sort === 'remove') return remove(model, target.id)
  if (sort === 'copy') return put(model, { ...target, id: `${target.id}x` })
  if (sort === 'attach') {
    const server = [...all(model, 'server')].find(each => each.now.attach.type === 'namespace')
    const attach = { type: 'tap', device: other % 2 === 0 ? 'tap0' : 'lo' } as const
    return server ? put(model, { ...server, now: { ...server.now, attach } }) : model
  }
  if (sort === 'now') return put(model, { ...target, now: { ...peer.now, ...fixedOf(target) } } as Resource)
  return put(model, { ...target, [sort]: peer.draft })
}

function fixedOf({ kind, now }: Resource): object {
  return Object.fromEntries(Object.entries(now).filter(([name]) => kinds[kind].fixed.includes(name)))
}

function sorted(model: Model): readonly Resource[] {
  return [...model.resources.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

const texts = (problems: readonly Problem[]) =>
  problems.map(p => JSON.stringify([p.resource, p.code, p.at, p.values])).sort()

test('looking only at what a change affects finds all that looking at everything does', () => {
  let broken = 0
  fc.assert(
    fc.property(anyModel, fc.array(anyDamage, { minLength: 1, maxLength: 3 }), (model, damages) => {
      const before = committed(model)
      const after = damages.reduce(damaged, before)
      const found = check(after)
      if (found.length > 0) broken++
      assert.deepEqual(texts(checkChange(before, after, after.changes)), texts(found))
    }),
    { numRuns: 400 },
  )
  assert.ok(broken > 100, `only ${broken} of 400 changes broke anything`)
})

test('the cost of checking a change does not grow with the number of VPCs', () => {
  assert.equal(readsOfOneChange(60), readsOfOneChange(3))
})

/** How many resources a check reads after a new subnet and a new rule in the default group, which every VPC uses. */
function readsOfOneChange(vpcs: number): number {
  const { model, context } = freshModel()
  let before = model
  for (let i = 0; i < vpcs; i++) {
    const body = { cidr: '10.0.0.0/16', subnets: [{ cidr: '10.0.0.0/24' }] }
    before = committed(edit(before, { do: 'create', kind: 'vpc', body }, context).model)
  }
  const vpc = [...all(before, 'vpc')][0]?.id
  const group = [...all(before, 'security-group')][0]?.id ?? ''
  const grown = edit(before, { do: 'create', kind: 'subnet', body: { vpc, cidr: '10.0.1.0/24' } }, context).model
  const rule = { protocol: 'tcp', ports: '80' }
  const after = edit(
    grown,
    { do: 'add-child', kind: 'security-group', id: group, path: ['rules'], body: rule },
    context,
  ).model
  let reads = 0
  const resources = new Proxy(after.resources, {
    get(map, name) {
      if (name === 'get') reads++
      const member: unknown = Reflect.get(map, name)
      return typeof member === 'function' ? member.bind(map) : member
    },
  })
  assert.deepEqual(checkChange(before, { ...after, resources }, after.changes), [])
  return reads
}
