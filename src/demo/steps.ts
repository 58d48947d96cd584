import type { Words } from '../model/define.ts'
import { partOf, scenarioSteps, type Made, type Scenario, type ScenarioStep, type Task } from '../client/scenario.ts'
import type { FindingCode } from '../diagnose/cause/finding.ts'
import type { Hands } from './hands.ts'
import { plan } from './plan.ts'
import type { ScriptStep, Site } from './script.ts'

/** The services that the demo builds. Health checks are as eager as a listener may have them, so that nobody waits. */
const scenarioOf = (topology: Site['topology']): Scenario => ({
  topology,
  name: `demo-${topology}`,
  zone: 'local',
  cidr: topology === 'a' ? '10.1.0.0/16' : '10.2.0.0/16',
  subnet: topology === 'a' ? '10.1.0.0/24' : '10.2.0.0/24',
  vpcType: 'small',
  port: plan.port,
  check: { protocol: 'http', path: '/healthz', intervalS: 2, timeoutS: 1, fall: 2, rise: 2 },
  backends: plan.regions.flatMap(({ name, servers }) =>
    servers.map((address, i) => ({ name: `${name}-${i + 1}`, address, port: plan.port })),
  ),
})

/** Steps that can be left out, with what a diagnosis must say then. */
const missed: Partial<Record<ScenarioStep['key'], FindingCode>> = {
  'nat-gateway': 'no-route',
  'snat-rule': 'no-snat-rule',
  'apply-nat-gateway': 'snat-rule-not-applied',
  backends: 'no-backend',
  'apply-load-balancer': 'balancer-not-applied',
  route: 'no-route',
  'apply-route-table': 'route-not-applied',
  'security-group-rule': 'group-refuses',
  'apply-security-group': 'group-not-applied',
}

/** A detail of one of a step's tasks that can be left out on its own. */
interface Detail {
  readonly step: ScenarioStep['key']
  readonly part: string
  readonly missed: FindingCode
  /** What is done instead of the task; null for nothing. */
  readonly instead: (task: Task) => Task | null
}

const nothing = () => null
const details: Readonly<Record<Site['topology'], Readonly<Record<string, readonly Detail[]>>>> = {
  a: {
    'nat-eip': [{ step: 'nat-gateway', part: 'natEip', missed: 'nat-gateway-without-eip', instead: nothing }],
    subnet: [{ step: 'load-balancer', part: 'balancer', missed: 'no-subnet', instead: saying({ subnet: null }) }],
  },
  b: {
    'vpc-type': [
      { step: 'vpc', part: 'vpcEip', missed: 'router-free', instead: nothing },
      { step: 'vpc', part: 'vpc', missed: 'router-free', instead: saying({ type: 'free' }) },
    ],
    'vpc-eip': [{ step: 'vpc', part: 'vpcEip', missed: 'router-without-eip', instead: nothing }],
    subnet: [{ step: 'load-balancer', part: 'balancer', missed: 'no-subnet', instead: saying({ subnet: null }) }],
  },
}

/** Topology A: the balancer reaches its backends through a NAT gateway's source NAT. */
export const scriptA = scriptOf('a')

/** Topology B: the balancer reaches its backends through the VPC's own source NAT. */
export const scriptB = scriptOf('b')

/** Takes a topology's steps in order, all but those left out and those that these make impossible. */
export async function perform(
  site: Site,
  hands: Hands,
  on: (step: ScriptStep, take: (() => Promise<readonly Words[]>) | null) => Promise<void>,
): Promise<void> {
  for (const step of site.topology === 'a' ? scriptA : scriptB) {
    const left = (step.name !== null && site.skip.has(step.name)) || !step.possible(site)
    await on(step, left ? null : () => step.take(site, hands))
  }
}

function scriptOf(topology: Site['topology']): readonly ScriptStep[] {
  return scenarioSteps(scenarioOf(topology)).map(step => scriptStepOf(topology, step))
}

function scriptStepOf(topology: Site['topology'], { key, title, tasks }: ScenarioStep): ScriptStep {
  const own = Object.entries(details[topology]).filter(([, each]) => each[0]?.step === key)
  const tasksOf = ({ skip }: Site) =>
    own
      .filter(([name]) => skip.has(name))
      .flatMap(([, each]) => each)
      .reduce<readonly Task[]>(
        (left, { part, instead }) => left.flatMap(task => (task.part === part ? (instead(task) ?? []) : [task])),
        tasks,
      )
  return {
    title,
    name: key in missed ? key : null,
    missed: missed[key] ?? null,
    details: Object.fromEntries(own.map(([name, each]) => [name, each[0]?.missed ?? 'checking'])),
    possible: site => {
      const there = new Set([...Object.keys(madeOf(site)), ...tasksOf(site).map(({ part }) => part)])
      return tasksOf(site).every(({ needs }) => needs.every(part => there.has(part)))
    },
    async take(site, hands) {
      const said: Words[] = []
      for (const task of tasksOf(site)) said.push(...(await take(task, site, hands)))
      return said
    },
  }
}

/** Does one task, remembers what it made in the site, and says what that changed. */
async function take(task: Task, site: Site, hands: Hands): Promise<readonly Words[]> {
  const command = task.command(madeOf(site))
  const id = await hands.run(command)
  if (command.do === 'apply') return [{ en: `${id} is applied`, zh: `${id} 已应用修改` }]
  if (task.part.startsWith('backend-')) site.backends.push(id)
  else Object.assign(site, { [task.part]: id })
  switch (task.part) {
    case 'subnet': {
      site.routeTable = (await hands.get('subnet', id)).routeTable!
      return [createdText(id), { en: `${site.routeTable} is its route table`, zh: `${site.routeTable} 为其路由表` }]
    }
    case 'natGateway':
      return [createdText(id), ...(await automaticRoute(site, hands))]
    case 'vpcEip':
    case 'natEip':
    case 'balancerEip': {
      const { address } = await hands.get('eip', id)
      return [{ en: `${id}: ${address} bought`, zh: `${id}：已购买 ${address}` }]
    }
    default:
      return command.do === 'add-child'
        ? [{ en: `${id}: ${task.about}`, zh: `${id}：${task.about}` }]
        : [createdText(id)]
  }
}

async function automaticRoute(site: Site, hands: Hands): Promise<readonly Words[]> {
  const table = await hands.get('route-table', partOf(madeOf(site), 'routeTable'))
  const route = table.routes.find(r => r.nextHop.type === 'nat-gateway' && r.nextHop.id === site.natGateway)
  if (!route) return []
  const text = `${route.destination} → ${site.natGateway}`
  return [{ en: `${table.id}: automatic route ${text}`, zh: `${table.id}：自动添加路由 ${text}` }]
}

/** What the steps made so far, by part. */
function madeOf({ topology: _topology, skip: _skip, backends: _backends, ...parts }: Site): Made {
  return parts
}

/** The same task, its body saying something else. */
function saying(other: object): (task: Task) => Task {
  return task => ({
    ...task,
    command(parts) {
      const command = task.command(parts)
      return command.do === 'create' ? { ...command, body: { ...(command.body as object), ...other } } : command
    },
  })
}

function createdText(id: string): Words {
  return { en: `created ${id}`, zh: `已创建 ${id}` }
}
