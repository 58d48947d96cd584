import { Tag } from 'antd'
import { useNavigate } from '@tanstack/react-router'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { OperationTable } from '../ui/operation-table.tsx'

/** 操作日志: who did what, when, with the generation that it left in place. */
export function OperationsPage({ resource }: { readonly resource: string | undefined }) {
  const { t } = useWords()
  const navigate = useNavigate()
  return (
    <>
      <header className="page-head">
        <h1>{t('nav.operations')}</h1>
      </header>
      {resource !== undefined && (
        <Tag closable variant="outlined" className="filter" onClose={() => void navigate({ to: paths.operations() })}>
          {t('operations.for', { id: resource })}
        </Tag>
      )}
      <OperationTable query={{ limit: '1000', ...(resource === undefined ? {} : { resource }) }} />
    </>
  )
}
