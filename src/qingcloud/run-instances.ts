import { z } from 'zod'
import type { Command } from '../model/command.ts'
import type { Id } from '../model/model.ts'
import { changing, type Call } from './action.ts'
import { named } from './describe.ts'
import { fail } from './failure.ts'
import { keepSaid, sizeAsked, unsaid } from './instance-size.ts'
import { flag, int, list, longText, text } from './parameters.ts'
import { mustBeFree } from './volumes.ts'
import { baseVxnet } from './vxnet-view.ts'

const names = {
  name: 'instance_name',
  image: 'image_id',
  memoryMb: 'memory',
  keyPairs: 'login_keypair',
  securityGroup: 'security_group',
  subnet: 'vxnets',
  address: 'vxnets',
}

/** Making instances. */
export const runInstanceActions = [
  changing(
    'RunInstances',
    {
      image_id: text,
      login_mode: z.enum(['keypair', 'passwd']),
      login_keypair: text.optional(),
      login_passwd: text.optional(),
      instance_type: text.optional(),
      cpu: int(0).optional(),
      memory: int(0).optional(),
      count: int(1, 100).default(1),
      instance_name: text.default(''),
      instance_class: int(0).default(unsaid.instance_class),
      os_disk_size: int(0).default(0),
      vxnets: list(text).default([]),
      security_group: text.optional(),
      volumes: list(text).default([]),
      need_userdata: flag.default(false),
      userdata_type: text.optional(),
      userdata_value: longText.optional(),
    },
    async (asked, call) => {
      const { count, volumes, login_mode: mode, login_keypair: keyPair } = asked
      call.heed(() => {
        if (mode === 'keypair' && keyPair === undefined) fail(1100, 'parameter [login_keypair] is required')
        if (mode === 'passwd' && asked.login_passwd === undefined) fail(1100, 'parameter [login_passwd] is required')
      })
      if (asked.need_userdata) call.heed(() => checkUserData(call, asked.userdata_type, asked.userdata_value))
      call.heedEach(volumes, id => mustBeFree(named(call, 'volume', id)))
      if (volumes.length > 0 && count > 1)
        call.heed(() => fail(1400, `volume [${volumes[0]}] can be attached to one instance only`))
      const [first, ...others] = placesIn(asked.vxnets)
      const body = {
        name: asked.instance_name,
        image: asked.image_id,
        keyPairs: mode === 'keypair' && keyPair !== undefined ? [keyPair] : [],
        securityGroup: asked.security_group,
        ...call.heed(() => sizeAsked(asked)),
        ...first,
      }
      const done = await call.runAll(Array.from({ length: count }, () => ({ do: 'create', kind: 'server', body })))
      const made = done.flatMap(({ resource }) => resource?.id ?? [])
      const furnishing = made.flatMap((server): Command[] => [
        ...others.map((place): Command => ({ do: 'create', kind: 'nic', body: { server, ...place } })),
        ...volumes.map((id): Command => ({ do: 'patch', kind: 'volume', id, body: { server } })),
      ])
      const furnished = await furnish(call, made, furnishing)
      const said = {
        instance_type: asked.instance_type ?? '',
        instance_class: asked.instance_class,
        os_disk_size: asked.os_disk_size || unsaid.os_disk_size,
      }
      for (const id of made) keepSaid(id, said, call.cloud.ledger)
      return { instances: made, job_id: call.job('creating', made, [...done, ...furnished]) }
    },
    {
      names,
      note: 'Passwords and user data are taken, and nothing comes of them. Of several networks the first is that of its first interface',
    },
  ),
]

/** Gives new instances what needs their ids; where that cannot be, they go again. */
async function furnish(call: Call, made: readonly Id[], commands: readonly Command[]) {
  if (commands.length === 0) return []
  try {
    return await call.runAll(commands)
  } catch (error) {
    await call.runAll(made.map(id => ({ do: 'delete', kind: 'server', id })))
    throw error
  }
}

/** Networks as requests name them, an address behind a bar: `vxnet-…|192.168.0.5`. In the base network nobody has a link. */
function placesIn(vxnets: readonly string[]): readonly { readonly subnet: string; readonly address?: string }[] {
  return vxnets
    .map(place => place.split('|'))
    .filter(([vxnet]) => vxnet !== baseVxnet)
    .map(([subnet = '', address]) => (address ? { subnet, address } : { subnet }))
}

function checkUserData({ cloud }: Call, type: string | undefined, value: string | undefined): void {
  if (value === undefined) fail(1100, 'parameter [userdata_value] is required')
  if (type === 'tar' && cloud.ledger.attachment(value) === undefined) {
    fail(2100, `user data attachment [${value.slice(0, 64)}] does not exist; upload it first`)
  }
}
