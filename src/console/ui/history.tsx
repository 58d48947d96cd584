import { useQuery } from '@tanstack/react-query'
import { Button, Empty, Flex, Modal, Popconfirm, Table, Tag } from 'antd'
import { useState } from 'react'
import type { WireGeneration } from '../../client/wire.ts'
import { differences } from '../../model/changes.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { DifferenceTable } from './difference-table.tsx'
import { useAct } from './use-act.ts'

/** The versions that applies published: compared with what runs, and published again. */
export function History({ resource }: { readonly resource: Shown }) {
  const { t, when } = useWords()
  const { server, queries } = useServer()
  const { mayChange } = useSession()
  const act = useAct()
  const [compared, setCompared] = useState<WireGeneration>()
  const { data: versions = [] } = useQuery(queries.generations(resource.kind, resource.id))
  const running = versions.find(({ number }) => number === resource.generation)
  const rollBack = ({ number }: WireGeneration) =>
    act(() => server.rollback(resource.kind, resource.id, number), t('history.rolled-back', { number })).then(() =>
      setCompared(undefined),
    )
  const actions = (version: WireGeneration) =>
    version.number === resource.generation ? null : (
      <Flex gap={4} justify="end" wrap>
        <Button size="small" onClick={() => setCompared(version)}>
          {t('history.compare')}
        </Button>
        {mayChange && (
          <Popconfirm
            title={`${t('history.rollback')}?`}
            okText={t('history.rollback')}
            onConfirm={() => rollBack(version)}
          >
            <Button size="small">{t('history.rollback')}</Button>
          </Popconfirm>
        )}
      </Flex>
    )
  return (
    <>
      <Table<WireGeneration>
        size="small"
        rowKey="number"
        pagination={false}
        scroll={{ x: 'max-content' }}
        dataSource={versions.toSorted((a, b) => b.number - a.number)}
        columns={[
          {
            title: t('history.number'),
            render: (_, { number }) => (
              <Flex gap={8}>
                {number}
                {number === resource.generation && <Tag color="green">{t('history.running')}</Tag>}
              </Flex>
            ),
          },
          { title: t('history.at'), render: (_, { at }) => when(at) },
          { title: t('history.author'), dataIndex: 'author' },
          { title: '', render: (_, version) => actions(version) },
        ]}
      />
      {compared && (
        <Modal
          open
          width={900}
          title={t('history.compare-title', { number: compared.number })}
          onCancel={() => setCompared(undefined)}
          cancelText={t('action.close')}
          okText={t('history.rollback')}
          okButtonProps={{ disabled: !mayChange }}
          onOk={() => void rollBack(compared)}
        >
          <Comparison version={compared} running={running} />
        </Modal>
      )}
    </>
  )
}

interface ComparisonProps {
  readonly version: WireGeneration
  readonly running: WireGeneration | undefined
}

function Comparison({ version, running }: ComparisonProps) {
  const { t } = useWords()
  const changes = [...differences(running?.spec, version.spec)]
  if (changes.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('history.same')} />
  return <DifferenceTable changes={changes} old={t('apply.old')} next={t('history.that', { number: version.number })} />
}
