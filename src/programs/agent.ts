import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { runAgent } from '../agent/agent.ts'
import { turnsIn } from '../agent/kept-turns.ts'
import type { QuestionLink } from '../agent/answers.ts'
import type { ServerLink } from '../agent/reporter.ts'
import type { AgentOptions } from '../cli/programs.ts'
import { causewayClient } from '../client/client.ts'
import { compilerFor } from '../compile/compile.ts'
import type { HostConfig } from '../compile/host-config.ts'
import { haproxyDriver } from '../dataplane/haproxy.ts'
import type { Host } from '../dataplane/host.ts'
import { linuxHost } from '../dataplane/linux-host.ts'
import { raiseMachineLimits } from '../dataplane/machine-limits.ts'
import { seenAs } from '../diagnose/trace/seen-as.ts'
import { placesOf, writeAgentNote, type Places } from './places.ts'

/** What every namespace of ours is named with. */
export const prefix = 'cw-'

/** Runs the agent until the signal aborts. What it made goes on without it. */
export async function runAgentProgram(options: AgentOptions, signal: AbortSignal): Promise<number> {
  const places = placesOf(options.state)
  mkdirSync(places.runtime, { recursive: true })
  const host = hostOf(places)
  const client = causewayClient({ socketPath: places.socket })
  const server: ServerLink = {
    state: (since, waitMs, ended) => client.agent.state(since, waitMs, ended),
    report: (report, ended) => client.agent.report(report, ended),
  }
  const questions: QuestionLink = {
    questions: (name, waitMs, ended) => client.agent.questions(name, waitMs, ended),
    answer: (answer, ended) => client.agent.answer(answer, ended),
  }
  writeAgentNote(places, { pid: process.pid, host: options.host, options: { ...options } })
  try {
    await raiseMachineLimits()
    const compile = compilerFor(hostConfigOf(options))
    const log = (message: string) => console.error(`causeway agent: ${message}`)
    await runAgent(
      {
        host,
        server,
        questions,
        compile,
        seenAs,
        name: options.host,
        log,
        kept: turnsIn(places.untold, log),
      },
      signal,
    )
  } finally {
    rmSync(places.agent, { force: true })
    client.close()
    await host.close()
  }
  return 0
}

/** This machine, with everything of ours on it. */
export function hostOf({ proxies: directory }: Places): Host {
  return linuxHost({ prefix, proxies: hooks => haproxyDriver({ directory, ...hooks }) })
}

/** What the compiler must know of this machine. */
export function hostConfigOf({ host, uplink, address, gateway }: AgentOptions): HostConfig {
  const way = uplink !== '' && address !== null && gateway !== null
  return {
    name: host,
    mtu: way ? mtuOf(uplink) : 1500,
    uplink: way ? { link: { kind: 'macvlan', parent: uplink }, address, gateway } : null,
  }
}

function mtuOf(link: string): number {
  const file = `/sys/class/net/${link}/mtu`
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 1500
}
