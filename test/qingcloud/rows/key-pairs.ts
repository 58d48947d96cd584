import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { find } from '../../../src/model/model.ts'
import { labels } from '../labels-shape.ts'
import type { Given, Row } from '../row.ts'
import { each, id, text, type Shape } from '../shape.ts'
import type { Answer, Site } from '../site.ts'

const pairShape = (known: { readonly [field: string]: Shape } = {}): Shape => ({
  keypair_id: id('kp'),
  keypair_name: text,
  encrypt_method: 'ssh-ed25519',
  pub_key: /^[A-Za-z0-9+/]+=*$/,
  instance_ids: each(id('i')),
  ...labels,
  ...known,
})

/** A pair that may sign in to one of two servers, and one that may sign in to none. */
async function attached(site: Site): Promise<Given> {
  const pair = await site.make('key-pair', { name: 'mine', publicKey: 'ssh-ed25519 AAAAC3== me@home' })
  const other = await site.make('key-pair', { name: 'yours', publicKey: 'ssh-rsa AAAAB3' })
  const server = await site.make('server', { keyPairs: [pair] })
  const bare = await site.make('server', {})
  return { pair, other, server, bare }
}

const pairsOf = (site: Site, server: string | undefined) => find(site.cloud.model(), 'server', server)?.now.keyPairs
const job = { job_id: id('j') }

/** A key is made: what is told fits what is kept, and nothing secret is kept. */
function isMade(site: Site, { keypair_id: pair, private_key: told }: Answer, begin: string): string {
  const kept = find(site.cloud.model(), 'key-pair', String(pair))?.now.publicKey ?? ''
  assert.ok(String(told).startsWith(begin))
  assert.ok(!JSON.stringify([...site.cloud.model().resources.values()]).includes('PRIVATE'))
  return kept
}

export const rows: readonly Row[] = [
  {
    action: 'DescribeKeyPairs',
    given: attached,
    answer: ({ pair = '', other = '', server = '' }) => ({
      keypair_set: [
        pairShape({ keypair_id: pair, keypair_name: 'mine', pub_key: 'AAAAC3==', instance_ids: [server] }),
        pairShape({ keypair_id: other, encrypt_method: 'ssh-rsa', pub_key: 'AAAAB3', instance_ids: [] }),
      ],
      total_count: 2,
    }),
  },
  {
    action: 'DescribeKeyPairs',
    about: 'by id, kind and the instance that they may sign in to',
    given: attached,
    parameters: ({ pair = '', other = '', server = '' }) => ({
      keypairs: [pair, other, 'kp-00000000'],
      instance_id: server,
      encrypt_method: 'ssh-ed25519',
    }),
    answer: { keypair_set: [pairShape({ keypair_name: 'mine' })], total_count: 1 },
  },
  {
    action: 'CreateKeyPair',
    parameters: { keypair_name: 'new' },
    answer: { keypair_id: id('kp'), private_key: text },
    then(site, _, answer) {
      const kept = isMade(site, answer, '-----BEGIN RSA PRIVATE KEY-----')
      const key = createPublicKey(createPrivateKey(String(answer['private_key'])))
      const { n = '' } = key.export({ format: 'jwk' })
      const blob = Buffer.from(kept.replace('ssh-rsa ', ''), 'base64')
      assert.ok(blob.subarray(-256).equals(Buffer.from(n, 'base64url')))
    },
  },
  {
    action: 'CreateKeyPair',
    about: 'of the short kind',
    parameters: { encrypt_method: 'ssh-ed25519', mode: 'system' },
    answer: { keypair_id: id('kp'), private_key: text },
    then: (site, _, answer) =>
      assert.match(
        isMade(site, answer, '-----BEGIN OPENSSH PRIVATE KEY-----'),
        /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI/,
      ),
  },
  {
    action: 'CreateKeyPair',
    about: 'of a key that the user has, with blanks around it and a comment behind',
    parameters: {
      mode: 'user',
      encrypt_method: 'ssh-rsa',
      public_key: '    ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== root@centos1    ',
    },
    answer: { keypair_id: id('kp') },
    async then(site, _, { keypair_id: pair }) {
      const { keypair_set: pairs } = await site.done('DescribeKeyPairs', { keypairs: [String(pair)] })
      const [told] = pairs as { encrypt_method: string; pub_key: string }[]
      assert.deepEqual([told?.encrypt_method, told?.pub_key], ['ssh-ed25519', 'AAAAC3NzaC1lZDI1NTE5AAAAIA=='])
    },
  },
  {
    action: 'ModifyKeyPairAttributes',
    given: attached,
    parameters: ({ pair = '' }) => ({ keypair: pair, keypair_name: 'ours', description: 'shared' }),
    answer: {},
    then(site, { pair }) {
      const { name, description } = find(site.cloud.model(), 'key-pair', pair) ?? {}
      assert.deepEqual([name, description], ['ours', 'shared'])
    },
  },
  {
    action: 'DeleteKeyPairs',
    given: attached,
    parameters: ({ other = '' }) => ({ keypairs: [other] }),
    answer: ({ other = '' }) => ({ keypairs: [other] }),
    then: (site, { other }) => assert.equal(find(site.cloud.model(), 'key-pair', other), undefined),
  },
  {
    action: 'AttachKeyPairs',
    about: 'one that is attached already stays so',
    given: attached,
    parameters: ({ pair = '', other = '', server = '', bare = '' }) => ({
      keypairs: [pair, other],
      instances: [server, bare],
    }),
    answer: job,
    async then(site, { pair = '', other = '', server = '', bare }) {
      assert.deepEqual(
        [pairsOf(site, server), pairsOf(site, bare)],
        [
          [pair, other],
          [pair, other],
        ],
      )
      const before = site.cloud.model().resources.get(server)?.revision
      await site.done('AttachKeyPairs', { keypairs: [pair], instances: [server] })
      assert.equal(site.cloud.model().resources.get(server)?.revision, before)
    },
  },
  {
    action: 'DetachKeyPairs',
    about: 'one that is not attached stays away',
    given: attached,
    parameters: ({ pair = '', other = '', server = '', bare = '' }) => ({
      keypairs: [pair, other],
      instances: [server, bare],
    }),
    answer: job,
    then: (site, { server, bare }) => assert.deepEqual([pairsOf(site, server), pairsOf(site, bare)], [[], []]),
  },
]
