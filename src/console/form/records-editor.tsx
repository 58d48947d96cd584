import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Card, Form } from 'antd'
import { hintText } from '../i18n/hints.ts'
import { useWords } from '../i18n/language.ts'
import type { Field } from './field-of.ts'
import { FormRow, type Path, type Place } from './form-row.tsx'
import './words.ts'

interface Props {
  readonly label: string
  readonly fields: readonly Field[]
  readonly path: Path
  readonly place?: Place
  readonly add?: string
  readonly most?: number
  /** What a new entry begins with. */
  readonly fresh?: (index: number) => Readonly<Record<string, unknown>>
}

/** A list of small documents inside a form: address pools, initial private networks. */
export function RecordsEditor(props: Props) {
  const {
    label,
    fields,
    path,
    place = { where: String(path.at(-1)) },
    add,
    most = Infinity,
    fresh = () => ({}),
  } = props
  const words = useWords()
  return (
    <Form.List name={[...path]}>
      {(entries, { add: append, remove }) => (
        <fieldset className="group">
          <legend>{label}</legend>
          {entries.map(({ key, name }) => (
            <Card
              key={key}
              size="small"
              title={`${label} ${name + 1}`}
              extra={
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={`${words.t('form.remove')} ${label} ${name + 1}`}
                  onClick={() => remove(name)}
                />
              }
            >
              {fields.map(field => (
                <FormRow
                  key={field.name}
                  field={field}
                  path={[name, field.name]}
                  label={words.label(field.name, place.where)}
                  hint={hintText(field.name, place.where, words.language)}
                  place={place}
                />
              ))}
            </Card>
          ))}
          {entries.length < most && (
            <Button type="dashed" block icon={<PlusOutlined />} onClick={() => append(fresh(entries.length))}>
              {add ?? words.t('form.add-pool')}
            </Button>
          )}
        </fieldset>
      )}
    </Form.List>
  )
}
