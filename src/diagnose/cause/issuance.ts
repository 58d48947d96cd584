import {
  find,
  get,
  type Certificate,
  type Listener,
  type LoadBalancer,
  type Model,
  type Resource,
} from '../../model/model.ts'
import type { Problem } from '../../model/problem.ts'
import { admits, admitsAnyone } from './admission.ts'

/** Whether a machine runs a resource as it was published, and what it says where it does not. */
export type RunsAs = (resource: Resource) => { readonly phase: string; readonly reason: string }

/** The balancers on which a certificate proves names. */
export function balancersWith(model: Model, { id }: Certificate): readonly LoadBalancer[] {
  return [...(model.users.get(id) ?? [])]
    .flatMap(user => find(model, 'load-balancer', user) ?? [])
    .filter(({ live }) => live.listeners.some(({ certificates }) => certificates.includes(id)))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** Where a directory asks for proof. */
function askedListener({ live }: LoadBalancer): Listener | undefined {
  return live.listeners.find(({ protocol, port, enabled }) => protocol === 'http' && port === 80 && enabled)
}

/** A listener whose lists may be what kept a directory from seeing that a name leads to us; null where there is none. */
export function listsInTheWay(model: Model, certificate: Certificate): { balancer: string; listener: string } | null {
  for (const balancer of balancersWith(model, certificate)) {
    const asked = askedListener(balancer)
    if (asked && asked.allow.length + asked.deny.length > 0) return { balancer: balancer.id, listener: asked.id }
  }
  return null
}

/** What keeps a directory from seeing that the names of a certificate lead to us, as far as it can be seen from here; null where nothing does. */
export function issuanceObstacle(model: Model, certificate: Certificate, runsAs: RunsAs): Problem | null {
  const balancers = balancersWith(model, certificate)
  if (balancers.length === 0) return { code: 'acme-unused', at: '' }
  const obstacles = balancers.map(balancer => balancerObstacle(model, certificate, balancer, runsAs))
  // Which of several the names lead to is known only to the DNS.
  return obstacles.includes(null) ? null : obstacles[0]!
}

function balancerObstacle(
  model: Model,
  certificate: Certificate,
  balancer: LoadBalancer,
  runsAs: RunsAs,
): Problem | null {
  const { id, live } = balancer
  const told = (code: Problem['code'], values = {}): Problem => ({ code, at: '', values: { balancer: id, ...values } })
  if (balancer.now.power === 'off') return told('acme-off')
  // Who is vouched for privately may be on a private network, too.
  if (balancer.now.eips.length === 0 && certificate.now.acme?.directoryCa === null) return told('acme-no-eip')
  const asked = askedListener(balancer)
  if (!asked) return told('acme-no-http')
  const group = get(model, 'security-group', live.securityGroup)
  if (!admits(model, group.live, { direction: 'ingress', port: 80, peer: null }))
    return told('acme-closed', { group: group.id })
  if (!admitsAnyone(model, group.live, asked)) return told('acme-listed', { group: group.id, listener: asked.id })
  // The key of an account comes with the certificate, and a way in with the group: only then is there something to see.
  const late = [balancer, group, certificate].map(runsAs).find(({ phase }) => phase !== 'active')
  return late ? told('acme-not-there', { reason: late.reason ? `: ${late.reason}` : '' }) : null
}
