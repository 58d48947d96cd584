import { Select } from 'antd'
import { useState } from 'react'
import type { WireOf } from '../../client/wire.ts'
import type { Id } from '../../model/model.ts'
import { useWords, type Language } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { MetricsPanel } from './metrics-panel.tsx'
import { words } from './words.ts'

const none: readonly Id[] = []

/** What was measured of a resource; of a balancer, also of its listeners and backends. */
export function ResourceMetrics({ resource }: { readonly resource: Shown }) {
  const { language } = useWords()
  const [part, setPart] = useState<Id>(resource.id)
  const parts = resource.kind === 'load-balancer' ? partsOf(resource, language) : []
  const listeners = resource.kind === 'load-balancer' ? resource.listeners.map(({ id }) => id) : none
  const shown = parts.some(({ value }) => value === part) ? part : resource.id
  return (
    <>
      {parts.length > 0 && (
        <Select
          aria-label={words.part[language]}
          className="metrics-part"
          showSearch={{ optionFilterProp: 'label' }}
          value={shown}
          onChange={setPart}
          options={parts}
        />
      )}
      <MetricsPanel key={shown} id={shown} parts={shown === resource.id ? listeners : none} />
    </>
  )
}

function partsOf({ id, listeners }: WireOf<'load-balancer'>, language: Language) {
  return [
    { value: id, label: words.whole[language] },
    ...listeners.flatMap(({ id: listener, name, protocol, port, backends }) => [
      { value: listener, label: `${words.listener[language]} ${name} ${protocol.toUpperCase()} ${port}` },
      ...backends.map(backend => {
        const text = [backend.name, `${backend.address ?? backend.server}:${backend.port}`].filter(Boolean).join(' ')
        return { value: backend.id, label: `${words.backend[language]} ${text}` }
      }),
    ]),
  ]
}
