import { Alert, Form, Modal, type FormInstance } from 'antd'
import { useState, type ReactNode } from 'react'
import { ApiError } from '../../client/api-error.ts'
import type { WireProblem } from '../../client/wire.ts'
import { differences, type Difference } from '../../model/changes.ts'
import { useWords } from '../i18n/language.ts'
import { DifferenceTable } from '../ui/difference-table.tsx'
import type { FormPage } from '../pages/kind-page.ts'
import { fieldPath, type Document } from './body-of.ts'
import './words.ts'

interface Props {
  readonly title: string
  readonly submitWord: string
  readonly initial: Document
  readonly submit: (values: Document) => Promise<void>
  readonly onClose: () => void
  /** When somebody else was faster: what the form began with and what is there now, which the next submit is laid over. */
  readonly reread?: () => Promise<{ readonly before: Document; readonly now: Document }>
  readonly children: ReactNode
  readonly note?: string | undefined
  readonly follow?: FormPage['follow']
}

/** A form in a dialog: what the server refuses is shown at its field, and nothing that was typed is ever lost. */
export function FormDialog({ title, submitWord, initial, submit, onClose, reread, children, note, follow }: Props) {
  const { t } = useWords()
  const [form] = Form.useForm<Document>()
  const [busy, setBusy] = useState(false)
  const [rest, setRest] = useState<readonly string[]>([])
  const [stale, setStale] = useState<readonly Difference[]>()
  async function send() {
    setBusy(true)
    setRest([])
    try {
      await submit(form.getFieldsValue())
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.status === 412 && reread) {
        const { before, now } = await reread()
        setStale([...differences(before, now)])
      } else setRest(showProblems(form, error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      open
      title={title}
      width={640}
      okText={stale ? t('form.stale-submit') : submitWord}
      cancelText={t('action.cancel')}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onClose}
      mask={{ closable: false }}
    >
      <Form<Document>
        form={form}
        layout="vertical"
        initialValues={initial}
        preserve={false}
        requiredMark
        scrollToFirstError={{ focus: true }}
        onFinish={() => void send()}
        onValuesChange={(changed, values) => follow && form.setFieldsValue(follow(changed, values))}
      >
        {note !== undefined && <p className="faint">{note}</p>}
        {children}
      </Form>
      {stale && <StaleNotice changes={stale} />}
      {rest.length > 0 && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t('error.title')}
          description={rest.map(each => (
            <div key={each}>{each}</div>
          ))}
        />
      )}
    </Modal>
  )
}

function StaleNotice({ changes }: { readonly changes: readonly Difference[] }) {
  const { t } = useWords()
  const seen = changes.length > 0
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      title={t('form.stale')}
      description={
        <>
          <p>{seen ? t('form.stale-about') : t('form.stale-elsewhere')}</p>
          {seen && <DifferenceTable changes={changes} old={t('form.stale-before')} next={t('form.stale-now')} />}
        </>
      }
    />
  )
}

/** Puts every problem at the field that it is about, and returns those that are about none. */
function showProblems(form: FormInstance<Document>, error: unknown): readonly string[] {
  if (!(error instanceof ApiError)) return [error instanceof Error ? error.message : String(error)]
  const names = form.getFieldsError().map(({ name }) => name)
  const placed = error.problems.map(problem => ({ problem, name: fieldOf(names, fieldPath(problem.at)) }))
  const byField = Map.groupBy(
    placed.filter(({ name }) => name !== undefined),
    ({ name }) => JSON.stringify(name),
  )
  form.setFields(
    [...byField.values()].flatMap(group => {
      const [first] = group
      return first?.name ? [{ name: first.name as never, errors: group.map(({ problem }) => problem.message) }] : []
    }),
  )
  const [first] = placed.filter(({ name }) => name !== undefined)
  if (first?.name) form.scrollToField(first.name, { focus: true })
  return placed.filter(({ name }) => name === undefined).map(({ problem }) => sentenceOf(problem))
}

/** The field with the longest name that a place begins with. */
function fieldOf<Name extends readonly (string | number)[]>(
  names: readonly Name[],
  path: readonly (string | number)[],
): Name | undefined {
  const fits = names.filter(name => name.length > 0 && name.every((part, i) => String(part) === String(path[i])))
  return fits.toSorted((a, b) => b.length - a.length)[0]
}

function sentenceOf({ at, message }: WireProblem): string {
  return at === '' ? message : `${at}: ${message}`
}
