import { lazy } from 'react'
import type { FormOptions } from '../form/form-row.tsx'
import type { KindPage } from './kind-page.ts'

const Listeners = lazy(() => import('../ui/listeners.tsx').then(m => ({ default: m.Listeners })))

const http = { while: 'protocol', is: ['http', 'https'] }
const tls = { while: 'protocol', is: ['https', 'ssl'] }
const checked = { while: 'protocol', is: ['tcp', 'http', 'https', 'udp', 'icmp'] }
const tcp = { while: 'protocol', is: ['tcp'] }
const redirect = { while: 'options', is: ['redirect-to-https'] }

/** Attributes of a health check, which is not asked for what matters only where it is HTTP, or nothing at all. */
export const checkOnly: NonNullable<FormOptions['only']> = {
  path: http,
  host: http,
  accept: http,
  expect: { while: 'protocol', is: ['http', 'https', 'udp'] },
  send: { while: 'protocol', is: ['udp'] },
  intervalS: checked,
  fall: checked,
  rise: checked,
}

export const loadBalancers: KindPage = {
  kind: 'load-balancer',
  createWord: 'list.create',
  form: {
    binds: ['eips'],
    advanced: [
      'address',
      'routeTable',
      'maxConnections',
      'headerSizeKb',
      'nodeCount',
      'nodeAddresses',
      'accessLog',
      'power',
    ],
    suits: { routeTable: table => table.kind === 'route-table' && table.serves === 'load-balancer' },
  },
  children: {
    listeners: {
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
        },
      },
      Panel: Listeners,
    },
  },
  related: [],
}
