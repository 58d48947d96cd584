import type { Command } from '../model/command.ts'
import type { KindName, NowOf, SpecOf } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'

/** A resource as the script reads it: the attributes of `now` and of the draft side by side. */
export type Seen<K extends KindName> = NowOf<K> &
  SpecOf<K> & { readonly id: Id; readonly name: string; readonly applied: boolean }

/** What the demo's script needs of the product, and all that it may use. */
export interface Hands {
  /** Does what a user asks; answers with the id of the resource, or of the child, that it was about. */
  run(command: Command): Promise<Id>
  get<K extends KindName>(kind: K, id: Id): Promise<Seen<K>>
}
