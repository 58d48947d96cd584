import { compileParts } from '../../compile/compile.ts'
import type { HostConfig } from '../../compile/host-config.ts'
import { edgeShard } from '../../compile/names.ts'
import { isApplied, put, vpcOf, type Id, type Model, type Resource } from '../../model/model.ts'
import type { Scene } from './fate.ts'

/** A machine like any other: where its uplink leads does not matter. */
export const anyMachine: HostConfig = {
  name: 'any',
  uplink: { link: { kind: 'macvlan', parent: 'any' }, address: '169.254.255.2/30', gateway: '169.254.255.1' },
  mtu: 1500,
}

/** These parts of a model, VPCs or what stands alone, as a machine holds them. */
export function sceneOf(model: Model, parts: Iterable<string>): Scene {
  return { model, state: compileParts(model, anyMachine, [edgeShard, ...parts]) }
}

/** The part that a resource is compiled in: its VPC, or its own. */
export function partOfResource(model: Model, resource: Resource): string {
  return vpcOf(model, resource) ?? resource.id
}

/** The model as it will be once these drafts are applied; all of them when left out. */
export function withDrafts(model: Model, of?: readonly Id[]): Model {
  const waiting = [...(of ?? model.resources.keys())].flatMap(id => {
    const resource = model.resources.get(id)
    return resource && !isApplied(resource) ? [resource] : []
  })
  return waiting.reduce((next, each) => put(next, { ...each, live: each.draft } as Resource), model)
}
