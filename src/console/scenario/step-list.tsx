import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, LoadingOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { scenarioSteps, type Scenario, type ScenarioStep } from '../../client/scenario.ts'
import { useWords } from '../i18n/language.ts'
import { kindOfId, ResourceLink } from '../ui/resource-link.tsx'
import { taskKey, type Progress } from './run.ts'
import { words } from './words.ts'

type StepState = 'stateWait' | 'stateNow' | 'stateDone' | 'stateFailed'

const icons: Readonly<Record<StepState, ReactNode>> = {
  stateWait: <ClockCircleOutlined />,
  stateNow: <LoadingOutlined />,
  stateDone: <CheckCircleFilled />,
  stateFailed: <CloseCircleFilled />,
}

/** The steps of a scenario with all that each asks for; with progress, how far each is and what it made. */
export function StepList({ scenario, progress }: { readonly scenario: Scenario; readonly progress?: Progress }) {
  const { language } = useWords()
  const steps = scenarioSteps(scenario)
  const current = progress && steps.find(step => !isDone(step, progress))
  return (
    <ol className="scenario-steps">
      {steps.map(step => {
        const state = progress && (isDone(step, progress) ? 'stateDone' : stateOf(step, current, progress))
        return (
          <li key={step.key} className={state ?? ''}>
            <div className="scenario-step">
              {state && (
                <span className="scenario-mark">
                  <span aria-hidden>{icons[state]}</span> {words[state][language]}
                </span>
              )}
              <strong>{step.title[language]}</strong>
            </div>
            <ul>
              {step.tasks.map(({ part, what, about }) => (
                <li key={part}>
                  {what[language]} <span className="faint">{about}</span> <MadeLink id={progress?.made[part]} />
                </li>
              ))}
            </ul>
          </li>
        )
      })}
    </ol>
  )
}

function MadeLink({ id }: { readonly id: string | undefined }) {
  if (id === undefined) return null
  const kind = kindOfId(id)
  return kind ? <ResourceLink kind={kind} id={id} /> : <code>{id}</code>
}

function stateOf(step: ScenarioStep, current: ScenarioStep | undefined, { failed, phase }: Progress): StepState {
  if (step !== current) return 'stateWait'
  return failed && phase === 'failed' ? 'stateFailed' : phase === 'running' ? 'stateNow' : 'stateWait'
}

function isDone({ key, tasks }: ScenarioStep, { done }: Progress): boolean {
  return tasks.every(({ part }) => done.includes(taskKey(key, part)))
}
