import { readFileSync } from 'node:fs'
import type { AgentOptions, Programs, ServerOptions } from '../cli/programs.ts'
import { endSignal } from './launch.ts'
import type { ServerSurroundings } from './server.ts'

/** Every program, each loaded when it is asked for: a command that only talks to a server needs none of them. */
export const programs: Programs = {
  demo: async options => (await import('./demo.ts')).runDemo(options, endSignal()),
  up: async options => (await import('./up.ts')).runUp(options, version(), endSignal()),
  down: async options => (await import('./down.ts')).runDown(options),
  server: async options => {
    const { runServer } = await import('./server.ts')
    return runServer(options, { reserved: [], user: null, version: version(), aloud: true }, endSignal())
  },
  agent: async options => (await import('./agent.ts')).runAgentProgram(options, endSignal()),
  exec: async options => (await import('./exec.ts')).runExec(options),
  keys: async options => (await import('./keys.ts')).runKeys(options),
  user: async options => (await import('./user.ts')).runUser(options),
}

/** Runs one of our own programs as another of them starts it: by name, with its options as JSON. */
export async function runSelf(program: string, json: string): Promise<number> {
  const options: unknown = JSON.parse(json)
  switch (program) {
    case 'agent':
      return programs.agent(options as AgentOptions)
    case 'server':
      return (await import('./server.ts')).runServer(
        options as ServerOptions,
        options as ServerSurroundings,
        endSignal(),
      )
    case 'demo-inside':
      return (await import('./demo-inside.ts')).runDemoInside(options as { readonly state: string })
    case 'demo-client':
      await (await import('../demo/client.ts')).runClient()
      return 0
    default:
      throw new Error(`there is no program ${program}`)
  }
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
