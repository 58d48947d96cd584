import type { Client } from '../client/api-client.ts'
import { runCommand } from '../client/run-command.ts'
import type { Hands } from './hands.ts'

/** Takes the demo's steps over the REST API. */
export function apiHands(client: Client): Hands {
  return {
    run: command => runCommand(client, command),
    get: (kind, id) => client.get(kind, id),
  }
}
