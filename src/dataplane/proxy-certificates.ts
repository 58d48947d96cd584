import type { ProxyCertificate } from '../host/proxy.ts'
import { pemFile } from './proxy-record.ts'

/** The runtime commands by which a process that knows some certificates comes to hold the wished ones, two for each that differs. */
export function certificateChanges(
  directory: string,
  wished: readonly ProxyCertificate[],
  known: readonly ProxyCertificate[],
): readonly string[] {
  const before = new Map(known.map(({ id, pem }) => [id, pem]))
  return wished
    .filter(({ id, pem }) => before.get(id) !== pem)
    .flatMap(({ id, pem }) => {
      const file = pemFile(directory, id).replaceAll(' ', '\\ ')
      // An empty line ends the text.
      return [`set ssl cert ${file} <<\n${pem}`, `commit ssl cert ${file}`]
    })
}
