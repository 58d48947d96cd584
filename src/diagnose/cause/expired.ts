import { get, type Certificate, type Listener, type Model } from '../../model/model.ts'
import { factsOf, isVouchedFor, missingIssuer } from '../../model/pem.ts'
import { found, labelOf, type Finding } from './finding.ts'

/** The certificates of a listener whose time is over at a moment, given in RFC 3339. */
export function* expired(model: Model, listener: Listener, now: string | undefined): Iterable<Finding> {
  if (now === undefined) return
  for (const id of listener.certificates) {
    const certificate = get(model, 'certificate', id)
    const { notAfter } = factsOf(certificate.now.chain)
    if (Date.parse(notAfter) >= Date.parse(now) || isPlaceholder(certificate)) continue
    yield found(certificate.now.acme ? 'certificate-not-renewed' : 'certificate-expired', certificate, {
      child: labelOf(listener),
      notAfter,
    })
  }
}

/** The certificates of a listener that a directory has not issued yet: nobody vouches for what clients are shown meanwhile. */
export function* unissued(model: Model, listener: Listener): Iterable<Finding> {
  for (const id of listener.certificates) {
    const certificate = get(model, 'certificate', id)
    if (isPlaceholder(certificate)) yield found('certificate-not-issued', certificate, { child: labelOf(listener) })
  }
}

function isPlaceholder({ now: { acme, chain } }: Certificate): boolean {
  return acme !== null && !isVouchedFor(chain)
}

/**
 * The certificates of a listener that come without their issuer's, though that is to be had: those of a CA of somebody's own say of
 * no place, and their clients know it.
 */
export function* unvouched(model: Model, listener: Listener): Iterable<Finding> {
  for (const id of listener.certificates) {
    const certificate = get(model, 'certificate', id)
    const { issuer, url } = missingIssuer(certificate.now.chain) ?? {}
    if (!issuer || !url) continue
    yield found('certificate-without-issuer', certificate, { child: labelOf(listener), issuer, url })
  }
}
