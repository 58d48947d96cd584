import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { serve } from '../../src/api/serve.ts'
import { topologyText } from '../../src/cli/topology-file.ts'
import { fetchAll, openSession } from '../../src/cli/session.ts'
import { all, put, type Model, type Resource } from '../../src/model/model.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { anyModel } from '../any-model.ts'
import { trialServer, type } from './trial.ts'

/** The file with the private keys, which no server tells: whoever restores a certificate has its key. */
function withKeys(file: string, model: Model): string {
  const keys = new Map([...all(model, 'certificate')].map(({ name, now }) => [name, now.key]))
  const content = parse(file) as { certificates?: { name: string; acme?: object }[] }
  const certificates = content.certificates?.map(each => (each.acme ? each : { ...each, key: keys.get(each.name) }))
  return certificates ? stringify({ ...content, certificates }) : file
}

const silent = {
  env: {},
  columns: 80,
  interactive: false,
  out() {},
  err() {},
  ask: async () => '',
  readInput: async () => '',
}

/** Models whose balancers could all be made: one that lost its last address afterwards is not made without. */
const makeable = anyModel.filter(model =>
  [...all(model, 'load-balancer')].every(({ now }) => now.eips.length > 0 || now.subnet !== null),
)

test('a server can be built anew from what another one prints, and prints the same', () =>
  fc.assert(
    fc.asyncProperty(makeable, async model => {
      // Names that tell everything apart, as a file for another server needs; only drafts travel, so all are applied.
      const named = [...model.resources.values()].reduce((next, each) => {
        const isOwn = each.kind === 'zone' || ('isDefault' in each.now && each.now.isDefault)
        const draft =
          each.kind === 'load-balancer'
            ? // Further nodes get their addresses with the apply, which is only pretended here.
              { ...each.draft, nodeCount: each.now.nodeAddresses.length + 1 }
            : each.draft
        return put(next, { ...each, name: isOwn ? each.name : `n-${each.id}`, draft, live: draft } as Resource)
      }, model)
      const [source, target] = [
        await serve({ store: memoryStore(named), listen: { host: '127.0.0.1', port: 0 } }),
        await trialServer(),
      ]
      const session = openSession({ url: source.url }, silent)
      try {
        const documents = await fetchAll(session.client)
        const file = withKeys(topologyText(documents, documents), named)
        const applied = await target.cli('apply -f - --yes', { input: file })
        assert.equal(applied.code, 0, `${applied.err}\n${file}`)
        assert.match((await target.cli('apply -f - --prune', { input: file })).out, /Nothing to do/)
        const sorted = (text: string) => text.split('\n').sort()
        assert.deepEqual(
          sorted((await target.cli('get -o yaml')).out),
          sorted((await type(['get', '-o', 'yaml', '--url', source.url])).out),
        )
      } finally {
        session.close()
        await Promise.all([source.close(), target.close()])
      }
    }),
    { numRuns: 8 },
  ))
