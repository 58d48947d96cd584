import { get, type Listener, type Model } from '../../model/model.ts'
import { factsOf } from '../../model/pem.ts'
import { found, labelOf, type Finding } from './finding.ts'

/** The certificates of a listener whose time is over at a moment, given in RFC 3339. */
export function* expired(model: Model, listener: Listener, now: string | undefined): Iterable<Finding> {
  if (now === undefined) return
  for (const id of listener.certificates) {
    const certificate = get(model, 'certificate', id)
    const { notAfter } = factsOf(certificate.now.chain)
    if (Date.parse(notAfter) >= Date.parse(now)) continue
    yield found(certificate.now.acme ? 'certificate-not-renewed' : 'certificate-expired', certificate, {
      child: labelOf(listener),
      notAfter,
    })
  }
}
