import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { z } from 'zod'
import { attributesOf, coreOf } from '../../src/cli/attributes.ts'
import { resourceExamples } from '../../src/cli/resource-examples.ts'
import { type ChildList, childListsOf, segmentOf } from '../../src/model/child-lists.ts'
import { kindNames, kinds, type KindName } from '../../src/model/kinds.ts'
import { conditionOf, protocolsOf } from '../../src/model/matters.ts'
import type { Listener } from '../../src/model/model.ts'
import { listenerProblems } from '../../src/model/rules/listener.ts'
import { certificateFor } from '../certificate-maker.ts'
import { trialServer, type } from './trial.ts'

/** Every list of children of a kind, with its path. */
function listsOf(kind: KindName): readonly (ChildList & { readonly path: string })[] {
  const within = (lists: readonly ChildList[], before: string): readonly (ChildList & { readonly path: string })[] =>
    lists.flatMap(list => [
      { ...list, path: before + list.segment },
      ...within(list.lists, `${before}${list.segment}/`),
    ])
  return within(childListsOf(kind), '')
}

/** The names of attributes, and of those inside of them, as people write them. */
function* namesIn(shape: Readonly<Record<string, z.core.$ZodType>>, before = ''): Iterable<string> {
  for (const [attribute, schema] of Object.entries(shape)) {
    const core = coreOf(schema)
    const name = before + segmentOf(attribute)
    if (core instanceof z.ZodObject) yield* namesIn(core.shape, `${name}.`)
    else yield name
  }
}

async function helpOf(line: string): Promise<string> {
  const { code, out } = await type([...line.split(' '), '--help'], { columns: 80 })
  assert.equal(code, 0, line)
  return out
}

suite('attributes in a help', () => {
  for (const kind of kindNames) {
    test(`create ${kind} --help and set ${kind} --help tell of every attribute that can be said`, async () => {
      const lists = childListsOf(kind).map(({ attribute }) => attribute)
      const own = Object.entries(attributesOf(kind)).filter(([name]) => !lists.includes(name))
      const fixed = kinds[kind].fixed
      const [create, set] = [await helpOf(`create ${kind}`), await helpOf(`set ${kind} some-name`)]
      for (const name of namesIn(Object.fromEntries(own))) assert.match(create, lineOf(name), name)
      const changeable = own.filter(([name]) => !fixed.includes(name))
      for (const name of namesIn(Object.fromEntries(changeable))) assert.match(set, lineOf(name), name)
      for (const name of fixed) assert.doesNotMatch(set, lineOf(segmentOf(name)), name)
      for (const text of [create, set]) assertNarrow(text)
    })
  }

  for (const kind of kindNames) {
    for (const { path, member, lists } of listsOf(kind)) {
      test(`add ${kind} ${path} --help tells of every attribute, with a resource named or not`, async () => {
        const without = ['id', ...lists.map(({ attribute }) => attribute)]
        const shape = Object.fromEntries(Object.entries(member.shape).filter(([name]) => !without.includes(name)))
        const deep = path.replaceAll('/', '/some-member/')
        for (const words of [
          `add ${kind} ${path}`,
          `add ${kind} some-name ${deep}`,
          `set ${kind} some-name ${deep}/it`,
        ]) {
          const text = await helpOf(words)
          for (const name of namesIn(shape)) assert.match(text, lineOf(name), `${words}: ${name}`)
          assertNarrow(text)
        }
        const [, examples = ''] = (await helpOf(`add ${kind} ${path}`)).split('Examples:\n')
        assert.ok(examples.trim() !== '', 'has no example')
      })
    }
  }

  test('a listener is told with values, defaults, limits, and what goes with which protocol', async () => {
    const text = await helpOf('add load-balancer web listeners')
    assert.match(text, /^ {2}port {16}1 to 65535; must be given$/m)
    assert.match(text, /^ {2}protocol {12}http, https, tcp, ssl, udp; default http$/m)
    assert.match(text, /^Only with protocol=https, ssl:\n {2}certificates {8}certificate by name or id; several with/m)
    assert.match(
      text,
      /^tls \(only with protocol=https, ssl\): [^]*?\n {2}tls\.min-version {5}1\.0, 1\.1, 1\.2, 1\.3; default 1\.2$/m,
    )
    assert.match(text, /^Only with check\.protocol=udp:\n {2}check\.send /m)
    assert.match(text, /redirect-to-https: answers with the same URL of HTTPS; no\s+backends \(http\)/)
    assert.match(text, /insert:<cookie>: the balancer adds a cookie/)
    const changed = await helpOf('set load-balancer web listeners/80')
    assert.match(changed, /^ {2}port {16}1 to 65535$/m)
  })

  test('every option says which protocols it is for', async () => {
    const text = (await helpOf('add lb listeners')).replaceAll(/\s+/g, ' ')
    const options = coreOf(childListsOf('load-balancer')[0]?.member.shape['options'] as z.ZodType)
    assert.ok(options instanceof z.ZodArray && options.element instanceof z.ZodEnum)
    for (const option of options.element.options.map(String)) {
      const protocols = protocolsOf('listeners', 'options', option)
      assert.ok(protocols, option)
      assert.ok(new RegExp(` ${option}: [^()]*\\(${protocols.join(', ')}\\)`).test(text), option)
    }
  })
})

function lineOf(name: string): RegExp {
  return new RegExp(`^ {2}${name.replaceAll('.', '\\.')}(?: |$)`, 'm')
}

/** Of commands to paste nothing is broken. */
function assertNarrow(text: string): void {
  const [before = ''] = text.split('Examples:\n')
  const wide = before.split('\n').filter(line => line.length > 80)
  assert.deepEqual(wide, [])
}

suite('what goes with which protocol', () => {
  const protocols = ['http', 'https', 'tcp', 'ssl', 'udp'] as const
  const member = childListsOf('load-balancer')[0]?.member as z.ZodObject
  const plain = (protocol: Listener['protocol']) => {
    const certificates = protocol === 'https' || protocol === 'ssl' ? ['sc-00000000'] : []
    return member.parse({ id: 'lbl-00000000', protocol, port: 80, certificates }) as unknown as Listener
  }

  /** A value of each attribute that asks for what nobody has who says nothing. */
  const unusual: Partial<Record<keyof Listener, unknown>> = {
    lastPort: 90,
    certificates: ['sc-00000001'],
    proxyProtocol: 'v2',
    acceptProxy: true,
    retryOn: 'idempotent',
    retries: 1,
    queueS: 2,
    slowStartS: 3,
    clientLimits: { connections: 1, connectionsPerS: 2, requestsPerS: null },
    drainS: 9,
    timeoutS: 11,
    allow: ['10.0.0.0/8'],
    deny: ['10.0.0.0/8'],
  }

  test('an attribute that is refused on a protocol is not told to go with it', () => {
    for (const protocol of protocols) {
      assert.deepEqual([...listenerProblems(plain(protocol), 'it')], [], protocol)
      for (const [attribute, value] of Object.entries(unusual)) {
        const condition = conditionOf('listeners', attribute)
        const goes = condition?.while === 'protocol' ? condition.is.includes(protocol) : true
        const problems = [...listenerProblems({ ...plain(protocol), [attribute]: value }, 'it')]
        const about = problems.filter(({ at }) => at.startsWith(`it.${attribute}`))
        if (goes) assert.deepEqual(about, [], `${attribute} on ${protocol}`)
      }
    }
  })
})

suite('examples', () => {
  test('all that create, add and set give as examples make one network, line by line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'causeway-'))
    const { cli, close } = await trialServer()
    try {
      const { chain, key } = certificateFor()
      writeFileSync(join(folder, 'shop.pem'), chain)
      writeFileSync(join(folder, 'shop.key'), key)
      writeFileSync(join(folder, 'vpc.yaml'), 'cidr: 10.9.0.0/16\n')
      const { create, add, set } = resourceExamples
      const kindOf = (line: string) => kindNames.indexOf(line.split(' ')[1] as KindName)
      const created = [...create.usual, ...create.more].toSorted((a, b) => kindOf(a) - kindOf(b))
      for (const line of [...created, ...add.more, ...add.usual, ...set.usual, ...set.more]) {
        const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
        const { code, err } = await cli(words.map(word => word.replace(/^(\w+=@|(?=vpc\.yaml))/, `$1${folder}/`)))
        assert.equal(code, 0, `${line}\n${err}`)
      }
    } finally {
      await close()
      rmSync(folder, { recursive: true })
    }
  })
})
