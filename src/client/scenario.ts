import type { Command } from '../model/command.ts'
import type { Words } from '../model/define.ts'
import { kinds, type KindName } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'
import { titleOf, partWords } from './scenario-words.ts'

/** What a highly available service across the public internet needs to know. */
export interface Scenario {
  /** How the balancer reaches its backends: a, by a NAT gateway's source NAT; b, by the VPC's own. */
  readonly topology: 'a' | 'b'
  /** What its resources are called; each adds a word of its own. */
  readonly name: string
  readonly zone: string
  /** The ranges of the VPC and of its private network. */
  readonly cidr: string
  readonly subnet: string
  readonly vpcType: 'free' | 'small' | 'medium' | 'large' | 'xlarge'
  /** Where clients come in. */
  readonly port: number
  readonly check: Readonly<Record<string, string | number>>
  /** Servers in other regions, by public address. */
  readonly backends: readonly { readonly name: string; readonly address: string; readonly port: number }[]
}

export type StepKey =
  | 'security-group'
  | 'vpc'
  | 'nat-gateway'
  | 'snat-rule'
  | 'apply-nat-gateway'
  | 'load-balancer'
  | 'listener'
  | 'backends'
  | 'apply-load-balancer'
  | 'route'
  | 'apply-route-table'
  | 'security-group-rule'
  | 'apply-security-group'

/** What a scenario makes, by the part that it plays, e.g. `natGateway` or `backend-0`. */
export type Made = Readonly<Record<string, Id>>

/** One request of a scenario. */
export interface Task {
  /** Its place in {@link Made}; applies leave nothing there. */
  readonly part: string
  readonly what: Words
  /** Its name, address and the like, as the plan shows it. */
  readonly about: string
  /** The parts that must be there before. */
  readonly needs: readonly string[]
  readonly command: (made: Made) => Command
  /** The attribute of what was made that is a part too. */
  readonly brings?: 'routeTable'
}

/** One step, as the person with the page in hand takes it. */
export interface ScenarioStep {
  readonly key: StepKey
  readonly title: Words
  readonly tasks: readonly Task[]
}

/** Everything that a scenario asks for, in order. */
export function scenarioSteps(scenario: Scenario): readonly ScenarioStep[] {
  const step = (key: StepKey, ...tasks: Task[]): ScenarioStep => ({
    key,
    title: titleOf(key, scenario),
    tasks,
  })
  const before = [step('security-group', groupOf(scenario))]
  const service = [
    step('load-balancer', eipFor(scenario, 'balancerEip', 'lb'), balancerOf(scenario)),
    step('listener', listenerOf(scenario), apply('load-balancer', 'balancer')),
    step('backends', ...scenario.backends.map(backendOf)),
    step('apply-load-balancer', apply('load-balancer', 'balancer')),
  ]
  const admission = [
    step('security-group-rule', ...portsToOpen(scenario).map(ruleOf)),
    step('apply-security-group', apply('security-group', 'group')),
  ]
  if (scenario.topology === 'a') {
    return [
      ...before,
      step('vpc', vpcOf(scenario), subnetOf(scenario)),
      step('nat-gateway', eipFor(scenario, 'natEip', 'nat'), natGatewayOf(scenario)),
      step('snat-rule', snatRuleOf(scenario)),
      step('apply-nat-gateway', apply('nat-gateway', 'natGateway')),
      ...service,
      ...admission,
    ]
  }
  return [
    ...before,
    step('vpc', eipFor(scenario, 'vpcEip', 'vpc'), vpcOf(scenario), subnetOf(scenario)),
    ...service,
    step('route', ...[...new Set(scenario.backends.map(({ address }) => address))].map(routeOf)),
    step('apply-route-table', apply('route-table', 'routeTable')),
    ...admission,
  ]
}

/** Every port that the scenario's groups must admit: gateways filter what leaves through them too. */
function portsToOpen({ port, backends }: Scenario): readonly number[] {
  return [...new Set([port, ...backends.map(backend => backend.port)])]
}

/** What takes everything away again that was made, in an order that is never refused for use within the scenario. */
export function undoing(made: Made): readonly { readonly part: string; readonly command: Command }[] {
  const kindOfPart: Readonly<Record<string, KindName>> = {
    balancer: 'load-balancer',
    natGateway: 'nat-gateway',
    subnet: 'subnet',
    vpc: 'vpc',
    group: 'security-group',
    balancerEip: 'eip',
    natEip: 'eip',
    vpcEip: 'eip',
  }
  return Object.entries(kindOfPart).flatMap(([part, kind]) => {
    const id = made[part]
    return id === undefined ? [] : [{ part, command: { do: 'delete', kind, id } as const }]
  })
}

/** The id of a part that an earlier step made; that it did is a matter of the order. */
export function partOf(made: Made, part: string): Id {
  const id = made[part]
  if (id === undefined) throw new Error(`a step was taken before the one that makes its ${part}`)
  return id
}

function create(
  part: string,
  kind: KindName,
  about: string,
  needs: readonly string[],
  body: (made: Made) => object,
): Task {
  return { part, what: kinds[kind].label, about, needs, command: made => ({ do: 'create', kind, body: body(made) }) }
}

function groupOf({ name }: Scenario): Task {
  return create('group', 'security-group', name, [], () => ({ name }))
}

function eipFor({ name, zone }: Scenario, part: string, suffix: string): Task {
  return create(part, 'eip', `${name}-${suffix}`, [], () => ({ name: `${name}-${suffix}`, zone }))
}

function vpcOf({ name, zone, cidr, vpcType, topology }: Scenario): Task {
  return create('vpc', 'vpc', `${name}, ${cidr}`, ['group'], made => ({
    name,
    zone,
    cidr,
    securityGroup: partOf(made, 'group'),
    ...(topology === 'b' ? { type: vpcType, eip: made['vpcEip'] ?? null } : {}),
  }))
}

function subnetOf({ name, subnet }: Scenario): Task {
  const task = create('subnet', 'subnet', `${name}-net, ${subnet}`, ['vpc'], made => ({
    name: `${name}-net`,
    vpc: partOf(made, 'vpc'),
    cidr: subnet,
  }))
  return { ...task, brings: 'routeTable' }
}

function natGatewayOf({ name }: Scenario): Task {
  return create('natGateway', 'nat-gateway', `${name}-nat`, ['vpc', 'group'], made => ({
    name: `${name}-nat`,
    vpc: partOf(made, 'vpc'),
    eips: made['natEip'] === undefined ? [] : [made['natEip']],
    securityGroup: partOf(made, 'group'),
  }))
}

function snatRuleOf({ name }: Scenario): Task {
  return {
    part: 'snatRule',
    what: partWords.snatRule,
    about: `${name}-net`,
    needs: ['natGateway', 'natEip', 'subnet'],
    command: made => ({
      do: 'add-child',
      kind: 'nat-gateway',
      id: partOf(made, 'natGateway'),
      path: ['snatRules'],
      body: { target: partOf(made, 'subnet'), eips: [partOf(made, 'natEip')] },
    }),
  }
}

function balancerOf({ name }: Scenario): Task {
  return create('balancer', 'load-balancer', `${name}-lb`, ['balancerEip', 'subnet', 'group'], made => ({
    name: `${name}-lb`,
    eips: [partOf(made, 'balancerEip')],
    subnet: partOf(made, 'subnet'),
    securityGroup: partOf(made, 'group'),
  }))
}

function listenerOf({ port, check }: Scenario): Task {
  return {
    part: 'listener',
    what: partWords.listener,
    about: `HTTP ${port}`,
    needs: ['balancer'],
    command: made => ({
      do: 'add-child',
      kind: 'load-balancer',
      id: partOf(made, 'balancer'),
      path: ['listeners'],
      body: { protocol: 'http', port, check },
    }),
  }
}

function backendOf({ name, address, port }: Scenario['backends'][number], index: number): Task {
  return {
    part: `backend-${index}`,
    what: partWords.backend,
    about: [name, `${address}:${port}`].filter(Boolean).join(', '),
    needs: ['balancer', 'listener'],
    command: made => ({
      do: 'add-child',
      kind: 'load-balancer',
      id: partOf(made, 'balancer'),
      path: ['listeners', partOf(made, 'listener'), 'backends'],
      body: { name, address, port },
    }),
  }
}

function routeOf(address: string): Task {
  return {
    part: `route-${address}`,
    what: partWords.route,
    about: `${address}/32`,
    needs: ['routeTable', 'vpc'],
    command: made => ({
      do: 'add-child',
      kind: 'route-table',
      id: partOf(made, 'routeTable'),
      path: ['routes'],
      body: { destination: `${address}/32`, nextHop: { type: 'router', id: partOf(made, 'vpc') } },
    }),
  }
}

function ruleOf(port: number): Task {
  return {
    part: `rule-${port}`,
    what: partWords.rule,
    about: `TCP ${port}`,
    needs: ['group'],
    command: made => ({
      do: 'add-child',
      kind: 'security-group',
      id: partOf(made, 'group'),
      path: ['rules'],
      body: { name: `tcp-${port}`, protocol: 'tcp', ports: String(port), action: 'accept' },
    }),
  }
}

function apply(kind: KindName, part: string): Task {
  return {
    part: `apply-${part}`,
    what: partWords.apply,
    about: '',
    needs: [part],
    command: made => ({ do: 'apply', kind, id: partOf(made, part) }),
  }
}
