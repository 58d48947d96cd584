import type { WireOf } from '../../src/client/wire.ts'
import { clientNetns } from '../../src/demo/world.ts'
import type { Lab } from './lab.ts'
import { addressOf, newBalancer, newGateway, newGroup, newNetwork, type Network } from './network.ts'
import type { Echo } from './talk.ts'

/** An answer as curl heard it. */
export interface Heard {
  readonly status: number
  /** E.g. `1.1` or `2`. */
  readonly version: string
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** The page that the body holds; fails where it is none. */
  page(): Echo
}

/** Asks as a client of the internet does; fails with curl's words where no answer comes. */
export async function curl(lab: Lab, url: string, ...options: readonly string[]): Promise<Heard> {
  const said = await lab.run(
    clientNetns,
    'curl',
    '-sSik',
    '--noproxy',
    '*',
    '--max-time',
    '5',
    '-H',
    'X-Echo: yes',
    ...options,
    url,
  )
  const end = said.indexOf('\r\n\r\n')
  const [first = '', ...lines] = said.slice(0, end).split('\r\n')
  const body = said.slice(end + 4)
  const [, version = '', status = ''] = /^HTTP\/(\S+) (\d+)/.exec(first) ?? []
  const headers = new Map(
    lines.map(line => {
      const [name = '', ...rest] = line.split(': ')
      return [name.toLowerCase(), rest.join(': ')]
    }),
  )
  return { status: Number(status), version, headers, body, page: () => JSON.parse(body) as Echo }
}

/** A network with a way out, a balancer whose listeners a test sets, and its address. */
export interface Front {
  readonly balancer: WireOf<'load-balancer'>
  readonly address: string
  readonly network: Network
  /** Publishes these listeners, those of the same port being the same, and waits until the machine obeys. */
  listen(...listeners: readonly Readonly<Record<string, unknown>>[]): Promise<void>
}

export async function newFront(
  lab: Lab,
  rules: readonly Readonly<Record<string, unknown>>[] = [{ protocol: 'tcp' }],
): Promise<Front> {
  const securityGroup = await newGroup(lab, ...rules)
  const network = await newNetwork(lab, '10.1.0.0/24')
  await newGateway(lab, network, 1, { securityGroup, size: 'large' })
  const balancer = await newBalancer(lab, network, [], { securityGroup, listeners: [] })
  return {
    balancer,
    network,
    address: await addressOf(lab, balancer.eips[0]),
    async listen(...listeners) {
      const known = new Map(
        (await lab.client.get('load-balancer', balancer.id)).listeners.map(each => [each.port, each]),
      )
      const whole = listeners.map(listener => {
        const same = known.get(Number(listener['port']))
        if (!same) return listener
        const ids = new Map(same.backends.map(({ id, address, port }) => [`${address}:${port}`, id]))
        const backends = ((listener['backends'] ?? []) as readonly Readonly<Record<string, unknown>>[]).map(each => {
          const id = ids.get(`${String(each['address'])}:${String(each['port'])}`)
          return id === undefined ? each : { ...each, id }
        })
        return { ...listener, id: same.id, backends }
      })
      await lab.client.patch('load-balancer', balancer.id, { listeners: whole })
      await lab.client.apply('load-balancer', balancer.id)
      await lab.settled()
    },
  }
}
