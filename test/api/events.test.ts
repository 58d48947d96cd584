import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { createFeed } from '../../src/api/feed.ts'
import { eventsIn } from '../../src/client/event-stream.ts'
import { serving, until } from '../client/serving.ts'

async function stream(url: string, after?: string) {
  const headers = after === undefined ? {} : { 'last-event-id': after }
  const incoming = await new Promise<IncomingMessage>((resolve, reject) =>
    request(`${url}/v1/events`, { headers }, resolve).on('error', reject).end(),
  )
  assert.equal(incoming.headers['content-type'], 'text/event-stream')
  return { events: eventsIn(incoming)[Symbol.asyncIterator](), leave: () => incoming.destroy() }
}

test('a stream resumes after the event that was seen last, and starts anew where that is not known', async t => {
  const { client, server } = await serving(t)
  const first = await stream(server.url)
  await until(first.events, ({ event }) => event.type === 'reset')
  const one = await client.create('ip-set', { type: 'ip' })
  const seen = await until(first.events, ({ event }) => event.type === 'resource' && event.id === one.id)
  first.leave()

  const two = await client.create('ip-set', { type: 'ip' })
  const second = await stream(server.url, seen.id)
  const next = await second.events.next()
  assert.deepEqual(next.value?.event, {
    type: 'resource',
    kind: 'ip-set',
    id: two.id,
    revision: two.revision,
    what: 'created',
  })
  second.leave()

  const foreign = await stream(server.url, 'another-17')
  assert.equal((await foreign.events.next()).value?.event.type, 'reset')
  foreign.leave()
})

test('a feed forgets the oldest, and says so', () => {
  const feed = createFeed('s', 10)
  const ids = Array.from({ length: 100 }, (_, revision) => {
    feed.emit({ type: 'reset', revision })
    return feed.lastId
  })
  assert.equal(feed.after('s-0'), null)
  assert.equal(feed.after('s-50'), null)
  assert.deepEqual(
    feed.after(ids[97] ?? '')?.map(({ id }) => id),
    ids.slice(98),
  )
  assert.deepEqual(feed.after(feed.lastId), [])
  assert.equal(feed.after('s-101'), null)
  assert.equal(feed.after('x-99'), null)
})
