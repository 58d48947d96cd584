import type { Forecast } from '../client/forecast-wire.ts'
import type { MeterName } from '../client/meters.ts'
import { natSizes, portsOfAddress } from '../compile/nat-gateway.ts'
import { proposalText, snatProposals, type Filling } from '../diagnose/plan/snat.ts'
import { kinds } from '../model/kinds.ts'
import { eipsAt, find, type Id, type Model, type NatGateway, type Vpc } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import type { Series } from '../monitor/series.ts'
import type { Language } from './answer.ts'
import { numberOf, type Endpoint } from './endpoint.ts'
import type { Questions, Reply } from './questions.ts'
import type { Services } from './resources.ts'
import { pascal, refTo } from './schemas.ts'
import { trendIn } from './snat-trends.ts'

const mostDestinations = 1000

/** How long the connections and ports last of what translates sources: asked of the machines when somebody asks. */
export function forecastEndpoints(
  { model }: Pick<Services, 'model'>,
  series: Series,
  questions: Questions,
  now: () => number = Date.now,
): Endpoint[] {
  return (['nat-gateway', 'vpc'] as const).map(kind => ({
    method: 'GET',
    path: `/v1/${kinds[kind].plural}/{id}/forecast`,
    name: `forecast${pascal(kind)}`,
    tag: kinds[kind].plural,
    about: `Shows the connections and ports that source NAT of a ${kinds[kind].label.en} has in use, and when none is left`,
    needs: 'read-only',
    query: {
      limit: {
        about: 'How many destinations at most',
        schema: { type: 'integer', minimum: 1, maximum: mostDestinations, default: 20 },
      },
    },
    answers: {
      status: 200,
      about: 'What is in use, how long it lasts, and what would help',
      schema: refTo('Forecast'),
    },
    async handle({ params: { id = '' }, query, language, signal }) {
      const appliance = find(model(), kind, id) as NatGateway | Vpc | undefined
      if (!appliance) throw new Refused([{ code: 'not-found', at: '', values: { kind, id } }])
      const most = numberOf('limit', query['limit'], 20, 1, mostDestinations)
      const replies = await questions.ask<'translations'>(
        { type: 'translations', of: id, most: mostDestinations },
        signal,
      )
      return { status: 200, body: forecastOf(model(), appliance, { replies, series, now: now(), most, language }) }
    },
  }))
}

interface Known {
  readonly replies: readonly Reply<'translations'>[]
  readonly series: Series
  readonly now: number
  readonly most: number
  readonly language: Language
}

function forecastOf(model: Model, appliance: NatGateway | Vpc, known: Known): Forecast {
  const { replies, series, now, most, language } = known
  const { kind, id } = appliance
  const filling = (of: Id, meter: MeterName, inUse: number, limit: number): Filling =>
    inUse >= limit
      ? { inUse, limit, perHour: 0, reachesAt: now }
      : { inUse, limit, ...trendIn(series, of, meter, limit, now) }
  const answers = replies.flatMap(({ answer }) => answer ?? [])
  const eipOf = (address: string): Id | null => [...eipsAt(model, address)][0] ?? null
  const addresses = answers
    .flatMap(answer => answer.addresses)
    .map(use => ({ ...use, eip: eipOf(use.address) }))
    .map(use => ({ ...use, ...filling(use.eip ?? '', 'snatPorts', use.most, portsOfAddress) }))
    .sort((a, b) => b.inUse - a.inUse)
  const destinations = answers.flatMap(answer => answer.fullest).sort((a, b) => b.flows - a.flows)
  const inUse = addresses.reduce((sum, { flows }) => sum + flows, 0)
  const connections =
    kind === 'nat-gateway' ? filling(id, 'connections', inUse, natSizes[appliance.now.size].connections) : null
  const demands = Map.groupBy(destinations, each => `${each.protocol} ${each.destination} ${each.port}`)
  const demand = Math.max(0, ...[...demands.values()].map(list => list.reduce((sum, { flows }) => sum + flows, 0)))
  const proposals = snatProposals(model, appliance, { connections, addresses, demand }, now)
  const ends = [connections, ...addresses].flatMap(each => each?.reachesAt ?? [])
  return {
    kind,
    id,
    at: iso(now),
    silent: replies.filter(({ answer }) => answer === null).map(({ host }) => host),
    connections: {
      inUse,
      limit: connections?.limit ?? null,
      perHour: Math.round(connections?.perHour ?? 0),
      exhaustedAt: isoOrNull(connections?.reachesAt ?? null),
    },
    addresses: addresses.map(each => ({
      eip: each.eip,
      address: each.address,
      connections: each.flows,
      destinations: each.destinations,
      inUse: each.inUse,
      limit: each.limit,
      perHour: Math.round(each.perHour),
      exhaustedAt: isoOrNull(each.reachesAt),
    })),
    destinations: destinations.slice(0, most).map(({ address, protocol, destination, port, flows }) => ({
      eip: eipOf(address),
      address,
      protocol,
      destination,
      port,
      ports: flows,
    })),
    exhaustedAt: isoOrNull(ends.length > 0 ? Math.min(...ends) : null),
    proposals: proposals.map(proposal => ({
      do: proposal.do,
      message: proposalText(proposal, language),
      ...(proposal.size ? { size: proposal.size } : {}),
      ...(proposal.names ? { names: proposal.names } : {}),
      ...(proposal.rules ? { rules: proposal.rules } : {}),
      commands: proposal.commands,
    })),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(Math.round(ms))
}
