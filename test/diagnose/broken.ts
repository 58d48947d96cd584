import type { Made, Scenario } from '../../src/client/scenario.ts'
import { scenarioSteps } from '../../src/client/scenario.ts'
import type { Hands } from '../../src/demo/hands.ts'
import type { Finding, FindingCode } from '../../src/diagnose/cause/finding.ts'
import type { Facts } from '../../src/diagnose/cause/observed.ts'
import type { Command } from '../../src/model/command.ts'
import type { KindName } from '../../src/model/kinds.ts'
import type { Model } from '../../src/model/model.ts'

/** A service across the internet as it should be, and one way in which somebody broke it. */
export interface Broken {
  readonly name: string
  /** How the balancer gets out: by a NAT gateway, or by the VPC's own public address. */
  readonly on: Scenario['topology']
  /** Steps of the scenario, or parts that they make, that are left out. */
  readonly without?: readonly string[]
  /** How its backend is checked, where that matters. */
  readonly check?: Check
  /** What is done to it afterwards. */
  readonly edits?: (at: Spot) => readonly Edit[]
  /** What is done once clients are there. */
  readonly then?: () => readonly Edit[]
  /** What is at the backend's address; a service that is well when left out. */
  readonly remote?: Remote
  /** What checks say of the backend, where the model has no reason. */
  readonly reason?: string
  /** What machines measured and say, where that is the reason; some of it only while it is as it was. */
  readonly told?: (made: Made, model: Model) => Facts
  /** What clients do meanwhile: ask for pages, in plain HTTP or over TLS, ask for what never ends, or ask for pages while somebody holds on to theirs. */
  readonly clients?: 'ask' | 'ask-in-tls' | 'download' | 'queue'
  /** What a diagnosis must say first; null where nothing is wrong that could be known. */
  readonly says: FindingCode
  /** What it says where it asks the backend itself; the same when left out. */
  readonly probed?: FindingCode
  /** Of which part, as the scenario or an edit calls it. */
  readonly of: string
  /** How sure it may be: what is outside is only guessed. */
  readonly sure: Finding['certainty']
  /** Who makes it well: what the diagnosis proposes, or somebody elsewhere, or somebody who decides. */
  readonly mendedBy: 'repair' | 'others'
  /** What machines say of it is told to the model; by packets it is not tried here. */
  readonly toldOnly?: true
  /** False where all is as it was meant. */
  readonly isFault?: false
  /** What the backend is once it is mended; active when left out. */
  readonly leaves?: 'unavailable'
  /** Backends serve all the same: what is wrong keeps clients out. */
  readonly forClients?: boolean
  /** What somebody asks about: a public IP by the part that it plays, or the way from the internet to a part; the backend when left out. */
  readonly asks?: { readonly eip: string } | { readonly internetTo: string }
}

export type Check = Readonly<Record<string, string | number>>

/** Where the backend is, and a public address of our own that is free. */
export interface Spot {
  readonly address: string
  readonly port: number
  readonly spare: string
}

export type Remote =
  | 'nothing'
  | 'silence'
  | 'admits-one'
  | 'fails'
  | 'tls'
  | 'other-words'
  | 'cuts'
  | 'loses-big-packets'
  | 'udp'
  | 'udp-without-ping'
  | 'server'
  | 'loopback'
  | 'own-firewall'

/** A command that names parts in braces; what it makes may be one, too. */
export interface Edit {
  readonly command: Command
  readonly as?: string
}

/** Checks as eager as a listener may have them. */
export const eagerly = { protocol: 'http', path: '/healthz', intervalS: 2, timeoutS: 1, fall: 2, rise: 2 } as const

export const apply = (kind: KindName, part: string): Edit => ({ command: { do: 'apply', kind, id: `{${part}}` } })
export const set = (kind: KindName, part: string, body: object): Edit => ({
  command: { do: 'patch', kind, id: `{${part}}`, body },
})
export const make = (kind: KindName, as: string, body: object): Edit => ({ command: { do: 'create', kind, body }, as })
/** Changes a draft, and publishes it. */
export const publish = (kind: KindName, part: string, ...edits: readonly Edit[]): readonly Edit[] => [
  ...edits,
  apply(kind, part),
]
export const addTo = (kind: KindName, part: string, list: string | readonly string[], body: object, as = ''): Edit => ({
  command: { do: 'add-child', kind, id: `{${part}}`, path: [list].flat(), body },
  as,
})
export const setIn = (kind: KindName, part: string, path: readonly string[], body: object): Edit => ({
  command: { do: 'patch-child', kind, id: `{${part}}`, path, body },
})
export const takeFrom = (kind: KindName, part: string, path: readonly string[]): Edit => ({
  command: { do: 'delete-child', kind, id: `{${part}}`, path },
})

/** Changes of the balancer's listener and backend, published. */
export const setListener = (body: object): readonly Edit[] =>
  publish('load-balancer', 'balancer', setIn('load-balancer', 'balancer', ['listeners', '{listener}'], body))
const backend = ['listeners', '{listener}', 'backends', '{backend-0}'] as const
export const setBackend = (body: object): readonly Edit[] =>
  publish('load-balancer', 'balancer', setIn('load-balancer', 'balancer', backend, body))

/** A rule of the group of all, published. */
export const withRule = (body: object): readonly Edit[] =>
  publish('security-group', 'group', addTo('security-group', 'group', 'rules', body))

/** A second group, of which one part is made a user. */
export const withGroup = (
  kind: 'nat-gateway' | 'vpc' | 'load-balancer',
  part: string,
  rules: readonly object[] = [],
): readonly Edit[] => [
  make('security-group', 'other', { name: 'other', rules }),
  set(kind, part, { securityGroup: '{other}' }),
]

/** Makes a scenario and breaks it; answers with what each part became. */
export async function build(broken: Broken, at: Spot, hands: Pick<Hands, 'run' | 'get'>): Promise<Made> {
  const { on, without = [], check = eagerly, edits } = broken
  const scenario: Scenario = {
    topology: on,
    name: `broken-${on}`,
    zone: 'local',
    cidr: '10.1.0.0/16',
    subnet: '10.1.0.0/24',
    vpcType: 'small',
    port: 80,
    check,
    backends: [{ name: '', address: at.address, port: at.port }],
  }
  const made: Record<string, string> = { zone: 'local' }
  for (const step of scenarioSteps(scenario)) {
    if (without.includes(step.key)) continue
    for (const task of step.tasks) {
      if (without.includes(task.part) || task.needs.some(part => !(part in made))) continue
      const id = await hands.run(task.command(made))
      if (task.part !== '') made[task.part] ??= id
      if (task.brings) made[task.brings] = (await hands.get('subnet', id))[task.brings]!
    }
    if (step.key === 'nat-gateway' && made['natGateway'] !== undefined) {
      const { routes } = await hands.get('route-table', made['routeTable']!)
      made['route'] = routes[0]!.id
    }
    if (made[`route-${at.address}`] !== undefined) made['route'] = made[`route-${at.address}`]!
  }
  for (const { command, as } of edits?.(at) ?? []) {
    const id = await hands.run(withParts(command, made))
    if (as) made[as] = id
  }
  return made
}

/** Does to a service what is done once clients are there. */
export async function breakLater({ then }: Broken, made: Made, hands: Pick<Hands, 'run'>): Promise<void> {
  for (const { command } of then?.() ?? []) await hands.run(withParts(command, made))
}

/** A value in which parts in braces are what they became. */
export function withParts<T>(value: T, made: Made): T {
  if (typeof value === 'string') {
    return value.replaceAll(/\{([\w-]+)\}/g, (whole, part: string) => made[part] ?? whole) as T
  }
  if (Array.isArray(value)) return value.map(each => withParts(each as unknown, made)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withParts(each as unknown, made)])) as T
}
