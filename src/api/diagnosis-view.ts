import { requestOf, type Diagnosis, type WireFinding, type WireRepair } from '../client/diagnosis.ts'
import type { ProbeReport } from '../client/probes.ts'
import { reasonText } from '../client/reason.ts'
import type { DoorDiagnosis } from '../diagnose/cause/eip.ts'
import { findingText, isFault, type Finding } from '../diagnose/cause/finding.ts'
import { effectText, type Repair } from '../diagnose/cause/repair.ts'
import { stepText } from '../diagnose/cause/step-text.ts'
import type { Model } from '../model/model.ts'
import type { Language } from './answer.ts'
import { wayView } from './trace-view.ts'

/** What was found, and what came of a probe where one was sent. */
export interface Answered extends DoorDiagnosis {
  readonly probe?: ProbeReport | null
}

/** What was found, as the API tells it. */
export function diagnosisView(model: Model, { findings, way, probe = null }: Answered, language: Language): Diagnosis {
  const items = findings.map(finding => findingView(model, finding, language))
  if (!way) return { items, reaches: null, path: null, probe }
  const { there, back } = way.story
  const path = { there: wayView(there, language), back: back && wayView(back, language) }
  return { items, reaches: way.reaches, path, probe }
}

/** What looks as if somebody elsewhere did not let us in. */
const keptOut: ReadonlySet<Finding['code']> = new Set(['timeout', 'no-ping', 'reset', 'check-failed', 'admits-some'])

function findingView(model: Model, finding: Finding, language: Language): WireFinding {
  const { code, resource, certainty, repair, values } = finding
  const { reason, seenAs } = values
  const told =
    typeof reason === 'string' ? { ...finding, values: { ...values, reason: reasonText(reason, language) } } : finding
  const { what, fix } = findingText(told, language)
  const admit = keptOut.has(code) && typeof seenAs === 'string' && seenAs !== '' ? seenAs.split(', ') : []
  const fault = isFault(finding)
  return {
    code,
    resource,
    message: what,
    fix,
    certainty,
    fault,
    admit,
    repair: repair && repairView(model, repair, language),
  }
}

function repairView(model: Model, { steps, effects }: Repair, language: Language): WireRepair {
  return {
    requests: steps.map(({ command, as }) => ({
      ...requestOf(command),
      ...(as === undefined ? {} : { as }),
      about: stepText(model, command, language),
    })),
    effects: effects.map(each => effectText(each, language)),
  }
}
