import type { Command } from '../model/command.ts'
import type { Id } from '../model/model.ts'
import type { Client } from './api-client.ts'

/**
 * Does a command over the API; answers with the id of the resource, or of the child, that it was about. With a key, what
 * is made is made once, however often it is asked for.
 */
export async function runCommand(client: Client, command: Command, idempotencyKey?: string): Promise<Id> {
  const once = idempotencyKey === undefined ? {} : { idempotencyKey }
  const ifRevision = 'ifRevision' in command && command.ifRevision !== undefined ? command.ifRevision : undefined
  const write = ifRevision === undefined ? {} : { ifRevision }
  switch (command.do) {
    case 'create':
      return (await client.create(command.kind, command.body as object, once)).id
    case 'patch':
      return (await client.patch(command.kind, command.id, command.body as object, write)).id
    case 'delete':
      await client.remove(command.kind, command.id, { ...write, force: command.force ?? false })
      return command.id
    case 'apply':
    case 'discard':
      return (await client.act(command.kind, command.id, command.do, write)).id
    case 'rollback':
      return (await client.rollback(command.kind, command.id, command.generation, write)).id
    case 'add-child':
      return (
        await client.children.add(command.kind, command.id, command.path, command.body as object, { ...write, ...once })
      ).id
    case 'patch-child':
      return (await client.children.patch(command.kind, command.id, command.path, command.body as object, write)).id
    case 'delete-child':
      await client.children.remove(command.kind, command.id, command.path, write)
      return command.path.at(-1) ?? command.id
  }
}
