import { Alert, Button, Card, Modal, Progress as Bar, Space, Steps } from 'antd'
import { useState } from 'react'
import { scenarioSteps, type Scenario } from '../../client/scenario.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useRefresh } from '../server/use-refresh.ts'
import { useServer } from '../server/use-server.ts'
import { emptyDraft, type Draft } from './draft.ts'
import { Outcome } from './outcome.tsx'
import { beginning, carryOn, taskKey, undo, type Progress } from './run.ts'
import { ScenarioForm } from './scenario-form.tsx'
import './scenario.css'
import { StepList } from './step-list.tsx'
import { forget, recalled, remember } from './memory.ts'
import { filled, words } from './words.ts'

/** Leads through the building of a highly available service across the public internet. */
export function ScenarioPage() {
  const { t, language } = useWords()
  const { server } = useServer()
  const { mayChange } = useSession()
  const refresh = useRefresh()
  const [draft, setDraft] = useState<Draft>(emptyDraft)
  const [plan, setPlan] = useState<Scenario | null>(null)
  const [progress, setProgress] = useState<Progress | null>(recalled)
  const tell = (next: Progress) => {
    remember(next)
    setProgress(next)
  }
  const leave = () => {
    forget()
    setProgress(null)
    setPlan(null)
  }
  const start = (scenario: Scenario) =>
    void carryOn(server, beginning(scenario, crypto.randomUUID()), tell).then(refresh)
  const stage = progress ? 2 : plan ? 1 : 0
  return (
    <section className="scenario-page">
      <header className="page-head">
        <h1>{t('nav.scenario')}</h1>
        <p className="faint">{words.about[language]}</p>
      </header>
      <Steps
        current={stage}
        size="small"
        items={[words.stepFill, words.stepPlan, words.stepRun].map(each => ({ title: each[language] }))}
      />
      {stage === 0 && (
        <Card>
          <ScenarioForm draft={draft} onChange={setDraft} onReady={setPlan} />
        </Card>
      )}
      {stage === 1 && plan && (
        <Card title={filled(words.planTitle[language], { count: scenarioSteps(plan).length })}>
          <StepList scenario={plan} />
          <Space>
            <Button onClick={() => setPlan(null)}>{words.back[language]}</Button>
            <Button type="primary" disabled={!mayChange} onClick={() => start(plan)}>
              {words.start[language]}
            </Button>
          </Space>
        </Card>
      )}
      {progress && (
        <Running
          progress={progress}
          onCarryOn={() => void carryOn(server, progress, tell).then(refresh)}
          onUndo={() => void undo(server, progress, tell).then(refresh)}
          onLeave={leave}
        />
      )}
    </section>
  )
}

interface RunningProps {
  readonly progress: Progress
  readonly onCarryOn: () => void
  readonly onUndo: () => void
  readonly onLeave: () => void
}

/** How far it is, what failed, and what can be done about it. */
function Running({ progress, onCarryOn, onUndo, onLeave }: RunningProps) {
  const { language } = useWords()
  const [asking, setAsking] = useState(false)
  const { scenario, phase, failed, done, made } = progress
  const steps = scenarioSteps(scenario)
  const all = steps.flatMap(({ key, tasks }) => tasks.map(({ part }) => taskKey(key, part)))
  const at = steps.findIndex(({ key, tasks }) => tasks.some(({ part }) => !done.includes(taskKey(key, part))))
  const failedStep = steps.find(({ key }) => failed?.key.startsWith(`${key}/`))?.title[language] ?? failed?.key ?? ''
  const undoButton = (
    <Button danger onClick={() => setAsking(true)}>
      {words.undo[language]}
    </Button>
  )
  return (
    <>
      <div aria-live="polite">
        {phase === 'running' && (
          <Alert
            type="info"
            showIcon
            title={filled(words.running[language], { at: Math.max(at, 0) + 1, count: steps.length })}
            description={
              <Bar percent={Math.round((done.length / all.length) * 100)} aria-label={words.stepRun[language]} />
            }
          />
        )}
        {(phase === 'failed' || phase === 'undo-failed') && (
          <Alert
            type="error"
            showIcon
            title={filled(words[phase === 'failed' ? 'failed' : 'undoFailed'][language], { step: failedStep })}
            description={
              <>
                {failed?.why.map(why => (
                  <p key={why}>{why}</p>
                ))}
                <p className="faint">{words.failedAbout[language]}</p>
              </>
            }
            action={
              <Space>
                {phase === 'failed' && (
                  <Button type="primary" onClick={onCarryOn}>
                    {words.carryOn[language]}
                  </Button>
                )}
                {undoButton}
              </Space>
            }
          />
        )}
        {phase === 'undoing' && <Alert type="info" showIcon title={words.undoing[language]} />}
        {phase === 'undone' && (
          <Alert
            type="success"
            showIcon
            title={words.undone[language]}
            action={<Button onClick={onLeave}>{words.again[language]}</Button>}
          />
        )}
        {phase === 'done' && (
          <Alert
            type="success"
            showIcon
            title={words.done[language]}
            action={
              <Space>
                <Button onClick={onLeave}>{words.again[language]}</Button>
                {undoButton}
              </Space>
            }
          />
        )}
      </div>
      {phase === 'done' && <Outcome made={made} />}
      {phase !== 'undone' && (
        <Card>
          <StepList scenario={scenario} progress={progress} />
        </Card>
      )}
      <Modal
        open={asking}
        title={words.undoTitle[language]}
        okText={words.undo[language]}
        okButtonProps={{ danger: true }}
        onOk={() => {
          setAsking(false)
          onUndo()
        }}
        onCancel={() => setAsking(false)}
      >
        <p>{Object.values(made).join(', ')}</p>
      </Modal>
    </>
  )
}
