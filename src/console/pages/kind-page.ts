import type { ComponentType } from 'react'
import type { ChildList } from '../../model/child-lists.ts'
import type { KindName } from '../../model/kinds.ts'
import type { Document } from '../form/body-of.ts'
import type { FormOptions } from '../form/form-row.tsx'
import type { WordKey } from '../i18n/words-en.ts'
import type { Shown } from '../server/queries.ts'

/** How the form of a kind, or of a list of children, differs from what its schema says. */
export interface FormPage extends FormOptions {
  /** Attributes behind 显示高级选项, in this order. */
  readonly advanced?: readonly string[]
  /** What stands in a new one before anybody types, beside the schema's defaults. */
  readonly initial?: Document
  /** What else a change of some fields brings along; nothing of what somebody chose. */
  readonly follow?: (changed: Document, values: Document) => Document
}

/** How a list of children is shown. */
export interface ChildPage {
  readonly columns: readonly string[]
  /** What is told below the first column of children that differ from what is usual. */
  readonly rare?: readonly string[] | undefined
  readonly form: FormPage
  /** What depends on the aggregate that the list is in. */
  readonly formIn?: (holder: Shown) => FormPage
  /** Shows the list in place of the table that every list has. */
  readonly Panel?: ComponentType<ChildPanelProps>
}

export interface ChildPanelProps {
  readonly resource: Shown
  readonly list: ChildList
  readonly page: ChildPage
}

/** All that the console knows of a kind beyond the kind itself. */
export interface KindPage {
  readonly kind: KindName
  readonly createWord: WordKey
  readonly form: FormPage
  readonly children: Readonly<Record<string, ChildPage>>
  /** Kinds whose resources name this one, and the attribute by which they do. */
  readonly related: readonly { readonly kind: KindName; readonly by: string }[]
}
