import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  elementChanges,
  elementChangesText,
  rulesetDigest,
  rulesetStructure,
  rulesetText,
} from '../../src/host/ruleset-text.ts'
import type { Ruleset } from '../../src/host/ruleset.ts'

const rules: Ruleset['chains'][number]['rules'] = [
  { for: 'sgr-1', match: [{ on: 'saddr', is: { set: 'peers' } }], then: { do: 'accept' }, counter: true },
  { for: 'sgr-2', match: [{ on: 'dport', protocol: 'udp', is: { set: 'ports' } }], then: { do: 'drop' } },
]

function withElements(addresses: readonly string[], ports: readonly string[]): Ruleset {
  return {
    family: 'ip',
    sets: [
      { name: 'peers', type: 'ipv4_addr', elements: addresses },
      { name: 'ports', type: 'inet_service', elements: ports },
    ],
    chains: [{ name: 'in', hook: { type: 'filter', at: 'input', priority: 0, policy: 'drop' }, rules }],
  }
}

const anyRuleset = fc
  .tuple(
    fc.subarray(['0.0.0.0/5', '10.0.0.0/9', '10.128.0.0/9', '192.0.2.1', '192.0.2.2']),
    fc.subarray(['1-79', '80', '81-90', '443', '65535']),
  )
  .map(([addresses, ports]) => withElements(addresses, ports))

test('elements do not change the structure of a ruleset, only its digest; rules change both', () => {
  const [a, b] = [withElements([], []), withElements(['192.0.2.1'], [])]
  assert.equal(rulesetStructure(a), rulesetStructure(b))
  assert.notEqual(rulesetDigest(a), rulesetDigest(b))
  const fewer = { ...a, chains: a.chains.map(chain => ({ ...chain, rules: chain.rules.slice(1) })) }
  assert.notEqual(rulesetStructure(a), rulesetStructure(fewer))
  assert.notEqual(rulesetDigest(a), rulesetDigest(fewer))
})

test('changes of elements lead from any ruleset to any other of its structure, in the kernel, its digest too', () => {
  fc.assert(
    fc.property(anyRuleset, anyRuleset, (from, to) => {
      const changes = elementChanges(from, to)
      if (rulesetDigest(from) === rulesetDigest(to)) return assert.deepEqual(changes, [])
      const walked = listed(rulesetText(from), elementChangesText('ip', changes))
      assert.equal(walked, listed(rulesetText(to)))
      assert.match(walked, new RegExp(rulesetDigest(to)))
    }),
    { numRuns: 12 },
  )
})

test('an action that nft writes in its own way is written in that way', () => {
  const only = (then: Ruleset['chains'][number]['rules'][number]['then']) => {
    const chain = { name: 'c', hook: null, rules: [{ for: 'x-1', match: [], then }] }
    return rulesetText({ family: 'ip', sets: [], chains: [chain] })
      .split('\n')
      .at(-4)
      ?.trim()
  }
  assert.equal(only({ do: 'snat', to: ['192.0.2.1'] }), 'snat to 192.0.2.1 comment "x-1"')
  assert.equal(
    only({ do: 'snat', to: ['192.0.2.1', '192.0.2.2'] }),
    'snat to numgen random mod 2 map { 0 : 192.0.2.1, 1 : 192.0.2.2 } comment "x-1"',
  )
  assert.equal(only({ do: 'dnat', to: '10.0.0.2', port: 80 }), 'dnat to 10.0.0.2:80 comment "x-1"')
  assert.equal(only({ do: 'limit-connections', most: 5 }), 'ct count over 5 drop comment "x-1"')
})

/** What the kernel lists after it took these texts, one transaction each, in a network of its own. */
function listed(...texts: string[]): string {
  const script = [...texts.map((_, i) => `printf %s "$${i + 1}" | nft -f -`), 'nft list table ip causeway'].join(' && ')
  return execFileSync('unshare', ['-rn', 'sh', '-c', script, 'sh', ...texts.map(text => `${text}\n`)], {
    encoding: 'utf8',
  })
}
