import { Alert, Descriptions, Form, Modal, Select, Typography } from 'antd'
import { useState } from 'react'
import type { NewAccessKey } from '../../client/access-key.ts'
import type { Role } from '../../client/wire.ts'
import { useWords } from '../i18n/language.ts'
import { useServer } from '../server/use-server.ts'
import { useAct } from '../ui/use-act.ts'
import { words } from './words.ts'

const roles = ['read-only', 'operator', 'admin'] as const satisfies readonly Role[]

interface Props {
  /** Whether there is none yet: then the door, which stands open, closes. */
  readonly first: boolean
  readonly onClose: () => void
}

/** Asks for a role, makes the key, and shows its secret, once. */
export function NewKeyDialog({ first, onClose }: Props) {
  const { t, language } = useWords()
  const { server } = useServer()
  const act = useAct()
  const [role, setRole] = useState<Role>('operator')
  const [made, setMade] = useState<NewAccessKey>()
  const make = () => act(async () => setMade(await server.keys.create(role)), words.made[language])
  return (
    <Modal
      open
      title={words.create[language]}
      okText={made ? words.done[language] : t('action.submit')}
      cancelText={t('action.cancel')}
      cancelButtonProps={{ hidden: made !== undefined }}
      closable={made === undefined}
      mask={{ closable: false }}
      onOk={made ? onClose : make}
      onCancel={onClose}
    >
      {made ? (
        <>
          <Alert type="warning" showIcon title={words.once[language]} />
          {first && <Alert type="info" showIcon title={words.closing[language]} />}
          <Descriptions
            column={1}
            items={[
              { key: 'id', label: words.id[language], children: <Copied text={made.id} /> },
              { key: 'secret', label: words.secret[language], children: <Copied text={made.secret} /> },
            ]}
          />
        </>
      ) : (
        <Form layout="vertical">
          <Form.Item label={words.role[language]} htmlFor="key-role">
            <Select<Role>
              id="key-role"
              value={role}
              onChange={setRole}
              options={roles.map(value => ({ value, label: words[value][language] }))}
            />
          </Form.Item>
        </Form>
      )}
    </Modal>
  )
}

function Copied({ text }: { readonly text: string }) {
  return (
    <Typography.Text code copyable>
      {text}
    </Typography.Text>
  )
}
