import type { TestContext } from 'node:test'
import { runAgent } from '../../src/agent/agent.ts'
import type { Client } from '../../src/client/api-client.ts'
import { compilerFor } from '../../src/compile/compile.ts'
import { fakeHost, type FakeHost } from '../../src/dataplane/fake-host.ts'

/** The real agent of a machine of the mind, until the test ends. */
export function agentOf(t: TestContext, { agent }: Client): FakeHost {
  const host = fakeHost()
  const stop = new AbortController()
  const running = runAgent(
    {
      host,
      server: { state: agent.state, report: agent.report },
      questions: { questions: agent.questions, answer: agent.answer },
      compile: compilerFor({ name: 'one', uplink: null, mtu: 1500 }),
      seenAs: () => [],
      name: 'one',
      log: () => {},
    },
    stop.signal,
  )
  t.after(async () => {
    stop.abort()
    await running
  })
  return host
}
