import type { RealWay, TracedStep, TracedWay, WirePacket } from '../../client/trace-wire.ts'
import { kindOfId, ResourceLink } from '../ui/resource-link.tsx'
import './trace.css'

interface Props {
  readonly name: string
  readonly way: TracedWay
  /** What was seen of it, beside which it is shown. */
  readonly real?: RealWay | null | undefined
  /** Tells everything: what passes where nothing would hold it back, what causes each step, and what the kernel has. */
  readonly whole?: boolean
}

/** A step of a story: `=` what was seen, too, `−` what was not, `+` what only was; nothing where nobody looked. */
interface Line {
  readonly mark: '' | '=' | '−' | '+'
  readonly step: TracedStep
}

/** What happens to a packet, by place. */
export function Way({ name, way, real, whole = false }: Props) {
  const lines = real ? comparedLines(way, real) : way.steps.map((step): Line => ({ mark: '', step }))
  const shown = lines.filter(
    ({ mark, step }) => whole || mark === '−' || mark === '+' || (step.code !== 'passes' && step.code !== 'answer'),
  )
  return (
    <>
      <strong>{name}</strong>
      <ol className="way">
        {shown.map(({ mark, step }, i) => (
          <li key={`${i} ${step.netns}`} className={classes[mark]}>
            {shown[i - 1]?.step.netns !== step.netns && <div className="place">{step.place}</div>}
            {mark !== '' && <span className="mark">{mark}</span>}
            {step.message}
            {i === 0 || packetText(step.before) !== packetText(step.after) ? (
              <code className="packet">{packetText(step.after)}</code>
            ) : null}
            {whole && <Cause step={step} />}
          </li>
        ))}
      </ol>
    </>
  )
}

const classes = { '': '', '=': 'same', '−': 'missing', '+': 'other' } as const

/** What of ours causes a step, and what the kernel has of it. */
function Cause({ step: { object, kernel } }: { readonly step: TracedStep }) {
  const owner = object?.of ?? object
  const kind = owner && kindOfId(owner.id)
  return (
    <>
      {kind && <ResourceLink kind={kind} id={owner.id} />}
      {kernel !== '' && <code className="kernel">{kernel}</code>}
    </>
  )
}

function comparedLines({ steps }: TracedWay, real: RealWay): Line[] {
  return real.pairs.flatMap(({ told, seen, same }): Line[] => {
    const [expected, found] = [told === null ? undefined : steps[told], seen === null ? undefined : real.steps[seen]]
    if (same && expected) return [{ mark: '=', step: expected }]
    return [
      ...(expected ? [{ mark: '−', step: expected } as const] : []),
      ...(found ? [{ mark: '+', step: found } as const] : []),
    ]
  })
}

function packetText({ protocol, from, to, sport, dport }: WirePacket): string {
  if (protocol === 'icmp') return `icmp ${from} → ${to}`
  return `${protocol} ${from}:${sport} → ${to}:${dport}`
}
