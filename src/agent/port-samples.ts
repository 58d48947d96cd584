import type { Sample } from '../client/wire.ts'
import type { Host } from '../dataplane/host.ts'
import type { Measure } from '../dataplane/measure.ts'
import type { Translations } from '../dataplane/translations.ts'
import { eipsAt, type Id, type Model } from '../model/model.ts'

interface PortReading {
  readonly id: Id
  readonly thing: string
  readonly values: Sample
}

/** Samples how full the ports of public addresses are. */
interface PortSampler {
  take(
    host: Host,
    translating: ReadonlyMap<string, Id>,
    measures: readonly Measure[],
    model: Model,
  ): Promise<readonly PortReading[]>
}

/** With fewer connections no address can be short of ports for long, and nothing is looked at. */
const fewConnections = 500
/** To look at all flows takes so small a part of the time at most: of a namespace with very many, every minute or so. */
const share = 1 / 200

/** A sampler that looks at flows only where there are many; in between it says what it saw last. */
export function portSampler(now: () => number): PortSampler {
  let known = new Map<string, { readonly seen: Translations; readonly until: number }>()
  return {
    async take(host, translating, measures, model) {
      const busy = measures.filter(
        ({ kind, netns, values }) =>
          kind === 'flows' && translating.has(netns) && (values['connections'] ?? 0) >= fewConnections,
      )
      const next: typeof known = new Map()
      for (const { netns } of busy) {
        const before = known.get(netns)
        if (before && before.until > now()) {
          next.set(netns, before)
          continue
        }
        const started = performance.now()
        const seen = await host.translations?.(netns, 0)
        if (seen) next.set(netns, { seen, until: now() + (performance.now() - started) / share })
      }
      known = next
      return [...next].flatMap(([netns, { seen }]) => readingsOf(translating.get(netns) ?? '', netns, seen, model))
    },
  }
}

/** The fullest of an appliance's addresses stands for it. */
function readingsOf(id: Id, netns: string, { addresses }: Translations, model: Model): readonly PortReading[] {
  const reading = (of: Id, name: string, snatPorts: number) => ({
    id: of,
    thing: `ports ${netns} ${name}`,
    values: { snatPorts },
  })
  const most = addresses.reduce((max, each) => Math.max(max, each.most), 0)
  const own = addresses.flatMap(({ address, most: ports }) => {
    const [eip] = eipsAt(model, address)
    return eip === undefined ? [] : [reading(eip, address, ports)]
  })
  return [reading(id, '', most), ...own]
}
