import { find, get, vpcOf, type Id, type Model } from '../../model/model.ts'
import { diagnoseEip, type DoorDiagnosis } from './eip.ts'
import { found } from './finding.ts'
import { distinct, practicable } from './findings.ts'
import { diagnoseFlow } from './flow.ts'
import { limitsOut } from './limits.ts'
import { machineSays, type Facts } from './observed.ts'
import { starting } from './repairs.ts'

/** Somewhere on the internet. */
const outside = '9.9.9.9'

/** What is wrong with a server: with itself, with its way to the internet where its VPC has one, and with the way in by its own address. */
export function diagnoseServer(model: Model, id: Id, facts: Facts = {}): DoorDiagnosis {
  const server = get(model, 'server', id)
  const { power, subnet, eip } = server.now
  const vpc = find(model, 'vpc', vpcOf(model, server))
  const own = [
    ...(power === 'off' ? [found('server-off', server, {}, starting(server))] : []),
    ...(subnet === null || !vpc ? [found('server-in-no-network', server)] : []),
    ...(vpc?.now.power === 'off' ? [found('router-off', vpc, {}, starting(vpc))] : []),
    ...machineSays(model, [id, subnet, vpc?.id], facts),
  ]
  if (own.some(({ certainty }) => certainty === 'proved') || !vpc)
    return { findings: practicable(model, own), way: null }
  const isMeant = eip !== null || vpc.now.eip !== null || hasGateway(model, vpc.id)
  const out = isMeant ? diagnoseFlow(model, { from: id, to: outside, vpc: null, protocol: 'tcp', port: 443 }) : null
  const way = out && 'findings' in out ? out : null
  const inward = eip === null ? null : diagnoseEip(model, eip, () => facts)
  const crowded = facts.measured && isMeant ? limitsOut(model, id, outside, facts.measured) : []
  const findings = distinct([...own, ...(way?.findings ?? []), ...(inward?.findings ?? []), ...crowded])
  return { findings, way: way?.reaches === false ? way : (inward?.way ?? way) }
}

function hasGateway(model: Model, vpc: Id): boolean {
  return [...(model.members.get(vpc)?.values() ?? [])].some(({ kind }) => kind === 'nat-gateway')
}
