import { z } from 'zod'
import type { Command } from '../model/command.ts'
import type { Id, Model, ResourceOf } from '../model/model.ts'
import { usersOf } from '../model/rules/rule.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { describe, named } from './describe.ts'
import { fail } from './failure.ts'
import { labelsOf } from './labels.ts'
import { list, longText, text } from './parameters.ts'
import { makeSshKey, sshKeyTypes, type SshKeyType } from './ssh-key.ts'

const names = { name: 'keypair_name', publicKey: 'public_key' }
const both = { keypairs: list(text), instances: list(text) }

/** Keys that may sign in to instances. */
export const keyPairActions = [
  reading(
    'DescribeKeyPairs',
    {
      ...listing,
      keypairs: list(text).optional(),
      instance_id: text.optional(),
      encrypt_method: text.optional(),
    },
    (asked, call) =>
      describe(call, 'key-pair', asked, {
        set: 'keypair_set',
        ids: asked.keypairs,
        where: pair =>
          (asked.instance_id === undefined || instancesWith(call.model(), pair.id).includes(asked.instance_id)) &&
          (asked.encrypt_method ?? partsOf(pair).method) === partsOf(pair).method,
        view: pair => keyPairView(pair, call),
      }),
    { note: 'A record: nothing is written into an instance' },
  ),

  changing(
    'CreateKeyPair',
    {
      keypair_name: text.default(''),
      mode: z.enum(['system', 'user']).default('system'),
      encrypt_method: text.default('ssh-rsa'),
      public_key: longText.optional(),
    },
    async ({ keypair_name: name, mode, encrypt_method: type, public_key: given }, call) => {
      if (mode === 'user') return { keypair_id: await create(call, name, given?.trim()) }
      const { publicKey, privateKey } = await makeSshKey(call.heed(() => madeType(type)) ?? 'ssh-ed25519')
      return { keypair_id: await create(call, name, publicKey), private_key: privateKey }
    },
    {
      names,
      note: 'RSA with 2048 bits, or ssh-ed25519; DSA is not made. The private key is told here, once, and kept nowhere',
    },
  ),

  changing(
    'ModifyKeyPairAttributes',
    { keypair: text, keypair_name: text.optional(), description: text.optional() },
    async ({ keypair: id, keypair_name: name, description }, call) => {
      await call.run({ do: 'patch', kind: 'key-pair', id, body: { name, description } })
      return {}
    },
    { names },
  ),

  changing('DeleteKeyPairs', { keypairs: list(text) }, async ({ keypairs }, call) => {
    await call.runAll(keypairs.map(id => ({ do: 'delete', kind: 'key-pair', id })))
    return { keypairs }
  }),

  changing(
    'AttachKeyPairs',
    both,
    ({ keypairs, instances }, call) =>
      change(call, keypairs, instances, keyPairs => [...new Set([...keyPairs, ...keypairs])]),
    { names: { keyPairs: 'keypairs' }, note: 'One that is attached already stays so' },
  ),

  changing('DetachKeyPairs', both, ({ keypairs, instances }, call) =>
    change(call, keypairs, instances, keyPairs => keyPairs.filter(id => !keypairs.includes(id))),
  ),
]

/** A type of keys that can be made; clients name one with keys of their own, too, where it does not matter. */
function madeType(given: string): SshKeyType {
  const type = sshKeyTypes.find(each => each === given)
  return type ?? fail(1100, `parameter [encrypt_method] must be one of ${sshKeyTypes.join(', ')}`)
}

async function create(call: Call, name: string, publicKey: string | undefined): Promise<Id | undefined> {
  const { resource } = await call.run({ do: 'create', kind: 'key-pair', body: { name, publicKey } })
  return resource?.id
}

/** Changes who may sign in to instances, all or none. */
async function change(
  call: Call,
  keyPairs: readonly Id[],
  instances: readonly Id[],
  next: (keyPairs: readonly Id[]) => readonly Id[],
) {
  call.heedEach(keyPairs, id => named(call, 'key-pair', id))
  const commands = call.heedEach(instances, (id): Command => {
    const { now } = named(call, 'server', id)
    return { do: 'patch', kind: 'server', id, body: { keyPairs: next(now.keyPairs) } }
  })
  const done = await call.runAll(commands)
  return { job_id: call.job('updating', instances, done) }
}

function keyPairView(pair: ResourceOf<'key-pair'>, { model }: Call): object {
  const { method, key } = partsOf(pair)
  return {
    keypair_id: pair.id,
    keypair_name: pair.name,
    encrypt_method: method,
    pub_key: key,
    instance_ids: instancesWith(model(), pair.id),
    ...labelsOf(pair, model()),
  }
}

/** The type of a public key and the key itself; what follows is a comment. */
function partsOf({ now }: ResourceOf<'key-pair'>): { readonly method: string; readonly key: string } {
  const [method = '', key = ''] = now.publicKey.split(' ')
  return { method, key }
}

function instancesWith(model: Model, pair: Id): readonly Id[] {
  return [...usersOf(model, pair)].map(({ id }) => id).sort()
}
