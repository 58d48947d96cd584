import { Link } from '@tanstack/react-router'
import { Breadcrumb } from 'antd'
import type { ReactNode } from 'react'
import type { KindName } from '../../model/kinds.ts'
import { useWords } from '../i18n/language.ts'
import { paths } from '../paths.ts'
import { sectionOf } from './sections.ts'

interface Props {
  readonly kind: KindName
  readonly about?: string
  /** The one that is looked at; the list when left out. */
  readonly title?: ReactNode
  readonly extra?: ReactNode
}

/** Where one is, as the menu says it, and what this page is about. */
export function PageHead({ kind, about, title, extra }: Props) {
  const words = useWords()
  const section = sectionOf(kind)
  return (
    <header className="page-head">
      <Breadcrumb
        items={[
          { title: words.t('nav.products') },
          ...(section ? [{ title: words.t(section) }] : []),
          { title: title === undefined ? words.kind(kind) : <Link to={paths.list(kind)}>{words.kind(kind)}</Link> },
        ]}
      />
      <div className="page-title">
        <h1>{title ?? words.kind(kind)}</h1>
        {extra}
      </div>
      {about !== undefined && <p className="faint">{about}</p>}
    </header>
  )
}
