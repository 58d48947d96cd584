import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import type { KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { useServer } from '../server/use-server.ts'
import { ResourceLink } from '../ui/resource-link.tsx'
import './words.ts'

/** What may be chosen: only what lies in a VPC, and what passes. */
interface Choice {
  readonly vpc?: Id | undefined
  readonly suits?: (resource: Shown) => boolean
}

interface Props extends Choice {
  readonly kind: KindName
  readonly many?: boolean
  readonly id?: string
  readonly value?: Id | readonly Id[] | null
  readonly onChange?: (value: Id | readonly Id[] | null) => void
  /** What it is for, where no label says so; also its placeholder. */
  readonly purpose?: string
  readonly required?: boolean
}

/** What can be narrowed to a VPC. */
const inVpc: readonly KindName[] = ['subnet', 'route-table', 'nat-gateway', 'server', 'nic', 'vip', 'load-balancer']

/** Chooses a resource by name or id; searches on the server, so that a thousand are no burden. */
export function ReferenceSelect({ kind, many, id, value, onChange, vpc, suits, purpose, required }: Props) {
  const { queries } = useServer()
  const words = useWords()
  const [search, setSearch] = useState('')
  const query = {
    limit: 100,
    ...(search === '' ? {} : { search }),
    ...(vpc !== undefined && inVpc.includes(kind) ? { vpc } : {}),
  }
  const { data, isFetching } = useQuery(queries.some(kind, query))
  const found = (data?.items ?? []).filter(each => suits?.(each) ?? true)
  const chosen = (Array.isArray(value) ? value : [value]).filter((each): each is Id => typeof each === 'string')
  const missing = chosen.filter(each => !found.some(resource => resource.id === each))
  return (
    <Select
      {...(id === undefined ? {} : { id })}
      {...(many ? { mode: 'multiple' as const } : {})}
      value={many ? chosen : (chosen[0] ?? null)}
      onChange={next => onChange?.(next ?? null)}
      allowClear={!required}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={isFetching}
      placeholder={purpose ?? words.t('form.choose')}
      {...(purpose === undefined ? {} : { 'aria-label': purpose })}
      options={[
        ...found.map(resource => ({ value: resource.id, label: summaryOf(resource) })),
        ...missing.map(each => ({ value: each, label: <ResourceLink kind={kind} id={each} /> })),
      ]}
    />
  )
}

/** A resource in one line, as lists of choices show it. */
function summaryOf(resource: Shown): string {
  const detail = resource.kind === 'eip' ? resource.address : resource['cidr']
  return [resource.name, detail, resource.id].filter(part => typeof part === 'string' && part !== '').join(' · ')
}
