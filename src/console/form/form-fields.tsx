import { Collapse, Form, Radio, Switch } from 'antd'
import { createContext, useContext, useState } from 'react'
import type { KindName } from '../../model/kinds.ts'
import { conditionOf, isMet } from '../../model/matters.ts'
import { hintText } from '../i18n/hints.ts'
import { useWords } from '../i18n/language.ts'
import { kindOfId } from '../ui/resource-link.tsx'
import { initialValues } from './body-of.ts'
import type { Control, Field } from './field-of.ts'
import { FormRow, type Path, type Place, useOffered } from './form-row.tsx'
import { RecordsEditor } from './records-editor.tsx'
import './words.ts'

/** The names of the fields in which something is wrong. */
export const Faults = createContext<readonly Path[]>([])

interface Props {
  readonly fields: readonly Field[]
  readonly place: Place
  readonly at?: Path
  /** Fields that wait behind 显示高级选项, in this order. */
  readonly advanced?: readonly string[]
}

/** The fields of a document, in its own order. */
export function FormFields({ fields, place, at = [], advanced = [] }: Props) {
  const { t } = useWords()
  const [first, second] = place.either ?? []
  const row = (field: Field) => {
    if (field.name === second) return null
    if (field.name !== first) return <MaybeRow key={field.name} field={field} place={place} at={at} />
    const both = fields.filter(each => each.name === first || each.name === second)
    return <EitherRows key={field.name} fields={both} place={place} at={at} />
  }
  const plain = fields.filter(({ name }) => !advanced.includes(name))
  const rest = advanced.flatMap(name => fields.find(field => field.name === name) ?? [])
  const more = { key: 'advanced', label: t('form.advanced'), children: rest.map(row), forceRender: true }
  const [open, setOpen] = useState(false)
  // What is wrong is never behind a lid.
  const faulty = useContext(Faults).some(path => advanced.includes(String(path[at.length])))
  if (faulty && !open) setOpen(true)
  return (
    <>
      {plain.map(row)}
      {rest.length > 0 && (
        <Collapse
          ghost
          className="advanced"
          items={[more]}
          activeKey={open ? ['advanced'] : []}
          onChange={keys => setOpen(keys.length > 0)}
        />
      )}
    </>
  )
}

interface RowProps {
  readonly field: Field
  readonly place: Place
  readonly at: Path
}

/** A field that is asked for only while another one has some value. */
function MaybeRow({ field, place, at }: RowProps) {
  const form = Form.useFormInstance()
  const condition = conditionOf(place.where, field.name)
  const other: unknown = Form.useWatch([...at, condition?.while ?? field.name], form)
  if (condition && !isMet(condition, { [condition.while]: other })) return null
  return <FieldRow field={field} place={place} at={at} />
}

function FieldRow({ field, place, at }: RowProps) {
  const { t, label, language } = useWords()
  const { name, control } = field
  const path = [...at, name]
  switch (control.type) {
    case 'group':
      if (field.nullable) return <OwnGroup field={field} control={control} place={place} at={path} />
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
      if (control.to.length > 1) return <KindRows field={field} control={control} place={place} at={at} />
  }
  const chosen = !field.required && !field.nullable && field.initial === undefined
  const hint = hintText(name, place.where, language, place.each === name) ?? (chosen ? t('form.automatic') : undefined)
  return <FormRow field={field} path={path} label={label(name, place.where)} hint={hint} place={place} />
}

/** An object that may be left out, e.g. the check of a policy: asked for only by those who want one of its own. */
function OwnGroup(props: RowProps & { readonly control: Extract<Control, { type: 'group' }> }) {
  const { field, control, place, at } = props
  const { t, label } = useWords()
  const form = Form.useFormInstance()
  const [own, setOwn] = useState(form.getFieldValue([...at]) != null)
  const name = label(field.name, place.where)
  const choose = (next: boolean) => {
    setOwn(next)
    form.setFieldValue([...at], next ? initialValues(control.fields) : undefined)
  }
  return (
    <fieldset className="group">
      <legend>{name}</legend>
      <Switch aria-label={name} checked={own} onChange={choose} />{' '}
      {t(field.name === 'check' ? 'form.own' : 'form.with')}
      {own && <FormFields fields={control.fields} place={{ ...place, where: field.name }} at={at} />}
    </fieldset>
  )
}

/** A choice of form, and the fields of the chosen one: what kind of next hop, and which. */
function VariantRows(props: RowProps & { readonly control: Extract<Control, { type: 'variants' }> }) {
  const { field, control, place, at } = props
  const words = useWords()
  const form = Form.useFormInstance()
  const chosen: unknown = Form.useWatch([...at, control.by], form)
  const variant = control.variants.find(each => each.value === chosen)
  const values = useOffered(
    control.variants.map(({ value }) => value),
    [...at, control.by],
    field.name,
  )
  return (
    <>
      <Form.Item
        name={[...at, control.by]}
        label={words.label(control.by, field.name)}
        required={field.required}
        initialValue={control.variants[0]?.value}
      >
        <Radio.Group
          aria-label={words.label(control.by, field.name)}
          options={values.map(value => ({ value, label: words.option(field.name, value) }))}
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
            hint={hintText(inner.name, field.name, words.language)}
            initial={inner.initial}
            place={place}
          />
        )
      })}
    </>
  )
}

/** A reference that may name one of several kinds: first the kind, then which. */
function KindRows(props: RowProps & { readonly control: Extract<Control, { type: 'reference' }> }) {
  const { field, control, place, at } = props
  const kinds = control.to
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
        field={{ ...field, control: { ...control, to: [kind] } }}
        path={path}
        label={words.kind(kind)}
        hint={hintText(field.name, place.where, words.language, place.each === field.name)}
        place={place}
      />
    </>
  )
}

/** Two attributes of which one is given: a backend's address, or the server that it is. */
function EitherRows({ fields, place, at }: Omit<RowProps, 'field'> & { readonly fields: readonly Field[] }) {
  const { t, label, language } = useWords()
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
          hint={hintText(field.name, place.where, language)}
          place={place}
        />
      )}
    </>
  )
}
