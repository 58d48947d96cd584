import type { AgentOptions, DemoOptions, ServerOptions } from '../cli/programs.ts'
import { runClient } from '../demo/client.ts'
import { runAgentProgram } from './agent.ts'
import { runDemo } from './demo.ts'
import { runDemoInside } from './demo-inside.ts'
import { endSignal } from './launch.ts'
import { runServer, type ServerSurroundings } from './server.ts'

/** Runs one of our own programs as another of them starts it: by name, with its options as JSON. */
export async function runSelf(program: string, json: string): Promise<number> {
  const options: unknown = JSON.parse(json)
  switch (program) {
    case 'agent':
      return runAgentProgram(options as AgentOptions, endSignal())
    case 'server':
      return runServer(options as ServerOptions, options as ServerSurroundings, endSignal())
    case 'demo':
      return runDemo(options as DemoOptions, endSignal())
    case 'demo-inside':
      return runDemoInside(options as { readonly state: string })
    case 'demo-client':
      await runClient()
      return 0
    default:
      throw new Error(`there is no program ${program}`)
  }
}
