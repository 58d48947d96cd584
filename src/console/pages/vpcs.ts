import type { KindPage } from './kind-page.ts'
import { serverAddress } from './servers.ts'

export const vpcs: KindPage = {
  kind: 'vpc',
  createWord: 'list.create-vpc',
  form: {
    binds: ['eip'],
    advanced: ['zone', 'power'],
    initial: { cidr: '192.168.0.0/16', subnets: [{ name: '', cidr: '192.168.0.0/24' }] },
  },
  children: {
    portForwards: {
      columns: ['protocol', 'port', 'toAddress', 'toPort'],
      form: { suggests: { toAddress: serverAddress } },
    },
    dnsRecords: { columns: ['domain', 'addresses'], form: {} },
    dhcpOptions: { columns: ['server', 'options'], form: {} },
  },
  related: [
    { kind: 'subnet', by: 'vpc' },
    { kind: 'route-table', by: 'vpc' },
    { kind: 'nat-gateway', by: 'vpc' },
    { kind: 'load-balancer', by: 'vpc' },
    { kind: 'server', by: 'vpc' },
    { kind: 'vip', by: 'vpc' },
    { kind: 'nic', by: 'vpc' },
  ],
}
