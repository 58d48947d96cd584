import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AgentOptions } from '../cli/programs.ts'
import { linuxHost } from '../dataplane/linux-host.ts'
import { startServers } from '../demo/http-servers.ts'
import { plan } from '../demo/plan.ts'
import { within } from '../demo/within.ts'
import { clientNetns, simulatedInternet, worldPrefix, worldUplink } from '../demo/world.ts'
import { diff } from '../host/diff.ts'
import { selfArgv } from './launch.ts'
import { supervise } from './supervise.ts'

/** What runs in the demo's sandbox: a simulated internet, its servers, its client, and the real agent. Ends with the client. */
export async function runDemoInside({ state }: { readonly state: string }): Promise<number> {
  const internet = linuxHost({ prefix: worldPrefix })
  const outcomes = await internet.apply(diff(new Map(), simulatedInternet('/proc/self/ns/net')))
  const failed = outcomes.find(outcome => outcome.failed !== undefined)
  if (failed)
    throw new Error(
      `the simulated internet cannot be built: ${failed.step.item.kind} ${failed.step.item.name}: ${failed.failed}`,
    )
  const servers = await startServers()

  const options: AgentOptions = {
    state,
    uplink: worldUplink,
    address: `${plan.edge}/24`,
    gateway: plan.upstream,
    host: 'demo',
  }
  const ending = new AbortController()
  const agent = { name: 'agent', start: () => start(selfArgv('agent', options), ['ignore', 2, 2]) }
  const supervised = supervise([agent], message => console.error(message), ending.signal)
  const client = within(clientNetns, () => start(selfArgv('demo-client', {}), ['inherit', 'inherit', 'inherit']))
  await once(client, 'exit')
  ending.abort()
  await supervised
  for (const server of servers) server.close()
  await internet.close()
  return 0
}

function start([program, ...args]: readonly [string, ...string[]], stdio: ('ignore' | 'inherit' | number)[]) {
  return spawn(program, args, { stdio })
}
