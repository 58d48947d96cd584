import type { Certificate } from '../model/model.ts'
import { bundleOf, thumbprintOf } from '../model/pem.ts'
import type { ProxyCertificate } from '../host/proxy.ts'

/** A certificate as HAProxy reads it, written anew from what was understood of the upload. */
export function compileCertificate({ id, now }: Certificate): ProxyCertificate {
  const known = bundles.get(now)
  if (known !== undefined) return { id, pem: known }
  const pem = bundleOf(now)
  bundles.set(now, pem)
  return { id, pem }
}

/** The thumbprint of the account that a certificate is issued to. */
export function compileAccount({ now }: Certificate): string {
  const known = thumbprints.get(now)
  if (known !== undefined) return known
  const thumbprint = thumbprintOf(now.accountKey!)
  thumbprints.set(now, thumbprint)
  return thumbprint
}

/** Reading a key costs more than all else that compiling a balancer does. */
const bundles = new WeakMap<Certificate['now'], string>()
const thumbprints = new WeakMap<Certificate['now'], string>()
