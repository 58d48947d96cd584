import type { Command } from 'commander'
import type { WireEvent, WireResource } from '../client/wire.ts'
import { kinds } from '../model/kinds.ts'
import { eventNames, type EventNames } from './event-names.ts'
import { labelOf, stateLabel, trialStateLabel, verdictLabel } from './labels.ts'
import { type Format, outputOption } from './output.ts'
import type { Register } from './register.ts'
import { fetchAll, type Session } from './session.ts'
import { printable, tableText } from './table.ts'
import { labelOfKind } from './words.ts'

/** events and status: what happens, and how everything is. */
export function addWatchCommands(root: Command, register: Register): void {
  register(root.command('events'), {
    about: 'Show what happens, as it happens: changes, states of backends, drift and its repair',
    examples: ['events', 'events -o json | jq .type'],
  })
    .addOption(outputOption())
    .action(register.run(events))
  register(root.command('status'), {
    about: 'Show whether the server, its agents and every kind of resource are well; leaves with 1 where they are not',
    examples: ['status', 'status -o json'],
  })
    .addOption(outputOption())
    .action(register.run(status))
}

async function events(session: Session, { output }: { readonly output: Format }): Promise<number> {
  const names = eventNames(session)
  const leaving = new AbortController()
  const stop = () => leaving.abort()
  process.once('SIGINT', stop)
  try {
    for await (const event of session.client.events(leaving.signal)) {
      if (output === 'json') {
        session.terminal.out(JSON.stringify(event))
        continue
      }
      await names.learn(event)
      if (event.type !== 'reset') session.terminal.out(eventText(event, names, session))
    }
  } finally {
    process.off('SIGINT', stop)
  }
  return 0
}

function eventText(event: Exclude<WireEvent, { type: 'reset' }>, names: EventNames, { language }: Session): string {
  const at = event.type === 'host' ? event.event.at : new Date().toISOString()
  const time = at.slice(11, 19)
  switch (event.type) {
    case 'resource':
      return `${time}  ${labelOfKind(event.kind, language)} ${names.nameOf(event.id)}: ${event.what}`
    case 'status': {
      const { phase, reason } = event.status
      const state = stateLabel(phase, language)
      return `${time}  ${labelOfKind(event.kind, language)} ${names.nameOf(event.id)}: ${state} ${printable(reason)}`.trimEnd()
    }
    case 'backend':
      return `${time}  ${labelOf('backend', language)} ${names.nameOf(event.id)}: ${stateLabel(event.status.state, language)} ${printable(event.status.reason)}`.trimEnd()
    case 'trial': {
      const { kind, resource, state, reason } = event.trial
      return `${time}  ${labelOfKind(kind, language)} ${names.nameOf(resource)}: ${labelOf('trial', language)} ${trialStateLabel(state, language)} ${printable(reason)}`.trimEnd()
    }
    case 'policy-test': {
      const { state, reason } = event.verdict
      return `${time}  ${labelOfKind('policy-test', language)} ${names.nameOf(event.id)}: ${verdictLabel(state, language)} ${printable(reason)}`.trimEnd()
    }
    case 'host': {
      const { host, type, resource, message } = event.event
      return `${time}  ${host} ${type} ${resource ? names.nameOf(resource) : ''}: ${printable(message)}`
    }
  }
}

async function status(session: Session, { output }: { readonly output: Format }): Promise<number> {
  const [server, all] = await Promise.all([session.client.status(), fetchAll(session.client)])
  const isWell =
    server.problems.length === 0 &&
    server.agents.some(({ present }) => present) &&
    all.every(each => each.status.phase !== 'failed')
  if (output === 'json') {
    session.terminal.out(JSON.stringify({ ...server, url: session.url, resources: counted(all) }, null, 2))
    return isWell ? 0 : 1
  }
  const { language, say, terminal } = session
  terminal.out(say('server-at', { url: session.url, revision: server.revision }))
  for (const { at, message } of server.problems) terminal.out(`  ${at}: ${printable(message)}`)
  for (const { host, present, synced, failures, counters } of server.agents) {
    const failing = Object.entries(failures)
    const phase = present
      ? failing.length > 0
        ? 'failed'
        : synced < server.revision
          ? 'pending'
          : 'active'
      : 'stopped'
    terminal.out(say('agent-at', { host, state: stateLabel(phase, language), revision: synced }))
    for (const [id, reason] of failing) terminal.out(`  ${id}: ${printable(reason)}`)
    const done = Object.entries(counters).map(([name, count]) => `${name} ${count}`)
    if (done.length > 0) terminal.out(`  ${done.join(', ')}`)
  }
  if (server.agents.length === 0) terminal.out(say('no-agent'))
  const phases = ['active', 'pending', 'failed', 'stopped'] as const
  const rows = counted(all).map(({ kind, ...counts }) => [
    kinds[kind].label[language],
    ...phases.map(phase => String(counts[phase] || '–')),
    String(counts.total),
  ])
  const heads = [
    labelOf('kind', language),
    ...phases.map(phase => stateLabel(phase, language)),
    labelOf('total', language),
  ]
  terminal.out(tableText({ heads, rows }))
  return isWell ? 0 : 1
}

function counted(all: readonly WireResource[]) {
  return [...Map.groupBy(all, each => each.kind)].map(([kind, list]) => {
    const count = (phase: WireResource['status']['phase']) => list.filter(each => each.status.phase === phase).length
    return {
      kind,
      active: count('active'),
      pending: count('pending'),
      failed: count('failed'),
      stopped: count('stopped'),
      total: list.length,
    }
  })
}
