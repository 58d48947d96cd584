import { find, type Id, type Volume } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, named, zoneOf } from './describe.ts'
import { fail } from './failure.ts'
import { labelsOf } from './labels.ts'
import type { Ledger } from './ledger.ts'
import { coded, int, list, text } from './parameters.ts'
import { remove } from './remove.ts'
import { asKnown, isBeingCreated, jobTransition } from './transition.ts'

/** Types as this API numbers them; it has two for some, by region. */
const types = {
  0: 'performance',
  1: 'capacity',
  2: 'capacity',
  3: 'high-performance',
  4: 'san',
  5: 'san',
  100: 'basic',
  200: 'enterprise',
} as const

const transitions = ['creating', 'attaching', 'detaching', 'deleting']

const names = { name: 'volume_name', sizeGb: 'size', type: 'volume_type' }
const volumes = { volumes: list(text) }

/** Disks. */
export const volumeActions = [
  reading(
    'DescribeVolumes',
    { ...listing, volumes: list(text).optional(), volume_type: coded(types).optional() },
    (asked, call) =>
      describe(call, 'volume', asked, {
        set: 'volume_set',
        ids: asked.volumes,
        where: ({ now }) => (asked.volume_type ?? now.type) === now.type,
        view: volume => volumeView(volume, call),
        gone: 'deleted',
      }),
    { note: 'Volumes are records: there is no disk behind them' },
  ),

  changing(
    'CreateVolumes',
    { size: int(), volume_name: text.default(''), volume_type: int().default(0), count: int(1, 100).default(1) },
    async ({ size: sizeGb, volume_name: name, volume_type: code, count }, call) => {
      const type = call.heed(() =>
        isCode(code) ? types[code] : fail(1100, `parameter [volume_type] must be one of ${codes.join(', ')}`),
      )
      const body = { name, sizeGb, type }
      const done = await call.runAll(Array.from({ length: count }, () => ({ do: 'create', kind: 'volume', body })))
      const made = done.flatMap(({ resource }) => resource?.id ?? [])
      for (const id of made) call.cloud.ledger.spell(id, String(code))
      return { volumes: made, job_id: call.job('creating', made, done) }
    },
    { names },
  ),

  changing(
    'ModifyVolumeAttributes',
    { volume: text, volume_name: text.optional(), description: text.optional() },
    async ({ volume: id, volume_name: name, description }, call) => {
      await call.run({ do: 'patch', kind: 'volume', id, body: { name, description } })
      return {}
    },
    { names },
  ),

  changing(
    'ResizeVolumes',
    { ...volumes, size: int() },
    async ({ volumes: ids, size: sizeGb }, call) => {
      call.heedEach(ids, id => {
        const volume = named(call, 'volume', id)
        mustBeFree(volume)
        if (sizeGb < volume.now.sizeGb)
          fail(1400, `volume [${id}] holds ${volume.now.sizeGb} GB and can only become larger`)
      })
      const done = await call.runAll(ids.map(id => ({ do: 'patch', kind: 'volume', id, body: { sizeGb } })))
      return { volumes: ids, job_id: call.job('updating', ids, done) }
    },
    { names },
  ),

  changing('DeleteVolumes', volumes, async ({ volumes: ids }, call) => {
    call.heedEach(ids, id => mustBeFree(named(call, 'volume', id)))
    return { volumes: ids, job_id: await remove(call, 'volume', ids) }
  }),

  changing(
    'AttachVolumes',
    { instance: text, ...volumes },
    async ({ instance: server, volumes: ids }, call) => {
      call.heedEach(ids, id => mustBeFree(named(call, 'volume', id)))
      call.heed(() => named(call, 'server', server))
      return attach(call, 'attaching', ids, server)
    },
    { names: { server: 'instance' } },
  ),

  changing('DetachVolumes', { instance: text, ...volumes }, async ({ instance, volumes: ids }, call) => {
    call.heed(() => named(call, 'server', instance))
    call.heedEach(ids, id => {
      if (named(call, 'volume', id).now.server !== instance)
        fail(1400, `volume [${id}] is not attached to instance [${instance}]`)
    })
    return attach(call, 'detaching', ids, null)
  }),
]

async function attach(call: Call, transition: string, ids: readonly Id[], server: Id | null) {
  const done = await call.runAll(ids.map(id => ({ do: 'patch', kind: 'volume', id, body: { server } })))
  return { job_id: call.job(transition, ids, done) }
}

/** Refuses what asks for a volume that an instance has. */
export function mustBeFree({ id, now }: Volume): void {
  if (now.server !== null) fail(1400, `volume [${id}] is attached to instance [${now.server}]; detach it first`)
}

function volumeView(volume: Volume, call: Call): object {
  const { cloud, model } = call
  const server = find(model(), 'server', volume.now.server)
  const attached = server ? { instance_id: server.id, instance_name: server.name } : {}
  return {
    volume_id: volume.id,
    volume_name: volume.name,
    size: volume.now.sizeGb,
    volume_type: codeOf(volume, cloud.ledger),
    status: isBeingCreated(cloud, volume.id) ? 'pending' : server ? 'in-use' : 'available',
    transition_status: asKnown(jobTransition(cloud, volume.id), transitions),
    instance: attached,
    instances: server ? [attached] : [],
    device: '',
    sub_code: 0,
    zone_id: zoneOf(model(), server ?? volume) ?? call.zone,
    ...labelsOf(volume, model()),
  }
}

type Code = keyof typeof types
const codes = Object.keys(types).map(Number)

function isCode(code: number): code is Code {
  return Object.hasOwn(types, code)
}

/** The number of a volume's type: the one that it was made with here, as a type never changes. */
function codeOf({ id, now: { type } }: Volume, ledger: Ledger): number {
  const written = Number(ledger.spelling(id))
  if (isCode(written)) return written
  return codes.findLast(code => isCode(code) && types[code] === type) ?? 0
}
