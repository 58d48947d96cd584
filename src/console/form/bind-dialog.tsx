import { Form, Radio } from 'antd'
import { hintText } from '../i18n/hints.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { useRefresh } from '../server/use-refresh.ts'
import { useServer } from '../server/use-server.ts'
import { feedback } from '../ui/feedback.ts'
import type { Document } from './body-of.ts'
import { FormDialog } from './form-dialog.tsx'
import { bind, holderKinds, mayHoldOneMore, type HolderKind } from './holding.ts'
import { ReferenceSelect } from './reference-select.tsx'
import './words.ts'

interface Props {
  readonly eip: Shown
  readonly onClose: () => void
}

/** 绑定: gives a public IP to a VPC, a NAT gateway, a balancer or a server that has room for it. */
export function BindDialog({ eip, onClose }: Props) {
  const words = useWords()
  const { server } = useServer()
  const refresh = useRefresh()
  const address = eip.kind === 'eip' ? eip.address : eip.id
  async function submit(values: Document) {
    await bind(server, eip.id, values['kind'] as HolderKind, String(values['holder']))
    const { message } = await feedback()
    void message.success(words.t('done.bound', { address }))
    refresh()
  }
  return (
    <FormDialog
      title={words.t('bind.title', { address })}
      submitWord={words.t('action.submit')}
      initial={{ kind: 'nat-gateway' }}
      submit={submit}
      onClose={onClose}
      note={words.t('bind.about')}
    >
      <Holder />
    </FormDialog>
  )
}

function Holder() {
  const words = useWords()
  const form = Form.useFormInstance()
  const kind = (Form.useWatch('kind', form) as HolderKind | undefined) ?? 'nat-gateway'
  const options = holderKinds.map(each => ({ value: each, label: words.kind(each) }))
  return (
    <>
      <Form.Item name="kind" label={words.t('form.target-kind')}>
        <Radio.Group options={options} onChange={() => form.resetFields(['holder'])} />
      </Form.Item>
      <Form.Item
        key={kind}
        name="holder"
        label={words.kind(kind)}
        extra={hintText('eip', kind, words.language) ?? hintText('eips', kind, words.language)}
        rules={[{ required: true, message: words.t('form.missing') }]}
      >
        <ReferenceSelect kind={kind} suits={mayHoldOneMore} required />
      </Form.Item>
    </>
  )
}
