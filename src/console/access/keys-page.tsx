import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Popconfirm, Table, type TableColumnsType } from 'antd'
import { useState } from 'react'
import type { AccessKey } from '../../client/access-key.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { QueryFault } from '../ui/query-fault.tsx'
import { useAct } from '../ui/use-act.ts'
import { NewKeyDialog } from './new-key-dialog.tsx'
import { words } from './words.ts'

/** 访问密钥: which programs may ask, as whom; to make keys and to take them away. */
export function KeysPage() {
  const { t, language, when } = useWords()
  const { server } = useServer()
  const { session } = useSession()
  const act = useAct()
  const cache = useQueryClient()
  const [making, setMaking] = useState(false)
  const query = queryOptions({ queryKey: ['api', 'keys'], queryFn: () => server.keys.list() })
  const { data: keys = [], error, isPending } = useQuery(query)
  const renew = () => void cache.invalidateQueries({ queryKey: query.queryKey })
  const remove = async (id: string) => {
    await act(() => server.keys.remove(id), words.removed[language])
    renew()
  }
  const columns: TableColumnsType<AccessKey> = [
    { title: words.id[language], render: (_, { id }) => <code>{id}</code> },
    { title: words.role[language], render: (_, { role }) => words[role][language] },
    { title: words.createdAt[language], render: (_, { createdAt }) => when(createdAt) },
    { title: words.signs[language], render: (_, { signs }) => words[signs ? 'yes' : 'no'][language] },
    {
      title: '',
      render: (_, { id }) => (
        <Popconfirm
          title={words.sure[language].replace('{id}', id)}
          okText={words.remove[language]}
          onConfirm={() => remove(id)}
        >
          <Button danger size="small">
            {words.remove[language]}
          </Button>
        </Popconfirm>
      ),
    },
  ]
  return (
    <>
      <header className="page-head">
        <div className="page-title">
          <h1>{t('nav.keys')}</h1>
          <Button type="primary" onClick={() => setMaking(true)}>
            {words.create[language]}
          </Button>
        </div>
        <p className="faint">{words.about[language]}</p>
      </header>
      <QueryFault error={error} />
      <Table<AccessKey>
        size="small"
        rowKey="id"
        loading={isPending && !error}
        pagination={false}
        dataSource={[...keys]}
        columns={columns}
        scroll={{ x: 'max-content' }}
      />
      {making && (
        <NewKeyDialog
          opens={session?.open ?? false}
          onClose={() => {
            setMaking(false)
            renew()
          }}
        />
      )}
    </>
  )
}
