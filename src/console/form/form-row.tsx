import { AutoComplete, Checkbox, Form, Input, Radio, Select, Switch } from 'antd'
import { useQuery } from '@tanstack/react-query'
import type { KindName } from '../../model/kinds.ts'
import { protocolsOf } from '../../model/matters.ts'
import type { Id } from '../../model/model.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { useServer } from '../server/use-server.ts'
import { complaintOf } from './body-of.ts'
import { EipChoice, type EipWish } from './eip-choice.tsx'
import type { Field } from './field-of.ts'
import { NumberInput } from './number-input.tsx'
import { ReferenceSelect } from './reference-select.tsx'
import './words.ts'

export type Path = readonly (string | number)[]

/** How some attributes are asked for, beyond what their schema says. */
export interface FormOptions {
  /** What may be chosen for an attribute. */
  readonly suits?: Readonly<Record<string, (resource: Shown) => boolean>>
  /** Attributes that take a public IP to buy, to use or to leave. */
  readonly binds?: readonly string[]
  /** What is likely to be typed into an attribute of plain text: a part of resources of a kind. */
  readonly suggests?: Readonly<Record<string, Suggestion>>
  /** Attributes that must be filled in wherever they are asked for. */
  readonly needs?: readonly string[]
  /** Two attributes of which one is given. */
  readonly either?: readonly [string, string]
  /** The attribute of a new child that several may be given of: one child is made for each. */
  readonly each?: string
}

/** What the fields of a form need to know of where they stand. */
export interface Place extends FormOptions {
  /** The kind, or the list of children, whose attributes they are: the words depend on it. */
  readonly where: string
  readonly vpc?: Id | undefined
}

/** Text to choose from, as found in the resources of a kind. */
export interface Suggestion {
  readonly kind: KindName
  readonly textsOf: (resource: Shown) => readonly string[]
}

interface Props {
  readonly field: Field
  readonly path: Path
  readonly label: string
  readonly hint?: string | undefined
  readonly place: Place
  /** What stands in it when it appears, where the form does not say. */
  readonly initial?: unknown
}

/** One labelled input, checked by the attribute's own schema when it is left. */
export function FormRow({ field: told, path, label, hint, place, initial }: Props) {
  const { language } = useWords()
  const field = place.needs?.includes(told.name) ? { ...told, required: true } : told
  const { control } = field
  const isChoice = control.type === 'choice' || control.type === 'choices'
  const values = useOffered(isChoice ? control.values : [], path, place.where)
  const offered = isChoice ? { ...field, control: { ...control, values } } : field
  const binds = place.binds?.includes(field.name) ?? false
  const rule = {
    validator(_: unknown, value: unknown) {
      const complaint = binds ? undefined : complaintOf(field, value, language)
      return complaint === undefined ? Promise.resolve() : Promise.reject(new Error(complaint))
    },
  }
  return (
    <Form.Item
      name={[...path]}
      label={label}
      required={field.required}
      extra={hint}
      {...(initial === undefined ? {} : { initialValue: initial })}
      valuePropName={field.control.type === 'switch' ? 'checked' : 'value'}
      validateTrigger="onBlur"
      rules={[rule]}
    >
      <FieldInput
        field={offered}
        isLong={isChoice && control.values.length > mostButtons}
        place={place}
        label={label}
      />
    </Form.Item>
  )
}

/** Of choices those that go with the protocol that the form says, and those that are chosen already. */
export function useOffered<Choice extends string | number>(
  choices: readonly Choice[],
  path: Path,
  where: string,
): readonly Choice[] {
  const form = Form.useFormInstance()
  const protocol: unknown = Form.useWatch('protocol', form)
  const chosen: unknown = form.getFieldValue([...path])
  return choices.filter(each => {
    const goes = protocolsOf(where, String(path.at(-1)), String(each))?.includes(String(protocol)) ?? true
    return goes || protocol === undefined || [chosen].flat().includes(each)
  })
}

/** What Form.Item hands to the input inside it. */
interface Given {
  readonly id?: string
  readonly value?: unknown
  readonly onChange?: (value: unknown) => void
  readonly onBlur?: () => void
}

/** Of more choices than these not all are in sight. */
const mostButtons = 5

interface InputProps extends Given, Pick<Props, 'field' | 'place' | 'label'> {
  /** Whether it has many choices, all of them taken together. */
  readonly isLong: boolean
}

function FieldInput({ field, isLong, place, label, ...given }: InputProps) {
  const { t, option } = useWords()
  const { name, control, required } = field
  switch (control.type) {
    case 'number':
      return <NumberInput className="wide" aria-required={required} min={control.min} max={control.max} {...given} />
    case 'switch':
      return <Switch {...(given as object)} />
    case 'choice': {
      const options = control.values.map(value => ({ value, label: option(name, value) }))
      // A radio button that was chosen can only be left for another one.
      if (field.nullable) return <Select allowClear placeholder={t('form.choose')} options={options} {...given} />
      if (isLong) return <Select options={options} {...given} />
      return <Radio.Group aria-label={label} options={options} {...given} />
    }
    case 'choices':
      return (
        <Checkbox.Group
          options={control.values.map(value => ({ value, label: option(name, value) }))}
          {...(given as object)}
        />
      )
    case 'long-text':
      return <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} spellCheck={false} {...(given as object)} />
    case 'reference': {
      const [kind = 'vpc'] = control.to
      if (place.binds?.includes(name))
        return <EipChoice many={control.many} label={label} {...(given as BindingGiven)} />
      const suits = place.suits?.[name]
      const choice = { ...(place.vpc === undefined ? {} : { vpc: place.vpc }), ...(suits ? { suits } : {}) }
      return (
        <ReferenceSelect kind={kind} many={control.many} required={required} {...choice} {...(given as ChoiceGiven)} />
      )
    }
    case 'text-or-reference':
      return <TextOrReference to={control.to} suits={place.suits?.[name]} {...given} />
    case 'texts':
      return (
        <Select
          mode="tags"
          tokenSeparators={[' ', ',', '，', '\n']}
          open={false}
          suffixIcon={null}
          {...(given as object)}
        />
      )
    default:
      const suggestion = place.suggests?.[name]
      if (suggestion) return <SuggestedText suggestion={suggestion} vpc={place.vpc} {...given} />
      if (name === 'description') return <Input.TextArea autoSize={{ minRows: 1, maxRows: 4 }} {...(given as object)} />
      return <Input autoComplete="off" aria-required={required} {...(given as object)} />
  }
}

interface BindingGiven {
  readonly id?: string
  readonly value?: EipWish | readonly EipWish[] | null
}
interface ChoiceGiven {
  readonly id?: string
  readonly value?: Id | readonly Id[] | null
}

interface SuggestedTextProps extends Given {
  readonly suggestion: Suggestion
  readonly vpc: Id | undefined
}

/** Text that is most often part of some resource: the address of a server, the name of a pool. */
function SuggestedText({ suggestion: { kind, textsOf }, vpc, ...given }: SuggestedTextProps) {
  const { queries } = useServer()
  const query = vpc !== undefined && kind === 'server' ? { limit: 100, vpc } : { limit: 100 }
  const { data } = useQuery(queries.some(kind, query))
  const options = (data?.items ?? []).flatMap(resource =>
    textsOf(resource).map(value => ({ value, label: `${value} · ${resource.name || resource.id}` })),
  )
  return <AutoComplete options={options} {...(given as object)} />
}

interface TextOrReferenceProps extends Given {
  readonly to: KindName
  readonly suits: ((resource: Shown) => boolean) | undefined
}

/** Text, with the names of resources that may stand in its place as suggestions. */
function TextOrReference({ to, suits, ...given }: TextOrReferenceProps) {
  const { t } = useWords()
  const { queries } = useServer()
  const { data } = useQuery(queries.some(to, { limit: 100 }))
  const found = (data?.items ?? []).filter(each => suits?.(each) ?? true)
  return (
    <AutoComplete
      placeholder={t('form.any')}
      options={found.map(each => ({ value: each.id, label: `${each.name} · ${each.id}` }))}
      {...(given as object)}
    />
  )
}
