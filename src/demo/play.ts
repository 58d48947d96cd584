import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../client/api-client.ts'
import type { WireOf } from '../client/wire.ts'
import type { FindingCode } from '../diagnose/cause/finding.ts'
import type { Words } from '../model/define.ts'
import type { Id } from '../model/model.ts'
import { apiHands } from './api-hands.ts'
import type { Narrator } from './narrator.ts'
import { plan } from './plan.ts'
import type { RemoteClient, Reply } from './remote-client.ts'
import { skippable, type Site } from './script.ts'
import { perform, scriptA, scriptB } from './steps.ts'
import { backendLines, isWhole } from './verdict.ts'

/** What the demo plays with. */
export interface Stage {
  readonly client: Client
  readonly visitor: RemoteClient
  readonly narrator: Narrator
}

/** How one topology ended. */
export interface Ending {
  readonly replies: readonly Reply[]
  /** Whether it ended as it must: everything serves, or what was left out was named. */
  readonly held: boolean
}

interface Diagnosis {
  readonly items: readonly { readonly code: FindingCode; readonly message: string; readonly fix: string }[]
}

const titles: Readonly<Record<Site['topology'], Words>> = {
  a: {
    en: "Topology A: to the backends through a NAT gateway's source NAT",
    zh: '拓扑 A：借助 NAT 网关的 SNAT 功能访问公网后端',
  },
  b: {
    en: "Topology B: to the backends through the VPC's own source NAT",
    zh: '拓扑 B：借助 VPC 的 SNAT 能力访问公网后端',
  },
}
const trials: Readonly<Record<Site['topology'], Words>> = {
  a: { en: 'Topology A, tried out', zh: '拓扑 A：验证' },
  b: { en: 'Topology B, tried out', zh: '拓扑 B：验证' },
}
const waiting: Words = { en: 'Wait until every backend is active', zh: '等待所有后端变为“活跃”' }
const givingUp: Words = { en: 'See what becomes of the backends', zh: '观察后端状态' }

const activeWithinMs = 20_000
/** Long enough for two checks to fail. */
const inactiveAfterMs = 6000
const requests = 8

/** Everything that can be left out of a topology, with what a diagnosis says then. */
export function omissionsOf(topology: Site['topology']): ReadonlyMap<string, FindingCode> {
  return skippable(topology === 'a' ? scriptA : scriptB)
}

/** Takes the steps of a topology, over the API and aloud. */
export async function build(
  topology: Site['topology'],
  skip: ReadonlySet<string>,
  { client, narrator }: Stage,
): Promise<Site> {
  narrator.heading(titles[topology])
  const site: Site = { topology, skip, backends: [] }
  await perform(site, apiHands(client), async (step, take) => {
    if (take) await narrator.during(step.title, take)
    else narrator.leftOut(step.title)
  })
  return site
}

/** Waits for what must come of a topology, and tries it as a client. */
export async function tryOut(site: Site, stage: Stage): Promise<Ending> {
  const { client, narrator } = stage
  narrator.heading(trials[site.topology])
  const expected = [...omissionsOf(site.topology)].filter(([name]) => site.skip.has(name)).map(([, code]) => code)
  const id = site.balancer ?? ''
  await narrator.during(expected.length === 0 ? waiting : givingUp, async () => {
    await settled(client, id, expected.length === 0 ? activeWithinMs : inactiveAfterMs)
    return []
  })
  const balancer = await client.get('load-balancer', id)
  for (const line of backendLines(balancer, narrator.language)) narrator.line(line)
  const replies = await visit(site, stage)
  const isServing = isWhole(replies, (await addressesOf(site, client)).mustSee)
  if (expected.length === 0 && isServing) return { replies, held: true }
  const named = await explain(id, stage)
  return {
    replies,
    held: expected.length > 0 && replies.every(r => r.status !== 200) && expected.includes(named ?? 'checking'),
  }
}

/** Waits until all backends are active, or as long as it makes sense. */
async function settled(client: Client, id: Id, mostMs: number): Promise<void> {
  for (const deadline = performance.now() + mostMs; performance.now() < deadline; await sleep(50)) {
    if (isActive(await client.get('load-balancer', id))) return
  }
}

function isActive({ listeners, backendStatus }: WireOf<'load-balancer'>): boolean {
  const backends = listeners.flatMap(listener => listener.backends)
  return backends.length > 0 && backends.every(({ id }) => backendStatus[id]?.state === 'active')
}

async function visit(site: Site, { client, visitor, narrator }: Stage): Promise<readonly Reply[]> {
  const { entrance } = await addressesOf(site, client)
  const url = `http://${entrance}/`
  const replies: Reply[] = []
  const title = {
    en: `Ask ${url} ${requests} times, as the client ${plan.client.address}`,
    zh: `以客户端 ${plan.client.address} 的身份请求 ${url} 共 ${requests} 次`,
  }
  await narrator.during(title, async () => {
    if (site.skip.size === 0) for (let i = 0; i < requests; i++) replies.push(await visitor.get(url))
    else replies.push(...(await Promise.all(Array.from({ length: requests }, () => visitor.get(url)))))
    return []
  })
  return replies
}

/** Where clients enter, and the address that backends must see. */
async function addressesOf(
  site: Site,
  client: Client,
): Promise<{ readonly entrance: string; readonly mustSee?: string }> {
  const seen = site.topology === 'a' ? site.natEip : site.vpcEip
  const entrance = (await client.get('eip', site.balancerEip ?? '')).address
  return seen === undefined ? { entrance } : { entrance, mustSee: (await client.get('eip', seen)).address }
}

/** Says what Causeway finds wrong; the first finding's code, if any. */
async function explain(id: Id, { client, narrator }: Stage): Promise<FindingCode | undefined> {
  const { items } = await client.ask<Diagnosis>('GET', `/v1/load-balancers/${id}/diagnosis`)
  narrator.say({ en: '  Why is it not active?', zh: '  为什么不活跃？' })
  for (const { message, fix } of items) narrator.line(`      ${message} → ${fix}`)
  return items[0]?.code
}
