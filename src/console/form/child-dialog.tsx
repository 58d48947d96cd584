import { useRef, useState } from 'react'
import type { ChildList } from '../../model/child-lists.ts'
import type { ChildPath } from '../../model/command.ts'
import { useWords } from '../i18n/language.ts'
import type { WordKey } from '../i18n/words-en.ts'
import type { ChildPage } from '../pages/kind-page.ts'
import type { Shown } from '../server/queries.ts'
import { useRefresh } from '../server/use-refresh.ts'
import { useServer } from '../server/use-server.ts'
import { feedback } from '../ui/feedback.ts'
import { changeBody, createBody, initialValues, type Document } from './body-of.ts'
import { addChildren } from './add-children.ts'
import { fieldsOf, manyOf } from './field-of.ts'
import { FormDialog } from './form-dialog.tsx'
import { FormFields } from './form-fields.tsx'
import type { Place } from './form-row.tsx'
import { vpcOf } from './vpc-of.ts'
import './words.ts'
import '../ui/child-words.ts'

/** A child as the API shows it. */
export type Child = { readonly id: string; readonly name: string } & Document

interface Props {
  readonly resource: Shown
  readonly list: ChildList
  /** Where the list is: attribute names and ids in turn. */
  readonly path: ChildPath
  readonly page: ChildPage
  /** The child to change; a new one where there is none. */
  readonly child?: Child
  readonly given?: Document
  readonly onClose: () => void
}

/** The dialog that adds a child to an aggregate's draft, or changes one. */
export function ChildDialog({ resource, list, path, page, child: newest, given = {}, onClose }: Props) {
  const words = useWords()
  const { server } = useServer()
  const refresh = useRefresh()
  const { kind, id } = resource
  // Live changes must not slip under the form: it is about what was there when it opened.
  const [child] = useState(newest)
  const revision = useRef(resource.revision)
  const members = fieldsOf(list.member, ['id', ...list.lists.map(inner => inner.attribute)])
  const { advanced = [], initial, follow, each: several, ...options } = { ...page.form, ...page.formIn?.(resource) }
  const each = child ? undefined : several
  const fields = members.map(field => (field.name === each ? manyOf(field) : field))
  const seen = (from: Document) => Object.fromEntries(fields.map(({ name }) => [name, from[name]]))
  async function submit(values: Document) {
    if (child) {
      const body = changeBody(fields, values, child, list.attribute)
      if (options.either?.some(name => name in body))
        for (const name of options.either) if (!(name in body) && !values[name]) Object.assign(body, { [name]: null })
      const ifRevision = revision.current
      if (Object.keys(body).length > 0) await server.children.patch(kind, id, [...path, child.id], body, { ifRevision })
    } else await addChildren(server, resource, path, createBody(fields, values), each)
    const { message } = await feedback()
    void message.success(words.t('done.changed'))
    refresh()
  }
  async function reread() {
    const [now, other] = await Promise.all([
      server.get(kind, id),
      child ? server.children.get(kind, id, [...path, child.id]) : {},
    ])
    revision.current = now.revision
    return { before: seen(child ?? {}), now: seen(other) }
  }
  const vpc = vpcOf(resource)
  const place: Place = {
    ...options,
    where: list.attribute,
    ...(vpc === undefined ? {} : { vpc }),
    ...(each === undefined ? {} : { each }),
  }
  const add = words.t(`child.add-${list.attribute}` as WordKey)
  const one = words.t(`child.one-${kind === 'forward-policy' ? 'forwarding' : list.attribute}` as WordKey)
  // Several kinds of rule are added by one and the same word.
  const title = add === words.t('child.add-rules') ? `${add} · ${one}` : add
  return (
    <FormDialog
      title={child ? words.t('child.edit', { name: child.name || child.id }) : title}
      submitWord={words.t('action.submit')}
      initial={child ? initialValues(fields, child) : { ...initialValues(fields), ...initial, ...given }}
      submit={submit}
      onClose={onClose}
      reread={reread}
      note={words.t('form.draft-hint')}
      follow={follow}
      where={list.attribute}
    >
      <FormFields fields={fields} place={place} advanced={advanced} />
    </FormDialog>
  )
}
