import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Empty, Flex, Modal, Select, Table, Tag } from 'antd'
import { useState } from 'react'
import type { WireGeneration } from '../../client/wire.ts'
import { differences } from '../../model/changes.ts'
import { useWords } from '../i18n/language.ts'
import type { Shown } from '../server/queries.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { DifferenceTable } from './difference-table.tsx'
import { useAct } from './use-act.ts'
import './history-words.ts'

/** What is looked at side by side: two versions, or a version that is about to run again. */
type Look =
  | { readonly what: 'compare'; readonly old: number; readonly next: number }
  | { readonly what: 'rollback'; readonly next: number }

/** The versions that applies published, two of them compared, and one of them published again. */
export function History({ resource }: { readonly resource: Shown }) {
  const { t, when } = useWords()
  const { queries } = useServer()
  const { mayChange } = useSession()
  const [look, setLook] = useState<Look>()
  const { data: versions = [] } = useQuery(queries.generations(resource.kind, resource.id))
  const running = resource.generation
  const actions = ({ number }: WireGeneration) =>
    number === running ? null : (
      <Flex gap={4} justify="end" wrap>
        <Button size="small" onClick={() => setLook({ what: 'compare', old: running, next: number })}>
          {t('history.compare')}
        </Button>
        {mayChange && (
          <Button size="small" onClick={() => setLook({ what: 'rollback', next: number })}>
            {t('history.rollback')}
          </Button>
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
                {number === running && <Tag color="green">{t('history.running')}</Tag>}
              </Flex>
            ),
          },
          { title: t('history.at'), render: (_, { at }) => when(at) },
          { title: t('history.author'), dataIndex: 'author' },
          { title: '', render: (_, version) => actions(version) },
        ]}
      />
      {look?.what === 'compare' && (
        <Comparison versions={versions} look={look} onLook={setLook} onClose={() => setLook(undefined)} />
      )}
      {look?.what === 'rollback' && (
        <Rollback resource={resource} versions={versions} number={look.next} onClose={() => setLook(undefined)} />
      )}
    </>
  )
}

interface ComparisonProps {
  readonly versions: readonly WireGeneration[]
  readonly look: Extract<Look, { what: 'compare' }>
  readonly onLook: (look: Look) => void
  readonly onClose: () => void
}

function Comparison({ versions, look, onLook, onClose }: ComparisonProps) {
  const { t } = useWords()
  const choices = versions
    .map(({ number }) => ({ value: number, label: t('history.that', { number }) }))
    .toSorted((a, b) => b.value - a.value)
  const choice = (side: 'old' | 'next') => (
    <Select
      aria-label={t(`history.${side}`)}
      value={look[side]}
      options={choices}
      onChange={number => onLook({ ...look, [side]: number })}
    />
  )
  return (
    <Modal
      open
      width={900}
      title={t('history.compare-title')}
      onCancel={onClose}
      footer={<Button onClick={onClose}>{t('action.close')}</Button>}
    >
      <Flex gap={8} align="center" className="toolbar">
        {choice('old')} → {choice('next')}
      </Flex>
      <Changes versions={versions} old={look.old} next={look.next} />
    </Modal>
  )
}

interface RollbackProps {
  readonly resource: Shown
  readonly versions: readonly WireGeneration[]
  readonly number: number
  readonly onClose: () => void
}

/** Says what a rollback will change, and that edits that wait go with it, before it does. */
function Rollback({ resource, versions, number, onClose }: RollbackProps) {
  const { t } = useWords()
  const { server } = useServer()
  const act = useAct()
  const [busy, setBusy] = useState(false)
  async function run() {
    setBusy(true)
    const { kind, id } = resource
    if (await act(() => server.rollback(kind, id, number), t('history.rolled-back', { number }))) onClose()
    setBusy(false)
  }
  return (
    <Modal
      open
      width={900}
      title={t('history.rollback-title', { name: resource.name || resource.id, number })}
      onCancel={onClose}
      cancelText={t('action.cancel')}
      okText={t('history.rollback')}
      confirmLoading={busy}
      onOk={() => void run()}
    >
      <p>{t('history.rollback-about')}</p>
      {!resource.applied && <Alert type="warning" showIcon title={t('history.rollback-draft')} />}
      <Changes versions={versions} old={resource.generation} next={number} />
    </Modal>
  )
}

interface ChangesProps {
  readonly versions: readonly WireGeneration[]
  readonly old: number
  readonly next: number
}

function Changes({ versions, old, next }: ChangesProps) {
  const { t } = useWords()
  const specOf = (number: number) => versions.find(each => each.number === number)?.spec
  const changes = [...differences(specOf(old), specOf(next))]
  if (changes.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('history.same')} />
  const name = (number: number) => t('history.that', { number })
  return <DifferenceTable changes={changes} old={name(old)} next={name(next)} />
}
