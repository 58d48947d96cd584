import { Alert, Form, Modal } from 'antd'
import { useRef, useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { ApiError } from '../../client/api-error.ts'
import { differences, type Difference } from '../../model/changes.ts'
import { useWords } from '../i18n/language.ts'
import { DifferenceTable } from '../ui/difference-table.tsx'
import type { FormPage } from '../pages/kind-page.ts'
import type { Document } from './body-of.ts'
import { type Fault, placed, placeText } from './faults.ts'
import { Faults } from './form-fields.tsx'
import type { Path } from './form-row.tsx'
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
  /** Whose attributes are asked for: a kind, or a list of children. */
  readonly where?: string
  readonly note?: string | undefined
  readonly follow?: FormPage['follow']
}

/** A form in a dialog: what the server refuses is shown at its field, or above all of them; nothing that was typed is ever lost. */
export function FormDialog(props: Props) {
  const { title, submitWord, initial, submit, onClose, reread, children, where = '', note, follow } = props
  const { t, label } = useWords()
  const [form] = Form.useForm<Document>()
  const [busy, setBusy] = useState(false)
  const [rest, setRest] = useState<readonly string[]>([])
  const [faults, setFaults] = useState<readonly Path[]>([])
  const head = useRef<HTMLDivElement>(null)
  const [stale, setStale] = useState<readonly Difference[]>()
  const [typed, setTyped] = useState(false)
  async function send() {
    setBusy(true)
    show([], [])
    try {
      await submit(form.getFieldsValue())
      onClose()
    } catch (error) {
      if (error instanceof ApiError && error.status === 412 && reread) {
        const { before, now } = await reread()
        setStale([...differences(before, now)])
      } else refused(error)
    } finally {
      setBusy(false)
    }
  }
  /** What was wrong in fields before is not wrong any more. */
  function show(wrong: readonly Fault[], others: readonly string[]) {
    const names = form.getFieldsError().map(({ name }) => name)
    form.setFields(names.map(name => ({ name: name as never, errors: [] })))
    form.setFields(wrong.map(({ name, errors }) => ({ name: name as never, errors })))
    // Fields that were out of sight come into it before one of them is looked for.
    flushSync(() => {
      setRest(others)
      setFaults(wrong.map(({ name }) => name))
    })
  }
  function refused(error: unknown) {
    if (!(error instanceof ApiError)) return show([], [error instanceof Error ? error.message : String(error)])
    const names = form.getFieldsError().map(({ name }) => name)
    const { faults: wrong, rest: others } = placed(names, error.problems)
    const sentences = others.map(({ at, message }) => {
      const place = placeText(at, where, label)
      return place === '' ? message : `${place}: ${message}`
    })
    const nothing = wrong.length === 0 && sentences.length === 0
    show(wrong, nothing ? [error.message] : sentences)
    const [first] = wrong
    if (first && sentences.length === 0) form.scrollToField(first.name, { focus: true })
    else head.current?.scrollIntoView({ block: 'center' })
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
      keyboard={!typed}
    >
      <div ref={head}>
        {rest.length > 0 && (
          <Alert
            className="toolbar"
            type="error"
            showIcon
            role="alert"
            title={t('error.title')}
            description={rest.map(each => (
              <div key={each}>{each}</div>
            ))}
          />
        )}
      </div>
      <Form<Document>
        form={form}
        layout="vertical"
        initialValues={initial}
        preserve={false}
        requiredMark
        onFinish={() => void send()}
        onFinishFailed={({ errorFields }) => {
          flushSync(() => setFaults(errorFields.map(({ name }) => name)))
          form.scrollToField(errorFields[0]?.name ?? [], { focus: true })
        }}
        onValuesChange={(changed, values) => {
          setTyped(true)
          if (follow) form.setFieldsValue(follow(changed, values))
        }}
      >
        {note !== undefined && <p className="faint">{note}</p>}
        <Faults value={faults}>{children}</Faults>
      </Form>
      {stale && <StaleNotice changes={stale} />}
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
