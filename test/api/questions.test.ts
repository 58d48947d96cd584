import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createQuestions } from '../../src/api/questions.ts'
import type { Question } from '../../src/client/questions.ts'
import { Refused } from '../../src/model/problem.ts'

const question: Question = { type: 'access-log', balancer: 'lb-1', most: 1, filter: {}, after: null }
const nothing = { lines: [], next: {}, missed: false }
const never = new AbortController().signal
const soon = () => AbortSignal.timeout(50)
const codeOf = (code: string) => (error: unknown) => error instanceof Refused && error.problems[0]?.code === code

test('without an agent a question is refused at once', async () => {
  await assert.rejects(createQuestions(() => []).ask(question, never), codeOf('no-agent'))
})

test('an agent that waits hears a question at once, and only once', async () => {
  const questions = createQuestions(() => ['one'])
  const waiting = questions.take('one', AbortSignal.timeout(5000))
  const asking = questions.ask(question, never)
  const [asked, ...others] = await waiting
  assert.deepEqual([asked?.question, others], [question, []])
  assert.deepEqual(await questions.take('one', soon()), [])
  assert.deepEqual(await questions.take('stranger', soon()), [])
  questions.answer({ id: asked?.id ?? '', host: 'one', answer: nothing })
  assert.deepEqual(await asking, [{ host: 'one', answer: nothing }])
})

test('all agents are asked, and who is silent, or fails, keeps nobody from the answers of the others', async () => {
  const questions = createQuestions(() => ['one', 'two', 'three'], 1000)
  const asking = questions.ask(question, never)
  for (const host of ['one', 'two']) {
    const [asked] = await questions.take(host, soon())
    const said = host === 'one' ? { answer: nothing } : { failed: 'no ring' }
    questions.answer({ id: asked?.id ?? '', host, ...said })
  }
  assert.deepEqual(await asking, [
    { host: 'one', answer: nothing },
    { host: 'two', answer: null, failed: 'no ring' },
    { host: 'three', answer: null },
  ])
  assert.deepEqual(await questions.take('three', soon()), [], 'what is over is asked of nobody')
})

test('silence of all is refused, with who it is', async () => {
  const asking = createQuestions(() => ['one'], 50).ask(question, never)
  await assert.rejects(
    asking,
    (error: unknown) =>
      codeOf('agent-silent')(error) && String((error as Refused).problems[0]?.values?.['hosts']) === 'one',
  )
})

test('nobody hears a question that nobody asks any more, nor is its answer missed', async () => {
  const questions = createQuestions(() => ['one'], 5000)
  const leaving = new AbortController()
  const asking = questions.ask(question, leaving.signal)
  leaving.abort()
  assert.deepEqual(await asking, [])
  assert.deepEqual(await questions.take('one', soon()), [])
  questions.answer({ id: '1', host: 'one', answer: nothing })
})

test('an agent whose connection ended before it was told is told when it comes again', async () => {
  const questions = createQuestions(() => ['one'], 2000)
  const gone = new AbortController()
  const lost = questions.take('one', gone.signal)
  gone.abort()
  assert.deepEqual(await lost, [])
  const asking = questions.ask(question, never)
  await sleep(10)
  const [asked] = await questions.take('one', soon())
  questions.answer({ id: asked?.id ?? '', host: 'one', answer: nothing })
  assert.equal((await asking).length, 1)
})

test('what somebody who was not asked says is no answer', async () => {
  const questions = createQuestions(() => ['one'], 200)
  const asking = questions.ask(question, never)
  questions.answer({ id: '1', host: 'two', answer: nothing })
  await assert.rejects(asking, codeOf('agent-silent'))
})
