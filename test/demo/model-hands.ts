import { chance } from '../../src/commands/commands.ts'
import { ensureDefaults } from '../../src/model/defaults.ts'
import { edit } from '../../src/model/edit.ts'
import { emptyModel, get, type Model, type ResourceOf } from '../../src/model/model.ts'
import type { KindName } from '../../src/model/kinds.ts'
import type { Hands, Seen } from '../../src/demo/hands.ts'
import { plan } from '../../src/demo/plan.ts'

/** Takes the demo's steps on a model in memory, without a server. */
export function modelHands(): Hands & { readonly model: () => Model } {
  let count = 0
  const context = {
    ...chance,
    now: '2026-01-01T00:00:00Z',
    author: 'test',
    newId: (prefix: string) => `${prefix}-${String(++count).padStart(8, '0')}`,
  }
  const pools = [{ name: 'demo', addresses: [plan.pool], reserved: [plan.edge, plan.upstream] }]
  let model = ensureDefaults(emptyModel, { ...context, pools })
  return {
    model: () => model,
    async run(command) {
      const done = edit(model, command, context)
      model = { ...done.model, revision: model.revision + 1 }
      return done.child ?? done.resource?.id ?? ''
    },
    get: async (kind, id) => seen(get(model, kind, id)),
  }
}

function seen<K extends KindName>({ id, name, now, draft, live }: ResourceOf<K>): Seen<K> {
  return { id, name, applied: draft === live, ...now, ...draft }
}
