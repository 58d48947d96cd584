import type { Document } from '../form/body-of.ts'
import type { ChildPage } from './kind-page.ts'

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
      'via',
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
    needs: ['certificates'],
    follow: usualOf,
  },
}
