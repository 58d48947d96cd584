import { reasonText } from '../client/reason.ts'
import type { ProbeReport } from '../client/probes.ts'
import { printable } from './table.ts'
import { phrase, type Language, type Phrase } from './words.ts'

/** What came of a probe, a line for each part of it. */
export function probeText({ gateway, connect, tls, http, listens, small }: ProbeReport, language: Language): string {
  const say = (key: Phrase, values = {}) => phrase(language, key, values)
  return [
    ...(gateway === null ? [] : [say(gateway ? 'probe-arp' : 'probe-no-arp')]),
    say('probe-connect', { reason: printable(reasonText(connect.reason, language)), ms: connect.ms }),
    ...(tls
      ? [
          say(tls.ok ? 'probe-tls' : 'probe-no-tls', {
            ...tls,
            reason: printable(tls.reason),
            names: printable(tls.names.join(', ')),
          }),
        ]
      : []),
    ...(http ? [httpText(http, say)] : []),
    ...(listens === null
      ? []
      : [listens.length > 0 ? say('probe-listens', { listens: listens.join(', ') }) : say('probe-nobody')]),
    ...(small ? [say('probe-small')] : []),
  ].join('\n')
}

function httpText(
  { status, firstMs, ms, bytes, end }: NonNullable<ProbeReport['http']>,
  say: (key: Phrase, values: object) => string,
) {
  if (status === null) return say(end === 'other' ? 'probe-not-http' : 'probe-no-http', { ms })
  return say('probe-http', { status, firstMs: firstMs ?? ms, ms, bytes })
}
