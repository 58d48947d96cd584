import { Form } from 'antd'
import { useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { isStaged, type KindName } from '../../model/kinds.ts'
import { labels } from '../../model/edit/body.ts'
import { useWords } from '../i18n/language.ts'
import { kindPages } from '../pages/kind-pages.ts'
import type { Shown } from '../server/queries.ts'
import { useRefresh } from '../server/use-refresh.ts'
import { useServer } from '../server/use-server.ts'
import { feedback } from '../ui/feedback.ts'
import { changeBody, createBody, initialValues, type Document } from './body-of.ts'
import { fieldsOf, kindFields, type Field } from './field-of.ts'
import { FormDialog } from './form-dialog.tsx'
import { FormFields } from './form-fields.tsx'
import { InitialSubnets } from './initial-subnets.tsx'
import { vpcOf } from './vpc-of.ts'
import './words.ts'

const [nameField, ...aboutFields] = fieldsOf(labels)
const idField: Field = {
  name: 'id',
  control: { type: 'text' },
  schema: labels.shape.name,
  initial: undefined,
  nullable: false,
  required: true,
}

/** The dialog that makes a resource. */
export function CreateDialog({
  kind,
  onClose,
  given = {},
}: {
  readonly kind: KindName
  readonly onClose: () => void
  readonly given?: Document
}) {
  const words = useWords()
  const { server } = useServer()
  const refresh = useRefresh()
  const { form, createWord } = kindPages[kind]
  const fields = [...(kind === 'zone' ? [idField] : []), ...(nameField ? [nameField] : []), ...kindFields(kind, false)]
  const all = [...fields, ...aboutFields]
  async function submit(values: Document) {
    const subnets = values['subnets']
    const body = { ...createBody(all, values), ...(kind === 'vpc' && subnets ? { subnets } : {}) }
    const made = (await server.create(kind, body)) as Shown
    const { message } = await feedback()
    void message.success(words.t('done.created', { name: made.name || made.id }))
    for (const warning of made.warnings ?? []) void message.warning(warning.message, 8)
    refresh()
  }
  const title =
    createWord === 'list.create' ? words.t('form.new-name', { kind: words.kind(kind) }) : words.t(createWord)
  return (
    <FormDialog
      title={title}
      submitWord={words.t('action.create-now')}
      initial={{ ...initialValues(all), ...form.initial, ...given }}
      submit={submit}
      onClose={onClose}
      where={kind}
    >
      <KindFields kind={kind} fields={fields} />
      {kind === 'vpc' && <InitialSubnets />}
      <FormFields fields={aboutFields} place={{ where: '' }} />
    </FormDialog>
  )
}

/** The dialog that changes a resource's attributes; those that were fixed by its creation are not in it. */
export function EditDialog({ resource: newest, onClose }: { readonly resource: Shown; readonly onClose: () => void }) {
  const words = useWords()
  const { server } = useServer()
  const queries = useQueryClient()
  const refresh = useRefresh()
  // Live changes must not slip under the form: it is about what was there when it opened.
  const [resource] = useState(newest)
  const revision = useRef(resource.revision)
  const { kind, id } = resource
  const all = [...(nameField ? [nameField] : []), ...kindFields(kind, true), ...aboutFields]
  const seen = (from: Shown) => Object.fromEntries(all.map(({ name }) => [name, from[name]]))
  async function submit(values: Document) {
    const body = changeBody(all, values, resource, kind)
    if (Object.keys(body).length > 0) await server.patch(kind, id, body, { ifRevision: revision.current })
    const { message } = await feedback()
    void message.success(words.t('done.changed'))
    await queries.invalidateQueries({ queryKey: ['name', kind, id] })
    refresh()
  }
  async function reread() {
    const now = (await server.get(kind, id)) as Shown
    revision.current = now.revision
    return { before: seen(resource), now: seen(now) }
  }
  return (
    <FormDialog
      title={words.t('form.edit-title', { name: resource.name || id })}
      submitWord={words.t('action.submit')}
      initial={initialValues(all, resource)}
      submit={submit}
      onClose={onClose}
      reread={reread}
      where={kind}
      note={isStaged(kind) ? words.t('form.draft-hint') : undefined}
    >
      <KindFields kind={kind} fields={all.filter(field => !aboutFields.includes(field))} vpc={vpcOf(resource)} />
      <FormFields fields={aboutFields} place={{ where: '' }} />
    </FormDialog>
  )
}

interface KindFieldsProps {
  readonly kind: KindName
  readonly fields: readonly Field[]
  readonly vpc?: string | undefined
}

/** The fields of a kind; what they offer depends on the VPC that is chosen among them. */
function KindFields({ kind, fields, vpc }: KindFieldsProps) {
  const chosen: unknown = Form.useWatch('vpc')
  const { advanced = [], initial: _, ...options } = kindPages[kind].form
  const place = { ...options, where: kind, vpc: typeof chosen === 'string' ? chosen : vpc }
  return <FormFields fields={fields} place={place} advanced={advanced} />
}
