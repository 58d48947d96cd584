import type { FormOptions } from '../form/form-row.tsx'

const http = { while: 'protocol', is: ['http', 'https'] }
const checked = { while: 'protocol', is: ['tcp', 'http', 'https', 'udp', 'icmp'] }

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
