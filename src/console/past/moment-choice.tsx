import { Button, Flex, Input, Slider } from 'antd'
import type { Moments } from '../../client/past-wire.ts'
import { useWords } from '../i18n/language.ts'
import { filled, words } from './words.ts'

const hourMs = 3_600_000
/** More changes than these are no longer marked one by one. */
const mostMarks = 120
const shortcuts = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs } as const

interface Props {
  readonly moments: Moments
  readonly from: string
  /** Undefined is now. */
  readonly to: string | undefined
  readonly onChoose: (from: string, to: string | undefined) => void
}

/** Two moments, by hand or from change to change. */
export function MomentChoice({ moments, from, to, onChoose }: Props) {
  const { language, when } = useWords()
  const times = moments.items.map(({ at }) => at).reverse()
  const last = times.length - 1
  const placeOf = (at: string | undefined) =>
    at === undefined
      ? last
      : Math.max(
          0,
          times.findLastIndex(time => time <= at),
        )
  const ago = (ms: number) => new Date(Math.max(Date.now() - ms, Date.parse(moments.oldest))).toISOString()
  const choose = ([first = 0, second = last]: readonly number[]) =>
    onChoose(times[first] ?? from, second === last ? undefined : times[second])
  return (
    <section className="past-choice">
      <Flex gap={12} wrap align="end">
        <MomentInput name={words.from[language]} at={from} onChange={at => onChoose(at, to)} />
        <MomentInput name={words.to[language]} at={to} onChange={at => onChoose(from, at)} />
        <Button disabled={to === undefined} onClick={() => onChoose(from, undefined)}>
          {words.now[language]}
        </Button>
        {(['hour', 'day', 'week'] as const).map(name => (
          <Button key={name} type="text" onClick={() => onChoose(ago(shortcuts[name]), undefined)}>
            {words[name][language]}
          </Button>
        ))}
      </Flex>
      {last > 0 && (
        <Slider
          range
          dots={last <= mostMarks}
          min={0}
          max={last}
          value={[placeOf(from), placeOf(to)]}
          ariaLabelForHandle={[words.from[language], words.to[language]]}
          ariaValueTextFormatterForHandle={[value => timeText(value), value => timeText(value)]}
          tooltip={{ formatter: value => timeText(value ?? 0) }}
          onChange={choose}
        />
      )}
      <p className="faint">{filled(words.kept[language], { at: when(moments.oldest), count: moments.items.length })}</p>
    </section>
  )

  function timeText(place: number): string {
    return place === last && to === undefined ? words.now[language] : when(times[place] ?? from)
  }
}

interface InputProps {
  readonly name: string
  readonly at: string | undefined
  readonly onChange: (at: string) => void
}

function MomentInput({ name, at, onChange }: InputProps) {
  return (
    <label className="past-moment">
      <span>{name}</span>
      <Input
        type="datetime-local"
        step={1}
        value={at === undefined ? '' : localText(at)}
        onChange={({ target: { value } }) => {
          const time = Date.parse(value)
          if (!Number.isNaN(time)) onChange(new Date(time).toISOString())
        }}
      />
    </label>
  )
}

/** A moment as the input of a browser has it: in the reader's own time, without a zone. */
function localText(at: string): string {
  const time = new Date(at)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
