import type { Issuance } from '../acme/issuer.ts'
import { all, type Certificate, type Id, type Model } from '../model/model.ts'
import { factsOf } from '../model/pem.ts'
import type { Problem } from '../model/problem.ts'

const dayMs = 86_400_000
/** So many days before a certificate ends, people are told. */
const warningDays = [30, 14, 7, 1, 0]

/** A warning of a certificate that ends soon, or has ended; null where there is time, or somebody sees to it. */
export function expiryOf(certificate: Certificate, issuance: Issuance | null, now: number): Problem | null {
  const leftMs = endOf(certificate) - now
  const values = { notAfter: factsOf(certificate.now.chain).notAfter }
  const about = { at: 'chain', resource: certificate.id }
  if (leftMs <= 0) return { ...about, code: 'ended', values }
  if (leftMs > warningDays[0]! * dayMs || issuance?.state === 'valid' || issuance?.state === 'issuing') return null
  return { ...about, code: 'ends-soon', values: { ...values, days: Math.floor(leftMs / dayMs) } }
}

/** Tells of certificates that end soon: of each once at every threshold that it passes. */
export function createExpiryWatch(
  issuanceOf: (certificate: Certificate) => Issuance | null,
  tell: (id: Id, problem: Problem) => void,
): { look(model: Model, now: number): void } {
  let told = new Map<Id, { readonly of: Certificate['now']; readonly stage: number }>()
  return {
    look(model, now) {
      const next: typeof told = new Map()
      for (const certificate of all(model, 'certificate')) {
        const { id, now: of } = certificate
        const leftDays = (endOf(certificate) - now) / dayMs
        const before = told.get(id)
        const known = before?.of === of ? before.stage : 0
        const stage = warningDays.filter(days => leftDays <= days).length
        const problem = stage > known ? expiryOf(certificate, issuanceOf(certificate), now) : null
        if (problem) tell(id, problem)
        next.set(id, { of, stage: problem ? stage : known })
      }
      told = next
    },
  }
}

function endOf({ now }: Certificate): number {
  const known = ends.get(now)
  if (known !== undefined) return known
  const end = Date.parse(factsOf(now.chain).notAfter)
  ends.set(now, end)
  return end
}

const ends = new WeakMap<Certificate['now'], number>()
