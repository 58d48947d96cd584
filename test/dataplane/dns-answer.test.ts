import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { decode, encode, RECURSION_DESIRED, type Question } from 'dns-packet'
import * as fc from 'fast-check'
import { answerTo, mostUdpBytes, zoneOf } from '../../src/dataplane/dns-answer.ts'

const zone = zoneOf([
  { name: 'db.internal', addresses: ['10.0.0.9', '10.0.0.7'] },
  { name: 'db', addresses: ['10.0.0.9'] },
  { name: `${'long.'.repeat(20)}name`, addresses: Array.from({ length: 20 }, (_, i) => `10.0.1.${i}`) },
])
const tcp = 0xffff

function query(name: string, type: string, more: object = {}): Buffer {
  const questions = [{ name, type, class: 'IN', ...more } as Question]
  return encode({ type: 'query', id: 4711, flags: RECURSION_DESIRED, questions })
}

function ask(name: string, type: string, mostBytes = tcp, more: object = {}) {
  const answer = answerTo(zone, query(name, type, more), mostBytes) ?? assert.fail('no answer')
  const { id, questions, answers = [], ...packet } = decode(answer)
  assert.equal(id, 4711)
  assert.deepEqual(questions, [{ name, type, class: 'IN', ...more }])
  assert.ok(packet.flag_qr && packet.flag_rd && !packet.flag_ra)
  const { rcode } = packet as { readonly rcode?: string }
  return {
    rcode,
    cut: packet.flag_tc,
    own: packet.flag_aa,
    ttls: new Set(answers.map(each => ('ttl' in each ? each.ttl : undefined))),
    data: answers.map(
      each => `${each.type} ${each.name} ${'data' in each && typeof each.data === 'string' ? each.data : ''}`,
    ),
    bytes: answer.length,
  }
}

suite('what a resolver answers', () => {
  test('the addresses of a name, in their order, for half a minute, whatever its case', () => {
    const { rcode, own, ttls, data } = ask('DB.Internal', 'A')
    assert.deepEqual([rcode, own, ttls], ['NOERROR', true, new Set([30])])
    assert.deepEqual(data, ['A DB.Internal 10.0.0.9', 'A DB.Internal 10.0.0.7'])
  })

  test('the names of an address', () => {
    assert.deepEqual(ask('9.0.0.10.in-addr.arpa', 'PTR').data, [
      'PTR 9.0.0.10.in-addr.arpa db.internal',
      'PTR 9.0.0.10.in-addr.arpa db',
    ])
  })

  for (const [name, type] of [
    ['db', 'AAAA'],
    ['db', 'UNKNOWN_65'],
    ['db', 'PTR'],
    ['9.0.0.10.in-addr.arpa', 'A'],
  ] as const) {
    test(`that a name it knows has nothing of another type: ${type} of ${name}`, () => {
      const { rcode, own, data } = ask(name, type)
      assert.deepEqual([rcode, own, data], ['NOERROR', true, []])
    })
  }

  for (const [name, type, more] of [
    ['internal', 'A'],
    ['x.db', 'A'],
    ['example.org', 'AAAA'],
    ['.', 'NS'],
    ['8.0.0.10.in-addr.arpa', 'PTR'],
    ['db', 'A', { class: 'CH' }],
  ] as const) {
    test(`a refusal to all else: ${type} of ${name}`, () => {
      const { rcode, own, data } = ask(name, type, tcp, more)
      assert.deepEqual([rcode, own, data], ['REFUSED', false, []])
    })
  }

  test('what does not fit into a datagram is asked for again by TCP', () => {
    const name = `${'long.'.repeat(20)}name`
    const { cut, data, bytes } = ask(name, 'A', mostUdpBytes)
    assert.deepEqual([cut, data], [true, []])
    assert.ok(bytes <= mostUdpBytes)
    assert.equal(ask(name, 'A').data.length, 20)
  })

  test('a query with options as one without', () => {
    const opt = { type: 'OPT', name: '.', udpPayloadSize: 4096, flags: 0, options: [] } as never
    const asked = encode({ type: 'query', id: 1, questions: [{ name: 'db', type: 'A' }], additionals: [opt] })
    assert.equal(decode(answerTo(zone, asked, mostUdpBytes)!).answers?.length, 1)
  })

  test('nothing to answers, to several questions, and to names that cannot be said back', () => {
    const changed = (change: (packet: Buffer) => void) => {
      const packet = query('db', 'A')
      change(packet)
      return answerTo(zone, packet, tcp)
    }
    assert.ok(changed(() => {}))
    assert.equal(
      changed(packet => packet.writeUInt8(0x80, 2)),
      null,
    )
    assert.equal(
      changed(packet => packet.writeUInt16BE(0, 4)),
      null,
    )
    assert.equal(
      changed(packet => packet.writeUInt16BE(2, 4)),
      null,
    )
    assert.equal(
      changed(packet => packet.writeUInt16BE(0xffff, 6)),
      null,
    )
    assert.equal(
      changed(packet => packet.writeUInt8(0xff, 13)),
      null,
    )
  })

  test('nothing that throws, whatever comes', () => {
    const whole = fc.constantFrom(query('db.internal', 'A'), query('9.0.0.10.in-addr.arpa', 'PTR'))
    const spoilt = fc
      .tuple(whole, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), fc.nat(60))
      .map(([packet, changes, length]) => {
        const copy = Buffer.from(packet)
        for (const [at, byte] of changes) copy[at % copy.length] = byte
        return copy.subarray(0, length)
      })
    const anything = fc.uint8Array({ maxLength: 1100, size: 'max' }).map(bytes => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(spoilt, anything), packet => {
        const answer = answerTo(zone, packet, mostUdpBytes)
        if (!answer) return
        assert.ok(answer.length <= mostUdpBytes)
        assert.equal(answer.readUInt16BE(0), packet.readUInt16BE(0))
        assert.ok((answer.readUInt16BE(2) & 0x8000) !== 0)
      }),
      { numRuns: 2000 },
    )
  })
})
