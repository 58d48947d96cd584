import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startSite, type Site } from './site.ts'
import { terraform, type Shown, type Terraform } from './terraform.ts'

/** The life of what the Terraform provider makes, request by request. */

const blob = 'AAAAB3NzaC1yc2EAAAADAQABAAABAQCyLSPqVIdXGH0QlGeWcPwa1fjTRKl6WtMiaSsP8/GnwjakDSKILUCoNe1yIpiK8F0'

interface Stage {
  readonly site: Site
  readonly tf: Terraform
  readonly tag: string
}

async function stage(t: TestContext): Promise<Stage> {
  const site = await startSite(t)
  site.sync()
  const tf = terraform(site)
  return { site, tf, tag: await makeTag(tf, 'test') }
}

async function makeTag({ call, read }: Terraform, name: string): Promise<string> {
  const tag = String((await call('CreateTag', { tag_name: name }))['tag_id'])
  await call('ModifyTagAttributes', { tag, color: '#9f9bb7' })
  const { tag_name: told, color, description } = await read('tag', tag)
  assert.deepEqual([told, color, description], [name, '#9f9bb7', ''])
  return tag
}

async function makeKeyPair({ call, read, retag }: Terraform, tags: readonly string[]): Promise<string> {
  const answer = await call('CreateKeyPair', {
    mode: 'user',
    encrypt_method: 'ssh-rsa',
    public_key: `    ssh-rsa ${blob} root@centos1    `,
  })
  const pair = String(answer['keypair_id'])
  await retag('keypair', pair, tags)
  const shown = await read('keypair', pair)
  assert.equal(`${String(shown['encrypt_method'])} ${String(shown['pub_key'])}`, `ssh-rsa ${blob}`)
  assert.deepEqual(tagsOf(shown), tags)
  return pair
}

/** It detaches a pair from whoever has it, and tries again. */
async function dropKeyPair({ call, read, isGone }: Terraform, pair: string): Promise<void> {
  const instances = (await read('keypair', pair))['instance_ids'] as readonly string[]
  if (instances.length > 0) {
    await call('DetachKeyPairs', { keypairs: [pair], instances })
    assert.deepEqual((await read('keypair', pair))['instance_ids'], [])
  }
  await call('DeleteKeyPairs', { keypairs: [pair] })
  assert.ok(await isGone('keypair', pair))
}

async function makeVolume({ call, read, settle, retag }: Terraform, tags: readonly string[]): Promise<string> {
  const wish = { size: 10, count: 1, volume_name: ' ', volume_type: 0, dry_run: 0, port: 0, round_up: 0 }
  const [volume = ''] = (await call('CreateVolumes', wish))['volumes'] as readonly string[]
  await settle('volume', volume)
  await retag('volume', volume, tags)
  const shown = await read('volume', volume)
  assert.deepEqual([shown['size'], shown['volume_type'], tagsOf(shown)], [10, 0, tags])
  return volume
}

async function dropVolume({ call, read, settle }: Terraform, volume: string): Promise<void> {
  assert.equal((await read('volume', volume))['status'], 'available')
  await call('DeleteVolumes', { volumes: [volume] })
  await settle('volume', volume)
  assert.equal((await read('volume', volume))['status'], 'deleted')
}

/** What the SDK sends for what nobody set. */
const runDefaults = {
  count: 1,
  cpu: 1,
  cpu_model: 'Westmere',
  gpu: 0,
  memory: 1024,
  need_newsid: 0,
  need_userdata: 0,
  userdata_file: '/etc/rc.local',
  userdata_path: '/etc/qingcloud/userdata',
  dry_run: 0,
  instance_class: 0,
}

async function makeInstance({ call, settle, retag }: Terraform, wish: object, tags: readonly string[]) {
  const asked = { ...runDefaults, image_id: 'centos7x64d', ...wish }
  const [instance = ''] = (await call('RunInstances', asked))['instances'] as readonly string[]
  await settle('instance', instance)
  // The base network is where it belongs unless the user says otherwise.
  await call('JoinVxnet', { vxnet: 'vxnet-0', instances: [instance] })
  await settle('instance', instance)
  await retag('instance', instance, tags)
  return instance
}

async function dropInstance({ call, read, settle }: Terraform, instance: string): Promise<void> {
  await call('TerminateInstances', { instances: [instance] })
  await settle('instance', instance)
  const { status, transition_status: transition } = await read('instance', instance)
  assert.deepEqual([status, transition], ['terminated', ''])
}

/** What its state holds of an instance. It looks into `image` and `extra` without asking whether they are there. */
function stateOf(shown: Shown) {
  const [image, extra, eip] = [shown['image'], shown['extra'], shown['eip']] as readonly Shown[]
  return {
    image_id: image?.['image_id'],
    cpu: shown['vcpus_current'],
    memory: shown['memory_current'],
    instance_class: shown['instance_class'],
    os_disk_size: extra?.['os_disk_size'],
    eip_id: eip?.['eip_id'] ?? '',
    keypair_ids: shown['keypair_ids'],
    volume_ids: (shown['volumes'] as readonly Shown[]).map(volume => volume['volume_id']),
    tag_ids: tagsOf(shown),
  }
}

const tagsOf = (shown: Shown) => (shown['tags'] as readonly Shown[]).map(tag => tag['tag_id'])

test('qingcloud_tag: a colour is read as it was written', async t => {
  const { tf, tag } = await stage(t)
  await tf.call('ModifyTagAttributes', { tag, description: 'test', color: '#fff' })
  const { color, description } = await tf.read('tag', tag)
  assert.deepEqual([color, description], ['#fff', 'test'])
  await tf.call('DeleteTags', { tags: [tag] })
  assert.ok(await tf.isGone('tag', tag))
})

test('qingcloud_keypair: named later, tags come and go', async t => {
  const { tf, tag } = await stage(t)
  const other = await makeTag(tf, 'test2')
  const pair = await makeKeyPair(tf, [tag, other])
  await tf.retag('keypair', pair, [])
  await tf.call('ModifyKeyPairAttributes', { keypair: pair, keypair_name: 'keypair1', description: 'test' })
  const shown = await tf.read('keypair', pair)
  assert.deepEqual([shown['keypair_name'], shown['description'], tagsOf(shown)], ['keypair1', 'test', []])
  await dropKeyPair(tf, pair)
})

test('qingcloud_volume: named and enlarged later', async t => {
  const { tf, tag } = await stage(t)
  const volume = await makeVolume(tf, [tag])
  await tf.call('ModifyVolumeAttributes', { volume, volume_name: 'volume', description: 'volume' })
  assert.equal((await tf.read('volume', volume))['status'], 'available')
  await tf.call('ResizeVolumes', { volumes: [volume], size: 20 })
  await tf.settle('volume', volume)
  const shown = await tf.read('volume', volume)
  assert.deepEqual([shown['volume_name'], shown['description'], shown['size']], ['volume', 'volume', 20])
  await tf.retag('volume', volume, [])
  assert.deepEqual(tagsOf(await tf.read('volume', volume)), [])
  await dropVolume(tf, volume)
})

test('qingcloud_instance: run with a key, resized, terminated', async t => {
  const { tf, tag } = await stage(t)
  const pair = await makeKeyPair(tf, [tag])
  const instance = await makeInstance(tf, { login_mode: 'keypair', login_keypair: pair }, [tag])
  // The pair that it was run with is attached once more.
  await tf.call('AttachKeyPairs', { instances: [instance], keypairs: [pair] })
  await tf.settle('instance', instance)
  const state = {
    image_id: 'centos7x64d',
    cpu: 1,
    memory: 1024,
    instance_class: 0,
    os_disk_size: 20,
    eip_id: '',
    keypair_ids: [pair],
    volume_ids: [],
    tag_ids: [tag],
  }
  assert.deepEqual(stateOf(await tf.read('instance', instance)), state)
  await tf.call('ModifyInstanceAttributes', { instance, instance_name: 'instance', description: 'instance' })
  await tf.call('StopInstances', { instances: [instance], force: 0 })
  await tf.settle('instance', instance)
  const { job_id: job } = await tf.call('ResizeInstances', { instances: [instance], cpu: 2, memory: 2048 })
  await tf.settle('instance', instance)
  const { job_set: jobs } = await tf.call('DescribeJobs', { jobs: [String(job)] })
  assert.equal((jobs as readonly Shown[])[0]?.['status'], 'successful')
  await tf.call('StartInstances', { instances: [instance] })
  await tf.settle('instance', instance)
  const shown = await tf.read('instance', instance)
  assert.deepEqual(stateOf(shown), { ...state, cpu: 2, memory: 2048 })
  assert.deepEqual([shown['instance_name'], shown['status']], ['instance', 'running'])
  await dropInstance(tf, instance)
  await dropKeyPair(tf, pair)
})

test('qingcloud_instance: a larger disk is another instance, and user data is uploaded first', async t => {
  const { tf } = await stage(t)
  const upload = { attachment_name: 'userdata', attachment_content: 'aGVsbG8=' }
  const { attachment_id: uploaded } = await tf.call('UploadUserDataAttachment', upload)
  const wish = {
    login_mode: 'passwd',
    login_passwd: 'Zhu88jie',
    os_disk_size: 50,
    need_userdata: 1,
    userdata_type: 'tar',
    userdata_value: String(uploaded),
  }
  const instance = await makeInstance(tf, wish, [])
  assert.equal(stateOf(await tf.read('instance', instance)).os_disk_size, 50)
  await dropInstance(tf, instance)
})

test('qingcloud_instance: one key pair, then three, then two', async t => {
  const { tf, tag } = await stage(t)
  const [first, second, third] = [
    await makeKeyPair(tf, [tag]),
    await makeKeyPair(tf, [tag]),
    await makeKeyPair(tf, [tag]),
  ]
  const instance = await makeInstance(tf, { login_mode: 'keypair', login_keypair: first }, [tag])
  await tf.call('AttachKeyPairs', { instances: [instance], keypairs: [second, third] })
  await tf.settle('instance', instance)
  assert.deepEqual(stateOf(await tf.read('instance', instance)).keypair_ids, [first, second, third])
  await tf.call('DetachKeyPairs', { instances: [instance], keypairs: [third] })
  await tf.settle('instance', instance)
  assert.deepEqual(stateOf(await tf.read('instance', instance)).keypair_ids, [first, second])
  // The pairs may go first: each is taken from the instance, then.
  for (const pair of [first, second, third]) await dropKeyPair(tf, pair)
  await dropInstance(tf, instance)
})

test('qingcloud_instance: one volume, then three, then two, and none of them holds it up', async t => {
  const { tf, tag } = await stage(t)
  const volumes = [await makeVolume(tf, [tag]), await makeVolume(tf, [tag]), await makeVolume(tf, [tag])].sort()
  const [first = '', second = '', third = ''] = volumes
  const instance = await makeInstance(tf, { login_mode: 'passwd', login_passwd: 'Zhu88jie' }, [tag])
  for (const come of [[first], [second, third]]) {
    await tf.call('AttachVolumes', { instance, volumes: come })
    for (const volume of come) await tf.settle('volume', volume)
    await tf.settle('instance', instance)
  }
  assert.deepEqual(stateOf(await tf.read('instance', instance)).volume_ids, volumes)
  await tf.call('DetachVolumes', { instance, volumes: [third] })
  await tf.settle('volume', third)
  assert.deepEqual(stateOf(await tf.read('instance', instance)).volume_ids, [first, second])
  await dropInstance(tf, instance)
  for (const volume of volumes) await dropVolume(tf, volume)
})

test('qingcloud_instance: a group and an EIP come, and the EIP goes again', async t => {
  const { tf, tag } = await stage(t)
  const { security_group_id: group } = await tf.call('CreateSecurityGroup', { security_group_name: 'first_sg' })
  const wish = { login_mode: 'passwd', login_passwd: 'Zhu88jie', security_group: String(group) }
  const instance = await makeInstance(tf, wish, [tag])
  const [eip = ''] = (await tf.call('AllocateEips', { bandwidth: 2, count: 1 }))['eips'] as readonly string[]
  await tf.call('ApplySecurityGroup', { security_group: String(group), instances: [instance] })
  await tf.settle('instance', instance)
  await tf.settle('eip', eip)
  await tf.call('AssociateEip', { eip, instance })
  await tf.settle('eip', eip)
  await tf.settle('instance', instance)
  const shown = await tf.read('instance', instance)
  assert.equal((shown['security_group'] as Shown)['security_group_id'], group)
  assert.equal(stateOf(shown).eip_id, eip)
  assert.equal((shown['eip'] as Shown)['eip_addr'], (await tf.read('eip', eip))['eip_addr'])
  await tf.call('DissociateEips', { eips: [eip] })
  await tf.settle('eip', eip)
  assert.equal(stateOf(await tf.read('instance', instance)).eip_id, '')
  await dropInstance(tf, instance)
  await tf.call('ReleaseEips', { eips: [eip] })
})

test('qingcloud_instance: moved into a managed network with an address of its choice, and back', async t => {
  const { site, tf } = await stage(t)
  const vpc = await site.make('vpc', { cidr: '192.168.0.0/16' })
  const vxnet = await site.make('subnet', { vpc, cidr: '192.168.1.0/24' })
  const instance = await makeInstance(tf, { login_mode: 'passwd', login_passwd: 'Zhu88jie' }, [])
  const placed = async () => (await tf.read('instance', instance))['vxnets'] as readonly Shown[]
  assert.deepEqual(await placed(), [])
  await tf.call('LeaveVxnet', { vxnet: 'vxnet-0', instances: [instance] })
  await tf.settle('instance', instance)
  await tf.call('JoinVxnet', { vxnet: `${vxnet}|192.168.1.77`, instances: [instance] })
  await tf.settle('instance', instance)
  const [there] = await placed()
  assert.deepEqual([there?.['vxnet_id'], there?.['vxnet_type'], there?.['private_ip']], [vxnet, 1, '192.168.1.77'])
  await tf.call('LeaveVxnet', { vxnet, instances: [instance] })
  await tf.settle('instance', instance)
  assert.deepEqual(await placed(), [])
  await dropInstance(tf, instance)
})
