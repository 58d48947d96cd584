import { macAt } from '../model/mac.ts'
import { find, type Id, type Model, type Nic, type Resource, type Server } from '../model/model.ts'
import { nicsOf } from '../model/rules/server.ts'
import type { Call } from './action.ts'
import { labelsOf } from './labels.ts'
import { codeOf } from './parameters.ts'
import { vxnetTypes } from './vxnet-view.ts'

/** An interface: the first one of a server, or another, which is a resource of its own. */
export interface Link {
  /** What this API knows it by: its hardware address. */
  readonly mac: string
  readonly name: string
  readonly subnet: Id
  readonly address: string | null
  /** Null while it is attached to nothing. */
  readonly server: Server | null
  /** 0 for the first one. */
  readonly sequence: number
  /** Null where it is the first one of its server. */
  readonly nic: Nic | null
}

/** The interfaces of a server, the first one first. */
export function linksOf(model: Model, server: Server): readonly Link[] {
  const others = nicsOf(model, server.id).map(nic => linkOf(model, nic))
  return [...firstLink(server), ...others.sort((a, b) => a.sequence - b.sequence)]
}

/** The first interface of a server, where it is in a network. */
export function firstLink(server: Server): readonly Link[] {
  const { subnet, address } = server.now
  if (subnet === null) return []
  // Where it has no address it has no link either, and none could be mistaken for it.
  const mac = macAt(subnet, address ?? server.id)
  return [{ mac, name: '', subnet, address, server, sequence: 0, nic: null }]
}

/** A resource as the interface that it is. */
export function linkOf(model: Model, nic: Nic): Link {
  const { mac, subnet, address, sequence } = nic.now
  const server = find(model, 'server', nic.now.server) ?? null
  return { mac, name: nic.name, subnet, address, server, sequence: sequence ?? 0, nic }
}

/** An interface as clients see it. */
export function nicView(link: Link, { model }: Call): object {
  const { mac, name, subnet, address, server, sequence, nic } = link
  const eip = nic ? undefined : find(model(), 'eip', server?.now.eip)
  return {
    nic_id: mac,
    nic_name: name,
    private_ip: address ?? '',
    vxnet_id: subnet,
    instance_id: server?.id ?? '',
    status: server ? 'in-use' : 'available',
    role: nic ? 0 : 1,
    sequence,
    eip: eip ? { eip_id: eip.id, eip_addr: eip.now.address, bandwidth: eip.now.bandwidthMbps } : {},
    security_group: server?.now.securityGroup ?? '',
    ...labelsOf(holderOf(link), model()),
  }
}

/** A network as an instance shows that it is in it. */
export function vxnetOfInstanceView({ mac, subnet: id, address, nic }: Link, model: Model): object {
  const subnet = find(model, 'subnet', id)
  return {
    vxnet_id: id,
    vxnet_name: subnet?.name ?? '',
    vxnet_type: codeOf(vxnetTypes, subnet?.now.type ?? 'managed'),
    nic_id: mac,
    private_ip: address ?? '',
    role: nic ? 0 : 1,
  }
}

/** An interface as a resource to look for, with what clients know of it; the first one of a server has no labels of its own. */
export function holderOf({ mac, nic, server }: Link): Resource {
  if (nic) return { ...nic, id: mac }
  return { ...server!, id: mac, name: '', description: '', tags: [] }
}
