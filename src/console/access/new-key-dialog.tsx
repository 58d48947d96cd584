import { Alert, Descriptions, Form, Modal, Select, Typography } from 'antd'
import { useState } from 'react'
import type { NewAccessKey } from '../../client/access-key.ts'
import type { Role } from '../../client/wire.ts'
import { useWords, type Language } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { feedback } from '../ui/feedback.ts'
import { useAct } from '../ui/use-act.ts'
import { words } from './words.ts'

const roles = ['read-only', 'operator', 'admin'] as const satisfies readonly Role[]

interface Props {
  /** Whether everyone may do everything until this key is made: it is an administrator's then, or nobody would be one. */
  readonly opens: boolean
  readonly onClose: () => void
}

/** Asks for a role, makes the key, and shows its secret, once. */
export function NewKeyDialog({ opens, onClose }: Props) {
  const { t, language } = useWords()
  const { server } = useServer()
  const act = useAct()
  const [role, setRole] = useState<Role>(opens ? 'admin' : 'operator')
  const make = async () => {
    const made = await act(
      async () => showSecret(await server.keys.create(role), opens, language),
      words.made[language],
    )
    if (made) onClose()
  }
  return (
    <Modal
      open
      title={words.create[language]}
      okText={t('action.submit')}
      cancelText={t('action.cancel')}
      mask={{ closable: false }}
      onOk={make}
      onCancel={onClose}
    >
      {opens && <Alert type="info" showIcon title={words.closing[language]} />}
      <Form layout="vertical">
        <Form.Item label={words.role[language]} htmlFor="key-role">
          <Select<Role>
            id="key-role"
            value={role}
            disabled={opens}
            onChange={setRole}
            options={roles.map(value => ({ value, label: words[value][language] }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** Shows a secret above every page: with the first key the reader must sign in, and is sent to where one does. */
async function showSecret({ id, secret }: NewAccessKey, opens: boolean, language: Language): Promise<void> {
  const { modal } = await feedback()
  modal.success({
    title: words.made[language],
    okText: words.done[language],
    content: (
      <>
        <p>{words.once[language]}</p>
        {opens && <p>{words.signIn[language]}</p>}
        <Descriptions
          column={1}
          items={[
            { key: 'id', label: words.id[language], children: <Copied text={id} /> },
            { key: 'secret', label: words.secret[language], children: <Copied text={secret} /> },
          ]}
        />
      </>
    ),
  })
}

function Copied({ text }: { readonly text: string }) {
  return (
    <Typography.Text code copyable>
      {text}
    </Typography.Text>
  )
}
