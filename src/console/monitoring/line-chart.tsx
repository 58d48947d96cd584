import { useEffect, useMemo, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { apiLanguage, useWords, type Language } from '../i18n/language.ts'
import { valueText, type Drawing } from './charts.ts'
import { words } from './words.ts'

/** Lines differ by colour and by dash. */
const strokes = [
  { stroke: '#0b5cad', dash: [] },
  { stroke: '#c2410c', dash: [7, 4] },
  { stroke: '#15803d', dash: [2, 3] },
  { stroke: '#7e22ce', dash: [9, 3, 2, 3] },
]
const height = 190

/** One chart. Its cursor moves with those of the others; what was not heard is a gap. */
export function LineChart({ drawing }: { readonly drawing: Drawing }) {
  const { language } = useWords()
  const { key, title, unit, lines, times } = drawing
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const data = useMemo(() => [times, ...lines.map(({ values }) => values)] as UPlot.AlignedData, [times, lines])
  const labels = lines.map(({ label }) => label[language]).join('\n')
  const newest = useRef(data)
  newest.current = data

  useEffect(() => {
    const holder = place.current
    if (!holder) return
    const options = optionsOf(unit, labels.split('\n'), language, holder.clientWidth)
    const drawn = new UPlot(options, newest.current, holder)
    plot.current = drawn
    const watch = new ResizeObserver(() => drawn.setSize({ width: holder.clientWidth, height }))
    watch.observe(holder)
    return () => {
      watch.disconnect()
      drawn.destroy()
      plot.current = undefined
    }
  }, [unit, labels, language])
  useEffect(() => plot.current?.setData(data), [data])

  const summary = lines
    .map(({ label, values }) => `${label[language]} ${valueText(values.findLast(v => v !== null) ?? null, unit)}`)
    .join(', ')
  return (
    <figure className="chart" aria-labelledby={`chart-${key}`}>
      <figcaption id={`chart-${key}`}>
        <strong>{title[language]}</strong>{' '}
        <small className="faint">
          {words.latest[language]}: {summary}
        </small>
      </figcaption>
      <div ref={place} className="chart-place" />
    </figure>
  )
}

function optionsOf(unit: Drawing['unit'], labels: readonly string[], language: Language, width: number): UPlot.Options {
  return {
    width,
    height,
    cursor: { sync: { key: 'monitoring' }, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        stroke: '#475467',
        grid: { stroke: '#eef0f4' },
        space: 64,
        values: (_, splits, __, ___, step) =>
          splits.map(split => timeText(split, language, step >= 43_200 ? day : minute)),
      },
      {
        stroke: '#475467',
        grid: { stroke: '#eef0f4' },
        size: 76,
        values: (_, splits) => splits.map(split => valueText(split, unit)),
      },
    ],
    series: [
      {
        label: words.time[language],
        value: (_, time) => (time === null ? '–' : timeText(time, language, { ...day, ...minute, second: '2-digit' })),
      },
      ...labels.map((label, i) => ({
        label,
        width: 1.6,
        spanGaps: false,
        points: { size: 4 },
        ...strokes[i % strokes.length],
        value: (_: UPlot, value: number | null) => valueText(value ?? null, unit),
      })),
    ],
  }
}

const day = { month: 'numeric', day: 'numeric' } as const
const minute = { hour: '2-digit', minute: '2-digit', hour12: false } as const

function timeText(seconds: number, language: Language, form: Intl.DateTimeFormatOptions): string {
  return new Date(seconds * 1000).toLocaleString(apiLanguage(language), form)
}
