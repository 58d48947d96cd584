import { mayHave } from '../../model/idle.ts'
import type { Document } from '../form/body-of.ts'
import { checkOnly } from './health-checks.ts'
import type { ChildPage } from './kind-page.ts'

const http = { while: 'protocol', is: ['http', 'https'] }
const tls = { while: 'protocol', is: ['https', 'ssl'] }
const tcp = { while: 'protocol', is: ['tcp'] }
const proxied = { while: 'protocol', is: ['http', 'https', 'tcp', 'ssl'] }
const redirect = { while: 'options', is: ['redirect-to-https'] }

/** What is usual for a protocol, where the one before had what is usual for it. */
function usualOf({ protocol }: Document, { port, check }: Document): Document {
  if (protocol === undefined) return {}
  const asked = (check as Document | undefined)?.['protocol']
  const isUdp = protocol === 'udp'
  const fits = asked === undefined || (isUdp ? asked !== 'tcp' : asked !== 'udp' && asked !== 'icmp')
  const usual = protocol === 'http' ? 80 : protocol === 'https' ? 443 : undefined
  return {
    ...(fits ? {} : { check: { protocol: isUdp ? 'udp' : 'tcp' } }),
    ...(usual !== undefined && (port === 80 || port === 443) ? { port: usual } : {}),
  }
}

/** The listeners of a balancer. */
export const listenerPage: ChildPage = {
  columns: [],
  form: {
    advanced: [
      'balance',
      'stickiness',
      'tls',
      'http2',
      'forwardedFor',
      'headers',
      'options',
      'redirectStatus',
      'redirectPort',
      'scene',
      'proxyProtocol',
      'acceptProxy',
      'timeoutS',
      'tunnelTimeoutS',
      'via',
      'allow',
      'deny',
      'clientLimits',
      'retries',
      'retryOn',
      'queueS',
      'slowStartS',
      'drainS',
    ],
    initial: { port: 80 },
    only: {
      ...checkOnly,
      lastPort: { while: 'protocol', is: ['tcp', 'udp'] },
      certificates: tls,
      tls,
      http2: { while: 'protocol', is: ['https'] },
      forwardedFor: http,
      headers: http,
      redirectStatus: redirect,
      redirectPort: redirect,
      via: tcp,
      retryOn: http,
      proxyProtocol: proxied,
      acceptProxy: proxied,
      tunnelTimeoutS: proxied,
      clientLimits: proxied,
      retries: proxied,
      queueS: proxied,
      slowStartS: proxied,
    },
    offers: { options: { by: 'protocol', does: (option, protocol) => mayHave(protocol, option) } },
    follow: usualOf,
  },
}
