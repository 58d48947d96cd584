import { Flex, Radio, Select } from 'antd'
import { useState } from 'react'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { NumberInput } from './number-input.tsx'
import { ReferenceSelect } from './reference-select.tsx'

/** An EIP that is bought together with what holds it; the server takes it in place of an id. */
export interface Purchase {
  /** What stands in the box; the usual one where nothing does. */
  readonly bandwidthMbps: unknown
  readonly billing: string
}

export type EipWish = Id | Purchase

interface Props {
  readonly id?: string
  readonly many: boolean
  readonly label: string
  readonly value?: EipWish | readonly EipWish[] | null
  readonly onChange?: (value: EipWish | readonly EipWish[] | null) => void
}

type Mode = 'buy' | 'use' | 'later'

const newOne: Purchase = { bandwidthMbps: 10, billing: 'bandwidth' }

/** 购买并绑定, 使用已有 or 暂不绑定: a public IP for what is being made. What is held already stays when one is bought. */
export function EipChoice({ id, many, label, value, onChange }: Props) {
  const words = useWords()
  const wishes = (Array.isArray(value) ? value : [value]) as readonly (EipWish | null | undefined)[]
  const ids = wishes.filter((each): each is Id => typeof each === 'string')
  const purchase = wishes.find((each): each is Purchase => typeof each === 'object' && each !== null)
  const [held] = useState(ids)
  const [mode, setMode] = useState<Mode>(purchase ? 'buy' : ids.length > 0 ? 'use' : 'later')
  const say = (next: readonly EipWish[]) => onChange?.(many ? next : (next[0] ?? null))
  const choose = (next: Mode) => {
    setMode(next)
    if (next === 'buy') say(many ? [...held, newOne] : [newOne])
    else say(next === 'use' ? held : [])
  }
  const change = (next: Partial<Purchase>) => say([...(many ? ids : []), { ...(purchase ?? newOne), ...next }])
  const suits = (eip: Shown) => eip.kind === 'eip' && (eip.state === 'available' || held.includes(eip.id))
  return (
    <Flex vertical gap={8}>
      <Radio.Group
        aria-label={label}
        {...(id === undefined ? {} : { id })}
        value={mode}
        onChange={event => choose(event.target.value as Mode)}
      >
        <Radio value="buy">{words.t('eip.buy')}</Radio>
        <Radio value="use">{words.t('eip.use')}</Radio>
        <Radio value="later">{words.t('eip.later')}</Radio>
      </Radio.Group>
      {mode === 'buy' && (
        <Flex gap={8} wrap>
          <Select
            aria-label={words.label('billing')}
            value={purchase?.billing ?? newOne.billing}
            onChange={billing => change({ billing })}
            options={['bandwidth', 'traffic'].map(each => ({ value: each, label: words.option('billing', each) }))}
          />
          <NumberInput
            aria-label={words.label('bandwidthMbps')}
            min={1}
            max={1000}
            suffix="Mbps"
            value={(purchase ?? newOne).bandwidthMbps}
            onChange={next => change({ bandwidthMbps: next ?? undefined })}
          />
        </Flex>
      )}
      {mode === 'use' && (
        <ReferenceSelect
          kind="eip"
          id={`${id ?? 'eip'}-existing`}
          many={many}
          value={many ? ids : (ids[0] ?? null)}
          onChange={next => say(Array.isArray(next) ? (next as Id[]) : next === null ? [] : [next as Id])}
          suits={suits}
          purpose={words.t('eip.choose')}
        />
      )}
    </Flex>
  )
}
