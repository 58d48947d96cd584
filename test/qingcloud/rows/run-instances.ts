import assert from 'node:assert/strict'
import { find } from '../../../src/model/model.ts'
import type { Given, Row } from '../row.ts'
import { anything, bit, checkShape, id, text, type Shape } from '../shape.ts'
import type { Answer, Site } from '../site.ts'
import { described, furnished, instanceShape, mac } from './instances.ts'

type Known = { readonly [field: string]: Shape }

const serverIn = (site: Site, server: unknown) => find(site.cloud.model(), 'server', String(server))
const job = { job_id: id('j') }
const firstOf = (answer: Answer) => (answer['instances'] as string[])[0] ?? ''

/** How large it is, by what clients say of that. */
const sizes: Row[] = (
  [
    [{ instance_type: 'small_b', cpu: 0, memory: 0 }, 'small_b', 1, 1024],
    [{ instance_type: 'large_c', cpu: 1, memory: 1024 }, 'large_c', 4, 16_384],
    [{ instance_type: 'c8m32' }, 'c8m32', 8, 32_768],
    [{ cpu: 2, memory: 2048 }, 'c2m2', 2, 2048],
    [{ cpu: 2, memory: 1536 }, '', 2, 1536],
    [{}, 'c1m1', 1, 1024],
  ] as const
).map(([asked, type, cpu, memoryMb]) => ({
  action: 'RunInstances',
  about: `${JSON.stringify(asked)} is ${cpu} processors with ${memoryMb} MB`,
  parameters: { image_id: 'debian13', login_mode: 'passwd', login_passwd: 'Zhu88jie', ...asked },
  answer: { instances: [id('i')], ...job },
  async then(site: Site, _: Given, answer: Answer) {
    const { instance_type: told, vcpus_current: told1, memory_current: told2 } = await described(site, firstOf(answer))
    assert.deepEqual([told, told1, told2], [type, cpu, memoryMb])
  },
}))

export const rows: readonly Row[] = [
  ...sizes,
  {
    action: 'RunInstances',
    about: 'in networks, with a key, a group, a volume, a class and a disk; one of the addresses is chosen',
    async given(site) {
      const given = await furnished(site)
      const free = await site.make('volume', { sizeGb: 20 })
      return { ...given, free }
    },
    parameters: ({ subnet = '', lonely = '', other = '', group = '', pair = '', free = '' }) => ({
      image_id: 'centos7x64d',
      login_mode: 'keypair',
      login_keypair: pair,
      instance_name: 'demo',
      instance_class: 101,
      os_disk_size: 50,
      vxnets: ['vxnet-0', `${subnet}|192.168.1.77`, lonely, `${other}|192.168.2.77`],
      security_group: group,
      volumes: [free],
      need_userdata: 0,
      hostname: 'demo',
    }),
    answer: { instances: [id('i')], ...job },
    async then(site, { subnet = '', lonely = '', other = '', group = '', pair = '', free = '' }, answer) {
      const instance = firstOf(answer)
      const link = (vxnet: string, type: number, address: string, role: number): Shape => ({
        vxnet_id: vxnet,
        vxnet_name: text,
        vxnet_type: type,
        nic_id: mac,
        private_ip: address,
        role,
      })
      const shape = (known: Known) => ({
        image: anything,
        instance_name: 'demo',
        instance_class: 101,
        extra: { os_disk_size: 50 },
        vxnets: [link(subnet, 1, '192.168.1.77', 1), link(lonely, 0, '', 0), link(other, 1, '192.168.2.77', 0)],
        security_group: { security_group_id: group, is_default: bit },
        keypair_ids: [pair],
        volume_ids: [free],
        volumes: [{ volume_id: free }],
        ...known,
      })
      const told = await described(site, instance)
      checkShape(told, instanceShape(shape({ status: 'pending', transition_status: 'creating' })))
      site.sync()
      checkShape(await described(site, instance), instanceShape(shape({})))
    },
  },
  {
    action: 'RunInstances',
    about: 'several at once',
    given: furnished,
    parameters: ({ subnet = '', pair = '' }) => ({
      image_id: 'debian13',
      login_mode: 'keypair',
      login_keypair: pair,
      count: 3,
      vxnets: [subnet],
    }),
    answer: { instances: [id('i'), id('i'), id('i')], ...job },
    then(site, _, { instances }) {
      const addresses = (instances as string[]).map(server => serverIn(site, server)?.now.address)
      assert.deepEqual(addresses, ['192.168.1.2', '192.168.1.3', '192.168.1.4'])
    },
  },
  {
    action: 'RunInstances',
    about: 'with user data that was uploaded',
    async given(site) {
      const { attachment_id: uploaded } = await site.done('UploadUserDataAttachment', { attachment_content: 'AAAA' })
      return { uploaded: String(uploaded) }
    },
    parameters: ({ uploaded = '' }) => ({
      image_id: 'debian13',
      login_mode: 'passwd',
      login_passwd: 'Zhu88jie',
      need_userdata: 1,
      userdata_type: 'tar',
      userdata_value: uploaded,
      userdata_path: '/etc/qingcloud/userdata',
    }),
    answer: { instances: [id('i')], ...job },
    then: (site, _, answer) =>
      assert.ok(!JSON.stringify(serverIn(site, firstOf(answer))).includes('Zhu88jie'), 'no password is kept'),
  },
  {
    action: 'UploadUserDataAttachment',
    parameters: { attachment_content: 'aGVsbG8gd29ybGQ=', attachment_name: 'userdata' },
    answer: { attachment_id: id('uda') },
    then: (site, _, { attachment_id: uploaded }) =>
      assert.equal(site.cloud.ledger.attachment(String(uploaded)), 'aGVsbG8gd29ybGQ='),
  },
]
