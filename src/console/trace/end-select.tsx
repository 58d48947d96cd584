import { useQueries } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import type { KindName } from '../../model/kinds.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { useServer } from '../server/use-server.ts'
import { words } from './words.ts'

interface Props {
  readonly id: string
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
  /** Whether packets go there: then listeners and backends may be chosen, and the internet only by an address. */
  readonly isTarget: boolean
}

const endKinds: readonly KindName[] = ['server', 'load-balancer', 'eip', 'nat-gateway', 'vpc']
const isAddress = (text: string) => /^\d{1,3}(\.\d{1,3}){3}$/.test(text)

/** Chooses where packets come from or go to: by name, or an address as it is typed. */
export function EndSelect({ id, value, onChange, isTarget }: Props) {
  const { queries } = useServer()
  const { language, kind: kindWord } = useWords()
  const [search, setSearch] = useState('')
  const found = useQueries({
    queries: endKinds.map(kind => queries.some(kind, { limit: 50, ...(search === '' ? {} : { search }) })),
  })
  const groups = endKinds.map((kind, i) => ({
    label: kindWord(kind),
    options: (found[i]?.data?.items ?? []).flatMap(each => optionsOf(each, isTarget)),
  }))
  const typed = [search, value ?? ''].filter(isAddress)
  const options = [
    ...(isTarget ? [] : [{ value: 'internet', label: words.internet[language] }]),
    ...[...new Set(typed)].map(address => ({
      value: address,
      label: words.address[language].replace('{address}', address),
    })),
    ...groups.filter(group => group.options.length > 0),
  ]
  return (
    <Select
      id={id}
      value={value ?? null}
      onChange={next => onChange(next ?? undefined)}
      allowClear
      showSearch={{ filterOption: false, onSearch: text => setSearch(text.trim()) }}
      placeholder={words.choose[language]}
      options={options}
    />
  )
}

/** A resource, and of a balancer its listeners and their backends. */
function optionsOf(resource: Shown, isTarget: boolean): { readonly value: string; readonly label: string }[] {
  const own = { value: resource.id, label: summary(resource.name, addressOf(resource), resource.id) }
  if (!isTarget || resource.kind !== 'load-balancer') return [own]
  const listeners = resource.listeners.flatMap(listener => {
    const name = `${resource.name || resource.id} › ${listener.name || listener.port}`
    return [
      { value: listener.id, label: summary(name, String(listener.port), listener.id) },
      ...listener.backends.map(({ id, name: given, address, server, port }) => ({
        value: id,
        label: summary(`${name} › ${given || (address ?? server)}`, String(port), id),
      })),
    ]
  })
  return [own, ...listeners]
}

function addressOf(resource: Shown): string {
  const address = resource['address']
  return typeof address === 'string' ? address : ''
}

function summary(...parts: readonly string[]): string {
  return parts.filter(Boolean).join(' · ')
}
