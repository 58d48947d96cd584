import { Tooltip } from 'antd'
import { lengthText } from '../../client/length.ts'
import { reasonText } from '../../client/reason.ts'
import type { Span } from '../../client/spans.ts'
import { useWords } from '../i18n/language.ts'
import './words.ts'

/** Never by colour alone: what serves less stands lower. */
const heights: Readonly<Record<NonNullable<Span['state']> | 'unknown', number>> = {
  active: 100,
  abnormal: 66,
  unavailable: 33,
  draining: 20,
  disabled: 12,
  unknown: 4,
}
/** However short, an outage is seen. */
const leastPercent = 0.35

/** A window of time as spans, oldest left. */
export function HealthStrip({ spans }: { readonly spans: readonly Span[] }) {
  const { t, option, when, language } = useWords()
  const [from, to] = [spans[0]?.from ?? 0, spans.at(-1)?.to ?? 0]
  const name = ({ state }: Span) => (state === null ? t('health.unknown') : option('state', state))
  const words = (span: Span) =>
    [
      name(span),
      reasonText(span.reason, language),
      `${when(new Date(span.from).toISOString())} – ${when(new Date(span.to).toISOString())}`,
      lengthText(span.to - span.from, language),
    ]
      .filter(Boolean)
      .join(' · ')
  const shown = [...new Set(spans.map(span => span.state ?? 'unknown'))]
  return (
    <figure className="health-strip">
      <ol aria-label={t('health.strip')}>
        {spans.map(span => (
          <Tooltip key={span.from} title={words(span)}>
            <li
              style={{ flexGrow: (span.to - span.from) / (to - from), minWidth: `${leastPercent}%` }}
              aria-label={words(span)}
            >
              <i
                className={`health-${span.state ?? 'unknown'}`}
                style={{ height: `${heights[span.state ?? 'unknown']}%` }}
              />
            </li>
          </Tooltip>
        ))}
      </ol>
      <figcaption className="faint">
        <span>{when(new Date(from).toISOString())}</span>
        <span className="health-legend">
          {shown.map(state => (
            <span key={state}>
              <i className={`health-${state}`} />
              {state === 'unknown' ? t('health.unknown') : option('state', state)}
            </span>
          ))}
        </span>
        <span>{t('health.now')}</span>
      </figcaption>
    </figure>
  )
}
