import { isPrivate } from '../../model/address.ts'
import { portsOf } from '../../model/define.ts'
import { holderOf } from '../../model/holder.ts'
import { find, get, vpcOf, type Eip, type Model, type NatGateway, type Server, type Vpc } from '../../model/model.ts'
import { trafficText, type Arrival } from './admission.ts'
import { arriving, enteringServer } from './arrival.ts'
import { enteringBalancer } from './balancer-door.ts'
import { found, type Finding } from './finding.ts'
import { groupOf, through, type Guarded } from './groups.ts'
import { privateOnly, serverAt } from './private-clients.ts'
import { applying, enabling, starting } from './repairs.ts'

/** What keeps a flow from outside from getting in by an EIP, to whoever it leads to. */
export function enteringBy(model: Model, eip: Eip, arrival: Arrival): Finding[] {
  const holder = holderOf(model, eip.id)
  switch (holder?.kind) {
    case 'load-balancer': {
      const vpc = find(model, 'vpc', vpcOf(model, holder))
      return [...offOf(vpc), ...enteringBalancer(model, holder, arrival)]
    }
    case 'nat-gateway':
      return byGateway(model, eip, holder, arrival)
    case 'vpc':
      return byRouter(model, eip, holder, arrival)
    case 'server':
      return byOwnAddress(model, holder, arrival)
    default:
      return [found('eip-unbound', eip)]
  }
}

function offOf(vpc: Vpc | undefined): Finding[] {
  return vpc?.now.power === 'off' ? [found('router-off', vpc, {}, starting(vpc))] : []
}

type DnatRule = NatGateway['live']['dnatRules'][number]

function byGateway(model: Model, eip: Eip, gateway: NatGateway, arrival: Arrival): Finding[] {
  const vpc = get(model, 'vpc', gateway.now.vpc)
  const off = [
    ...offOf(vpc),
    ...(gateway.now.power === 'off' ? [found('nat-gateway-off', gateway, {}, starting(gateway))] : []),
  ]
  const leads = (rule: DnatRule) =>
    rule.eip === eip.id && rule.protocol === arrival.protocol && isWithin(rule.port, arrival.port)
  const values = { traffic: trafficText(arrival), address: eip.now.address }
  const rule = gateway.live.dnatRules.find(each => leads(each) && each.enabled)
  if (!rule) {
    const disabled = gateway.live.dnatRules.find(leads)
    const drafted = gateway.draft.dnatRules.some(each => leads(each) && each.enabled)
    if (drafted) return [...off, found('dnat-rule-not-applied', gateway, values, applying(gateway))]
    if (!disabled) return [...off, found('no-dnat-rule', gateway, values)]
    return [...off, found('dnat-rule-disabled', gateway, values, enabling(gateway, 'dnatRules', disabled.id))]
  }
  const [from] = portsOf(rule.port)
  const port = portsOf(rule.toPort)[0] + arrival.port - from
  const onward = { ...arrival, address: rule.toAddress, port }
  const closed = [
    ...through(model, gateway, entering(arrival, groupOf(model, gateway).id)),
    ...arriving(model, vpc, onward),
  ]
  return [...off, ...(closed.length > 0 ? closed : unseen(model, gateway, arrival, onward))]
}

/** Whom neither an appliance nor the server behind it lets in of those who are seen by public addresses only. */
function unseen(model: Model, by: Guarded, arrival: Arrival, onward: Arrival): Finding[] {
  if (arrival.source !== null || isPrivate(arrival.address)) return []
  const server = serverAt(model, by, onward.address)
  return [...privateOnly(model, [by], arrival), ...(server ? privateOnly(model, [server], onward) : [])]
}

function byRouter(model: Model, eip: Eip, vpc: Vpc, arrival: Arrival): Finding[] {
  const off = offOf(vpc)
  const leads = (each: Vpc['live']['portForwards'][number]) =>
    each.protocol === arrival.protocol && each.port === arrival.port
  const values = { traffic: trafficText(arrival), address: eip.now.address }
  const forward = vpc.live.portForwards.find(each => leads(each) && each.enabled)
  if (!forward) {
    const disabled = vpc.live.portForwards.find(leads)
    const drafted = vpc.draft.portForwards.some(each => leads(each) && each.enabled)
    if (drafted) return [...off, found('port-forward-not-applied', vpc, values, applying(vpc))]
    if (!disabled) return [...off, found('no-port-forward', vpc, values)]
    return [...off, found('port-forward-disabled', vpc, values, enabling(vpc, 'portForwards', disabled.id))]
  }
  const onward = { ...arrival, address: forward.toAddress, port: forward.toPort }
  const closed = [...through(model, vpc, entering(arrival, groupOf(model, vpc).id)), ...arriving(model, vpc, onward)]
  return [...off, ...(closed.length > 0 ? closed : unseen(model, vpc, arrival, onward))]
}

function byOwnAddress(model: Model, server: Server, arrival: Arrival): Finding[] {
  const vpc = find(model, 'vpc', vpcOf(model, server))
  const closed = enteringServer(model, server, arrival)
  const isOpen = closed.length === 0 && arrival.source === null && !isPrivate(arrival.address)
  return [...offOf(vpc), ...(isOpen ? privateOnly(model, [server], arrival) : closed)]
}

function entering({ protocol, port, source, admit }: Arrival, group: string) {
  return { direction: 'ingress' as const, protocol, port, peer: source, admit: admit(group) }
}

function isWithin(range: string, port: number): boolean {
  const [from, to] = portsOf(range)
  return from <= port && port <= to
}
