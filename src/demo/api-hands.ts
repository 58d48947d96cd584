import type { Client } from '../client/api-client.ts'
import type { Hands } from './hands.ts'

/** Takes the demo's steps over the REST API. */
export function apiHands(client: Client): Hands {
  return {
    async run(command) {
      switch (command.do) {
        case 'create':
          return (await client.create(command.kind, command.body as object)).id
        case 'patch':
          return (await client.patch(command.kind, command.id, command.body as object)).id
        case 'apply':
          return (await client.apply(command.kind, command.id)).id
        case 'add-child':
          return (await client.children.add(command.kind, command.id, command.path, command.body as object)).id
        default:
          throw new Error(`the demo has no hand for ${command.do}`)
      }
    },
    get: (kind, id) => client.get(kind, id),
    list: async kind => (await client.list(kind, { limit: 1000 })).items,
  }
}
