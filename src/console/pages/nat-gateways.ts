import type { Shown } from '../server/queries.ts'
import type { FormPage, KindPage } from './kind-page.ts'
import { serverAddress } from './servers.ts'

export const natGateways: KindPage = {
  kind: 'nat-gateway',
  createWord: 'list.create',
  form: {
    binds: ['eips'],
    advanced: ['power'],
    initial: { eips: [{ bandwidthMbps: 10, billing: 'bandwidth' }] },
  },
  children: {
    snatRules: { columns: ['target', 'eips'], form: { each: 'target' }, formIn: rule },
    dnatRules: {
      columns: ['protocol', 'eip', 'port', 'toAddress', 'toPort'],
      form: { suggests: { toAddress: serverAddress } },
      formIn: rule,
    },
  },
  related: [],
}

/** Rules use the public IPs of their gateway, and nothing else. */
function rule(gateway: Shown): FormPage {
  const eips = gateway.kind === 'nat-gateway' ? gateway.eips : []
  const held = (eip: Shown) => eips.includes(eip.id)
  return { initial: { eips, ...(eips[0] === undefined ? {} : { eip: eips[0] }) }, suits: { eips: held, eip: held } }
}
