import type { Command } from 'commander'
import type { Forecast } from '../client/forecast-wire.ts'
import { lengthText } from '../client/length.ts'
import { Misuse } from './complaint.ts'
import { directoryOf } from './directory.ts'
import { labelOf } from './labels.ts'
import { idAmong } from './named.ts'
import { type Format, outputOption } from './output.ts'
import type { Register } from './register.ts'
import { fetchAll, type Session } from './session.ts'
import { printable, tableText } from './table.ts'

/** forecast: how long the connections and ports of source NAT last. */
export function addForecastCommand(root: Command, register: Register): void {
  register(root.command('forecast'), {
    about:
      'Show the connections and ports that source NAT has in use by public IP and destination, when none is left, and what would help; leaves with 1 where something has to be done',
    examples: ['forecast outbound', 'forecast production --limit 100', 'forecast outbound -o json | jq .exhaustedAt'],
  })
    .argument('<nat-gateway|vpc>', 'the name or id of a NAT gateway, or of a VPC with a public IP of its own')
    .option('--limit <destinations>', 'how many destinations at most, 1-1000', '20')
    .addOption(outputOption())
    .action(register.run(forecast))
}

const appliances = ['nat-gateway', 'vpc'] as const

async function forecast(
  session: Session,
  name: string,
  { output, limit }: { readonly output: Format; readonly limit: string },
): Promise<number> {
  const { client, terminal, say } = session
  const { kind, id, eips, gateways } = await applianceNamed(session, name)
  for (const gateway of gateways) terminal.err(say('forecast-gateway', { name: eips(id), gateway }))
  const found = await client.forecast(kind, id, Number(limit))
  if (output === 'json') terminal.out(JSON.stringify(found, null, 2))
  else show(session, found, eips)
  return found.proposals.length > 0 ? 1 : 0
}

async function applianceNamed({ client }: Session, name: string) {
  const all = await fetchAll(client, [...appliances, 'eip'])
  const id = idAmong(all, appliances, name)
  const kind = appliances.find(each => all.some(resource => resource.id === id && resource.kind === each))
  if (!kind)
    throw new Misuse([{ say: 'no-such-resource', values: { at: name, word: name, kind: appliances.join('/') } }])
  const { nameOf } = directoryOf(all)
  // What a VPC without an address of its own sends out goes by its gateways.
  const bare = all.some(each => each.kind === 'vpc' && each.id === id && each.eip === null)
  const ways = all.flatMap(each => (bare && each.kind === 'nat-gateway' && each.vpc === id ? nameOf(each.id) : []))
  return { kind, id, eips: nameOf, gateways: ways }
}

function show(session: Session, found: Forecast, nameOf: (id: string) => string): void {
  const { terminal, language, say } = session
  const { connections, addresses, destinations, proposals, silent } = found
  if (silent.length > 0) terminal.err(say('lines-silent', { hosts: silent.join(', ') }))
  const { inUse, limit } = connections
  terminal.out(
    limit === null
      ? say('snat-unlimited', { inUse })
      : say('snat-connections', { inUse, limit, growth: growthText(session, connections, found.at) }),
  )
  if (addresses.length === 0) terminal.out(say('snat-idle'))
  else {
    const heads = ['eip', 'address', 'connections', 'destinations', 'portsInUse', 'perHour', 'exhaustedAt']
    const rows = addresses.map(each => [
      each.eip === null ? '–' : nameOf(each.eip),
      each.address,
      String(each.connections),
      String(each.destinations),
      `${each.inUse} / ${each.limit}`,
      signed(each.perHour),
      each.exhaustedAt ?? '–',
    ])
    terminal.out(`\n${tableText({ heads: heads.map(head => labelOf(head, language)), rows })}`)
    const fullest = destinations.map(({ address, protocol, destination, port, ports }) => [
      port === 0 ? destination : `${destination}:${port}`,
      protocol,
      address,
      String(ports),
    ])
    const told = ['destination', 'protocol', 'eip', 'portsInUse'].map(head => labelOf(head, language))
    terminal.out(`\n${tableText({ heads: told, rows: fullest })}`)
  }
  for (const { message, commands } of proposals) {
    terminal.out(printable(`\n→ ${message}`))
    for (const command of commands) terminal.out(printable(`  ${command}`))
  }
}

function growthText({ say, language }: Session, { perHour, exhaustedAt }: Forecast['connections'], at: string): string {
  if (exhaustedAt === null) return say('snat-lasts', { perHour: signed(perHour) })
  const left = lengthText(Math.max(0, Date.parse(exhaustedAt) - Date.parse(at)), language)
  return say('snat-grows', { perHour: signed(perHour), left, at: exhaustedAt })
}

function signed(perHour: number): string {
  return perHour > 0 ? `+${perHour}` : String(perHour)
}
