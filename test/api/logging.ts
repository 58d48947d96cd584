import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../../src/client/api-client.ts'
import { agentOf } from './fake-agent.ts'

/** A line as a ring holds it. */
export const written = (second: number, path: string, status = 200, client = '203.0.113.7') =>
  `<6>2026-11-28T20:50:${String(second).padStart(2, '0')}.000000+00:00 ${client}:4000 [28/Nov/2026:20:50:00.000] lbl-1 lbl-1/lbb-1 0/0/0/1/1 ${status} 9 - - ---- 1/1/0/0/0 0/0 "GET ${path} HTTP/1.1"`

/** A balancer that keeps a log, and an agent of a machine that writes it. */
export async function logging(
  t: TestContext,
  { client, agent }: { readonly client: Client; readonly agent: Client },
  accessLog: object = { local: true },
) {
  const host = agentOf(t, agent)
  const eip = await client.create('eip', {})
  const listeners = [{ port: 80, backends: [{ address: '198.51.100.10', port: 80 }] }]
  const balancer = await client.create('load-balancer', { eips: [eip.id], listeners, accessLog, name: 'web' })
  const settled = async () => {
    await client.apply('load-balancer', balancer.id)
    const { revision } = await client.status()
    for (let i = 0; i < 3000 && (await client.status()).agents[0]?.synced !== revision; i++) await pause(10)
  }
  await settled()
  return { client, host, id: balancer.id, settled }
}
