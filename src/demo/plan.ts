/** Where the demo's simulated internet has what. All of it from ranges that are set aside for documentation. */
export const plan = {
  /** The operator's segment: the edge's own address, the router upstream, and the pool of public addresses. */
  edge: '203.0.113.2',
  upstream: '203.0.113.1',
  pool: '203.0.113.128/25',
  client: { address: '192.0.2.10', gateway: '192.0.2.1', length: 24 },
  regions: [
    { name: 'north', gateway: '198.51.100.1', length: 25, servers: ['198.51.100.10', '198.51.100.11'] },
    { name: 'south', gateway: '198.51.100.129', length: 25, servers: ['198.51.100.138', '198.51.100.139'] },
  ],
  port: 80,
} as const
