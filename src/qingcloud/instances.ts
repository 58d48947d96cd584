import type { Command } from '../model/command.ts'
import type { Id, Server } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, named } from './describe.ts'
import { fail } from './failure.ts'
import { keepSaid, saidOf, sizeAsked } from './instance-size.ts'
import { instanceView, isRunning } from './instance-view.ts'
import { flag, int, list, text } from './parameters.ts'
import { remove } from './remove.ts'

const names = { name: 'instance_name', cpu: 'cpu', memoryMb: 'memory' }
const instances = { instances: list(text) }
const size = { instance_type: text.optional(), cpu: int(0).optional(), memory: int(0).optional() }

/** Servers, which this API calls instances. */
export const instanceActions = [
  reading(
    'DescribeInstances',
    {
      ...listing,
      instances: list(text).optional(),
      image_id: list(text).optional(),
      instance_type: list(text).optional(),
      instance_class: int().optional(),
      is_cluster_node: flag.default(false),
    },
    (asked, call) =>
      describe(call, 'server', asked, {
        set: 'instance_set',
        ids: asked.instances,
        where: server =>
          !asked.is_cluster_node &&
          (asked.image_id?.includes(server.now.image) ?? true) &&
          (asked.instance_type?.includes(saidOf(server, call.cloud.ledger).instance_type) ?? true) &&
          (asked.instance_class === undefined ||
            saidOf(server, call.cloud.ledger).instance_class === asked.instance_class),
        view: server => instanceView(server, call),
        gone: 'terminated',
      }),
    { note: 'Type, class, processors, memory, image and disk are told as they were given; nothing comes of them' },
  ),

  changing(
    'ModifyInstanceAttributes',
    { instance: text, instance_name: text.optional(), description: text.optional() },
    async ({ instance: id, instance_name: name, description }, call) => {
      await call.run({ do: 'patch', kind: 'server', id, body: { name, description } })
      return {}
    },
    { names },
  ),

  changing('StartInstances', instances, ({ instances: ids }, call) =>
    power(call, ids, 'starting', server => {
      if (isRunning(server)) fail(1400, `instance [${server.id}] is running, can not be started`)
      return ['on']
    }),
  ),

  changing(
    'StopInstances',
    instances,
    ({ instances: ids }, call) =>
      power(call, ids, 'stopping', server => {
        mustRun(server, 'stopped')
        return ['off']
      }),
    { note: 'Its links go; what runs in its namespace goes on. force changes nothing' },
  ),

  changing(
    'RestartInstances',
    instances,
    ({ instances: ids }, call) =>
      power(call, ids, 'restarting', server => {
        mustRun(server, 'restarted')
        return ['off', 'on']
      }),
    { note: 'Nothing runs in an instance that could be started again: its links stay as they are' },
  ),

  changing(
    'TerminateInstances',
    instances,
    async ({ instances: ids }, call) => {
      const job = await remove(call, 'server', ids, 'terminating')
      return { instances: ids, job_id: job }
    },
    { note: 'Its EIP, volumes and further interfaces are free at once. Refused while a balancer or a rule names it' },
  ),

  changing(
    'ResizeInstances',
    { ...instances, ...size, os_disk_size: int(0).default(0) },
    async ({ instances: ids, os_disk_size: disk, ...asked }, call) => {
      const servers = call.heedEach(ids, id => {
        const server = named(call, 'server', id)
        return isRunning(server) ? fail(1400, `instance [${id}] is running, can not be resized; stop it first`) : server
      })
      const body = call.heed(() => {
        const given = sizeAsked(asked)
        return given.cpu === undefined && given.memoryMb === undefined && disk === 0
          ? fail(1100, 'parameter [instance_type] is required, or [cpu] and [memory]')
          : given
      })
      const done = await call.runAll(ids.map(id => ({ do: 'patch', kind: 'server', id, body: body ?? {} })))
      const { ledger } = call.cloud
      for (const server of servers) {
        const said = saidOf(server, ledger)
        const type = asked.instance_type ?? said.instance_type
        keepSaid(server.id, { ...said, instance_type: type, os_disk_size: disk || said.os_disk_size }, ledger)
      }
      return { instances: ids, job_id: call.job('updating', ids, done) }
    },
    { names },
  ),
]

function mustRun(server: Server, done: string): void {
  if (!isRunning(server)) fail(1400, `instance [${server.id}] is not running, can not be ${done}`)
}

/** Turns instances on or off, all or none. */
async function power(
  call: Call,
  ids: readonly Id[],
  transition: string,
  turns: (server: Server) => readonly ('on' | 'off')[],
) {
  const commands = call.heedEach(ids, id =>
    turns(named(call, 'server', id)).map((turn): Command => ({
      do: 'patch',
      kind: 'server',
      id,
      body: { power: turn },
    })),
  )
  const done = await call.runAll(commands.flat())
  return { instances: ids, job_id: call.job(transition, ids, done) }
}
