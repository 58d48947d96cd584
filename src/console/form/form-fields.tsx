import { Collapse, Form, Radio } from 'antd'
import { useState } from 'react'
import type { KindName } from '../../model/kinds.ts'
import { useWords } from '../i18n/language.ts'
import { kindOfId } from '../ui/resource-link.tsx'
import type { Control, Field } from './field-of.ts'
import { FormRow, type Path, type Place } from './form-row.tsx'
import { RecordsEditor } from './records-editor.tsx'

interface Props {
  readonly fields: readonly Field[]
  readonly place: Place
  readonly at?: Path
  /** Fields that wait behind 显示高级选项. */
  readonly advanced?: readonly string[]
}

/** The fields of a document, in its own order. */
export function FormFields({ fields, place, at = [], advanced = [] }: Props) {
  const { t } = useWords()
  const [first, second] = place.either ?? []
  const row = (field: Field) => {
    if (field.name === second) return null
    if (field.name !== first) return <FieldRow key={field.name} field={field} place={place} at={at} />
    const both = fields.filter(each => each.name === first || each.name === second)
    return <EitherRows key={field.name} fields={both} place={place} at={at} />
  }
  const [plain, rest] = [fields.filter(f => !advanced.includes(f.name)), fields.filter(f => advanced.includes(f.name))]
  const more = { key: 'advanced', label: t('form.advanced'), children: rest.map(row), forceRender: true }
  return (
    <>
      {plain.map(row)}
      {rest.length > 0 && <Collapse ghost className="advanced" items={[more]} />}
    </>
  )
}

interface RowProps {
  readonly field: Field
  readonly place: Place
  readonly at: Path
}

function FieldRow({ field, place, at }: RowProps) {
  const { t, label } = useWords()
  const { name, control } = field
  const path = [...at, name]
  switch (control.type) {
    case 'group':
      return (
        <fieldset className="group">
          <legend>{label(name, place.where)}</legend>
          <FormFields fields={control.fields} place={{ ...place, where: name }} at={path} />
        </fieldset>
      )
    case 'variants':
      return <VariantRows field={field} control={control} place={place} at={path} />
    case 'records':
      return <RecordsEditor label={label(name, place.where)} fields={control.fields} path={path} />
    case 'reference':
      if (control.to.length > 1) return <KindRows field={field} kinds={control.to} place={place} at={at} />
  }
  const chosen = !field.required && !field.nullable && field.initial === undefined
  const hint = place.hints?.[name] ?? (chosen ? t('form.automatic') : undefined)
  return <FormRow field={field} path={path} label={label(name, place.where)} hint={hint} place={place} />
}

/** A choice of form, and the fields of the chosen one: what kind of next hop, and which. */
function VariantRows(props: RowProps & { readonly control: Extract<Control, { type: 'variants' }> }) {
  const { field, control, place, at } = props
  const words = useWords()
  const form = Form.useFormInstance()
  const chosen: unknown = Form.useWatch([...at, control.by], form)
  const variant = control.variants.find(each => each.value === chosen)
  return (
    <>
      <Form.Item
        name={[...at, control.by]}
        label={words.label(control.by, field.name)}
        required={field.required}
        initialValue={control.variants[0]?.value}
      >
        <Radio.Group
          options={control.variants.map(({ value }) => ({ value, label: words.option(field.name, value) }))}
        />
      </Form.Item>
      {variant?.fields.map(inner => {
        const [kind] = inner.control.type === 'reference' ? inner.control.to : []
        return (
          <FormRow
            key={`${variant.value} ${inner.name}`}
            field={inner}
            path={[...at, inner.name]}
            label={kind ? words.kind(kind) : words.label(inner.name, field.name)}
            place={place}
          />
        )
      })}
    </>
  )
}

/** A reference that may name one of several kinds: first the kind, then which. */
function KindRows({ field, kinds, place, at }: RowProps & { readonly kinds: readonly KindName[] }) {
  const words = useWords()
  const form = Form.useFormInstance()
  const path = [...at, field.name]
  const value: unknown = Form.useWatch(path, form)
  const [chosen, setChosen] = useState<KindName>()
  const kind = chosen ?? (typeof value === 'string' ? kindOfId(value) : undefined) ?? kinds[0] ?? 'subnet'
  const choose = (next: KindName) => {
    setChosen(next)
    form.setFieldValue(path, undefined)
  }
  return (
    <>
      <Form.Item label={words.t('form.target-kind')} required>
        <Radio.Group
          aria-label={words.t('form.target-kind')}
          value={kind}
          onChange={event => choose(event.target.value as KindName)}
          options={kinds.map(each => ({ value: each, label: words.kind(each) }))}
        />
      </Form.Item>
      <FormRow
        key={kind}
        field={{ ...field, control: { type: 'reference', to: [kind], many: false } }}
        path={path}
        label={words.kind(kind)}
        place={place}
      />
    </>
  )
}

/** Two attributes of which one is given: a backend's address, or the server that it is. */
function EitherRows({ fields, place, at }: Omit<RowProps, 'field'> & { readonly fields: readonly Field[] }) {
  const { t, label } = useWords()
  const form = Form.useFormInstance()
  const [given] = fields.filter(({ name }) => Boolean(form.getFieldValue([...at, name])))
  const [chosen, setChosen] = useState((given ?? fields[0])?.name)
  const field = fields.find(({ name }) => name === chosen)
  return (
    <>
      <Form.Item label={t('backend.kind')} required>
        <Radio.Group
          aria-label={t('backend.kind')}
          value={chosen}
          onChange={event => setChosen(event.target.value as string)}
          options={[
            { value: 'address', label: t('backend.by-address') },
            { value: 'server', label: t('backend.by-server') },
          ]}
        />
      </Form.Item>
      {field && (
        <FormRow
          key={field.name}
          field={{ ...field, required: true, nullable: false }}
          path={[...at, field.name]}
          label={label(field.name, place.where)}
          hint={place.hints?.[field.name]}
          place={place}
        />
      )}
    </>
  )
}
