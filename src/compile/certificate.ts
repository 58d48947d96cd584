import type { Certificate } from '../model/model.ts'
import { bundleOf } from '../model/pem.ts'
import type { ProxyCertificate } from '../host/proxy.ts'

/** A certificate as HAProxy reads it, written anew from what was understood of the upload. */
export function compileCertificate({ id, now }: Certificate): ProxyCertificate {
  const known = bundles.get(now)
  if (known !== undefined) return { id, pem: known }
  const pem = bundleOf(now)
  bundles.set(now, pem)
  return { id, pem }
}

/** Reading a key costs more than all else that compiling a balancer does. */
const bundles = new WeakMap<Certificate['now'], string>()
