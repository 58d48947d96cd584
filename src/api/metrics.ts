import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { all, type Model } from '../model/model.ts'
import { factsOf } from '../model/pem.ts'
import type { Board } from './board.ts'
import { backendIds } from './view.ts'
import type { WritingProblems } from './writing-problems.ts'

/** What the server counts, and how to print it. */
export interface Metrics {
  readonly measured: (route: string, method: string, status: number, seconds: number) => void
  /** In the text format of Prometheus. */
  print(): Promise<string>
}

const backendStates = ['active', 'unavailable', 'abnormal', 'draining', 'disabled', 'unknown'] as const

/** Metrics of one server, and what keeps it from writing; what follows from the model is counted when asked for. */
export function createMetrics(model: () => Model, board: Board, writing: WritingProblems): Metrics {
  const registry = new Registry()
  const requests = new Histogram({
    name: 'causeway_request_seconds',
    help: 'How long requests took',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [],
  })
  const resources = new Gauge({
    name: 'causeway_resources',
    help: 'Resources by kind and phase',
    labelNames: ['kind', 'phase'],
    registers: [],
    collect() {
      this.reset()
      for (const resource of model().resources.values()) {
        this.inc({ kind: resource.kind, phase: board.statusOf(resource).phase })
      }
    },
  })
  const backends = new Gauge({
    name: 'causeway_backends',
    help: 'Backends of load balancers by state',
    labelNames: ['state'],
    registers: [],
    collect() {
      this.reset()
      for (const balancer of all(model(), 'load-balancer')) {
        for (const id of backendIds(balancer)) this.inc({ state: board.backend(id)?.state ?? 'unknown' })
      }
    },
  })
  const states = new Gauge({
    name: 'causeway_backend_state',
    help: 'The state of every backend: 1 for the one that it is in, 0 for the others',
    labelNames: ['load_balancer', 'listener', 'resource', 'state'],
    registers: [],
    collect() {
      this.reset()
      for (const balancer of all(model(), 'load-balancer')) {
        for (const { id: listener, backends: members } of balancer.live.listeners) {
          for (const { id } of members) {
            const now = board.backend(id)?.state ?? 'unknown'
            const labels = { load_balancer: balancer.id, listener, resource: id }
            for (const state of backendStates) this.set({ ...labels, state }, state === now ? 1 : 0)
          }
        }
      }
    },
  })
  const info = new Gauge({
    name: 'causeway_resource_info',
    help: 'What is behind the ids of other metrics, to be joined with them: always 1',
    labelNames: ['resource', 'kind', 'name', 'load_balancer', 'load_balancer_name', 'listener', 'listener_name'],
    registers: [],
    collect() {
      this.reset()
      for (const labels of infos(model())) this.set(labels, 1)
    },
  })
  const revision = new Gauge({
    name: 'causeway_revision',
    help: 'The revision of the model',
    registers: [],
    collect() {
      this.set(model().revision)
    },
  })
  const synced = new Gauge({
    name: 'causeway_agent_synced_revision',
    help: 'The revision that a machine was last brought to',
    labelNames: ['host'],
    registers: [],
    collect() {
      this.reset()
      for (const agent of board.agents()) this.set({ host: agent.host }, agent.synced)
    },
  })
  const work = new Counter({
    name: 'causeway_agent_work_total',
    help: 'Work that an agent has done since it started',
    labelNames: ['host', 'what'],
    registers: [],
    collect() {
      this.reset()
      for (const { host, counters } of board.agents()) {
        for (const [what, count] of Object.entries(counters)) this.inc({ host, what }, count)
      }
    },
  })
  const expiry = new Gauge({
    name: 'causeway_certificate_not_after_seconds',
    help: 'Until when certificates are valid, in seconds since 1970: renew them before',
    labelNames: ['id', 'name'],
    registers: [],
    collect() {
      this.reset()
      for (const { id, name, now } of all(model(), 'certificate'))
        this.set({ id, name }, Date.parse(factsOf(now.chain).notAfter) / 1000)
    },
  })
  const problems = new Gauge({
    name: 'causeway_server_problems',
    help: 'What keeps the server from writing its state or its log: /v1/status says what and where',
    registers: [],
    async collect() {
      this.set((await writing('en')).length)
    },
  })
  registry.registerMetric(requests)
  registry.registerMetric(resources)
  registry.registerMetric(backends)
  registry.registerMetric(states)
  registry.registerMetric(info)
  registry.registerMetric(revision)
  registry.registerMetric(synced)
  registry.registerMetric(work)
  registry.registerMetric(expiry)
  registry.registerMetric(problems)
  return {
    measured: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    print: () => registry.metrics(),
  }
}

/** What people call everything that is measured; what has no name goes by its address or port. */
function* infos(model: Model): Iterable<Record<string, string>> {
  for (const kind of ['vpc', 'nat-gateway', 'server'] as const)
    for (const { id, name } of all(model, kind)) yield { resource: id, kind, name }
  for (const { id, kind, name, now } of all(model, 'eip')) yield { resource: id, kind, name: name || now.address }
  for (const { id, kind, name, live } of all(model, 'load-balancer')) {
    yield { resource: id, kind, name }
    for (const listener of live.listeners) {
      const within = { load_balancer: id, load_balancer_name: name }
      const called = listener.name || String(listener.port)
      yield { resource: listener.id, kind: 'listener', name: called, ...within }
      for (const { id: resource, name: own, address, server, port } of listener.backends) {
        const backend = { resource, kind: 'backend', name: own || `${address ?? server}:${port}` }
        yield { ...backend, ...within, listener: listener.id, listener_name: called }
      }
    }
  }
}
