import { find, type Model, type Server } from '../model/model.ts'
import { usersOf } from '../model/rules/rule.ts'
import type { Call } from './action.ts'
import type { Cloud } from './cloud.ts'
import { eipRef } from './eip-view.ts'
import { saidOf } from './instance-size.ts'
import { bit, labelsOf } from './labels.ts'
import { linksOf, vxnetOfInstanceView } from './nic-view.ts'
import { asKnown, isBeingCreated, transitionOf } from './transition.ts'
import { zoneOf } from './describe.ts'

const transitions = ['creating', 'starting', 'stopping', 'restarting', 'terminating']

/** An instance as clients see it. One that is gone holds nothing any more. */
export function instanceView(server: Server, call: Call): object {
  const { cloud } = call
  const model = call.model()
  const there = model.resources.has(server.id)
  const said = saidOf(server, cloud.ledger)
  const eip = there ? find(model, 'eip', server.now.eip) : undefined
  const group = find(model, 'security-group', server.now.securityGroup)
  const volumes = volumesOf(model, server)
  return {
    instance_id: server.id,
    instance_name: server.name,
    instance_type: said.instance_type,
    instance_class: said.instance_class,
    vcpus_current: server.now.cpu,
    memory_current: server.now.memoryMb,
    status: statusOf(cloud, server),
    transition_status: asKnown(transitionOf(cloud, server), transitions, 'updating'),
    // Objects even where nothing is known: clients look into them.
    image: {
      image_id: server.now.image,
      image_name: server.now.image,
      os_family: '',
      platform: 'linux',
      processor_type: '64bit',
      provider: 'system',
      image_size: said.os_disk_size,
    },
    extra: { os_disk_size: said.os_disk_size },
    vxnets: there ? linksOf(model, server).map(link => vxnetOfInstanceView(link, model)) : [],
    eip: eip ? { ...eipRef(model, eip.id), bandwidth: eip.now.bandwidthMbps } : {},
    security_group: group ? { security_group_id: group.id, is_default: bit(group.now.isDefault) } : {},
    volume_ids: volumes,
    volumes: volumes.map(id => ({ volume_id: id })),
    keypair_ids: server.now.keyPairs,
    dns_aliases: [],
    zone_id: zoneOf(model, server) ?? call.zone,
    sub_code: 0,
    alarm_status: '',
    ...labelsOf(server, model),
  }
}

/** Whether an instance runs. */
export function isRunning({ now }: Server): boolean {
  return now.power === 'on'
}

function statusOf(cloud: Cloud, server: Server): string {
  if (isBeingCreated(cloud, server.id)) return 'pending'
  return isRunning(server) ? 'running' : 'stopped'
}

function volumesOf(model: Model, { id }: Server): readonly string[] {
  return [...usersOf(model, id)]
    .filter(user => user.kind === 'volume')
    .map(volume => volume.id)
    .sort()
}
