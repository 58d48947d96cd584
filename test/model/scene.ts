import type { Command, Edited } from '../../src/model/command.ts'
import { edit } from '../../src/model/edit.ts'
import type { KindName } from '../../src/model/kinds.ts'
import { committed, get, type Id, type Model, type ResourceOf } from '../../src/model/model.ts'
import { Refused } from '../../src/model/problem.ts'
import { freshModel } from '../any-model.ts'

type Body = Readonly<Record<string, unknown>>

/** A model that a test goes through commands with, as a store would take them. */
export interface Scene {
  model(): Model
  run(command: Command): Edited
  create(kind: KindName, body: Body): Id
  patch(kind: KindName, id: Id, body: Body): Edited
  add(kind: KindName, id: Id, path: readonly string[], body: Body): Id
  get<K extends KindName>(kind: K, id: Id): ResourceOf<K>
  /** What a command is refused with, as `code at`, sorted; empty where it would be done. Changes nothing either way. */
  refusal(command: Command): readonly string[]
}

/** A scene with the region `local`, its pools, and the default group. */
export function scene(): Scene {
  const { model: fresh, context } = freshModel()
  let model = fresh
  const run = (command: Command): Edited => {
    const edited = edit(model, command, context)
    if (edited.model !== model) model = committed(edited.model)
    return edited
  }
  return {
    model: () => model,
    run,
    create: (kind, body) => run({ do: 'create', kind, body }).resource?.id ?? '',
    patch: (kind, id, body) => run({ do: 'patch', kind, id, body }),
    add: (kind, id, path, body) => run({ do: 'add-child', kind, id, path, body }).child ?? '',
    get: (kind, id) => get(model, kind, id),
    refusal(command) {
      try {
        edit(model, command, context)
        return []
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return error.problems.map(p => `${p.code} ${p.at}`.trim()).sort()
      }
    },
  }
}

/** A VPC with one subnet and an EIP-less router, and their ids. */
export function withVpc(s: Scene, cidr = '10.0.0.0/16', subnet = '10.0.0.0/24') {
  const { resource, touched } = s.run({
    do: 'create',
    kind: 'vpc',
    body: { cidr, subnets: [{ name: 'front', cidr: subnet }] },
  })
  const one = (prefix: string) => touched.find(id => id.startsWith(`${prefix}-`)) ?? ''
  return { vpc: resource?.id ?? '', subnet: one('vxnet'), table: one('rt') }
}

/** A NAT gateway with bought EIPs. */
export function withGateway(s: Scene, vpc: Id, eips = 1) {
  const body = { vpc, eips: Array.from({ length: eips }, () => ({})) }
  const { resource, touched, warnings } = s.run({ do: 'create', kind: 'nat-gateway', body })
  return { gateway: resource?.id ?? '', eips: touched.filter(id => id.startsWith('eip-')), warnings }
}
