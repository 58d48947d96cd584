import { Flex, Input, Select, Tag } from 'antd'
import { useNavigate } from '@tanstack/react-router'
import { kindNames } from '../../model/kinds.ts'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { operationSearchOf } from '../search.ts'
import { OperationTable } from '../ui/operation-table.tsx'
import '../ui/operation-words.ts'

/** 操作日志: who did what, when, with the generation that it left in place. */
export function OperationsPage({ search }: { readonly search: Readonly<Record<string, unknown>> }) {
  const { t, kind } = useWords()
  const navigate = useNavigate()
  const { page, filters } = operationSearchOf(search)
  const go = (next: Readonly<Record<string, string | number | undefined>>) =>
    void navigate({ to: paths.operations({ ...filters, ...next }) })
  const some = (value: string | undefined) => (value === '' ? undefined : value)
  return (
    <>
      <header className="page-head">
        <h1>{t('nav.operations')}</h1>
      </header>
      <Flex gap={8} wrap className="toolbar">
        <Input.Search
          key={filters['author']}
          className="search"
          allowClear
          enterButton={false}
          defaultValue={filters['author']}
          placeholder={t('operations.author')}
          aria-label={t('operations.author')}
          onSearch={author => go({ author: some(author) })}
        />
        <Select
          className="state-filter"
          aria-label={t('operations.resource')}
          value={filters['kind'] ?? ''}
          onChange={value => go({ kind: some(value) })}
          options={[
            { value: '', label: t('operations.any-kind') },
            ...kindNames.map(each => ({ value: each, label: kind(each) })),
          ]}
        />
        <Select
          className="state-filter"
          aria-label={t('operations.outcome')}
          value={filters['outcome'] ?? ''}
          onChange={value => go({ outcome: some(value) })}
          options={[
            { value: '', label: t('operations.any-outcome') },
            { value: 'done', label: t('operations.done') },
            { value: 'refused', label: t('operations.was-refused') },
          ]}
        />
        {filters['resource'] !== undefined && (
          <Tag closable variant="outlined" className="filter" onClose={() => go({ resource: undefined })}>
            {t('operations.for', { id: filters['resource'] })}
          </Tag>
        )}
      </Flex>
      <OperationTable query={filters} page={page} onPage={next => go({ page: next })} />
    </>
  )
}
