import type { Done } from '../commands/commands.ts'
import { refusalsOf } from '../commands/refusals.ts'
import type { Command } from '../model/command.ts'
import { joinPath } from '../model/issue.ts'
import type { Id, Model } from '../model/model.ts'
import { Refused, type Problem } from '../model/problem.ts'
import type { Role } from '../client/wire.ts'
import type { Action, Call, Caller } from './action.ts'
import { actionCalled, unsupported } from './actions.ts'
import { authenticate, type Request } from './authenticate.ts'
import type { Cloud } from './cloud.ts'
import { bug, failure, success, type Answer } from './envelope.ts'
import { fail, Failure, Failures } from './failure.ts'

const ranks: Readonly<Record<Role, number>> = { 'read-only': 0, operator: 1, admin: 2 }

/** The answer to a request; whoever has not signed it rightly learns nothing but that. */
export async function answerTo(request: Request, cloud: Cloud, onBug: (error: unknown) => void): Promise<Answer> {
  let action: Action | undefined
  const changed = new Set<Id>()
  const wrong: (Failure | Refused)[] = []
  try {
    const { caller, until } = authenticate(request, cloud.signers, cloud.now())
    action = actionOf(request.wire.get('action') ?? '')
    if (ranks[caller.role] < ranks[action.needs]) {
      fail(1400, `[${action.name}] needs the role ${action.needs}, and this access key has ${caller.role}`)
    }
    const call = callOf(action, caller, request, cloud, { changed, wrong })
    const { perform, mutates } = action
    const done = async () => {
      const answer = await perform(request.wire, call)
      if (wrong.length > 0) throw new Failures(wrong.splice(0))
      return answer
    }
    const answer = await (mutates ? once(done, call, request, until) : done())
    return success(action.name, answer)
  } catch (error) {
    const isTold = error instanceof Failure || error instanceof Refused
    return answerOf(isTold && wrong.length > 0 ? new Failures([...wrong, error]) : error, onBug, action, changed)
  }
}

/** What is answered where something went wrong, be it the request's fault or ours. `changed` is what it was to change. */
export function answerOf(
  error: unknown,
  onBug: (error: unknown) => void,
  action?: Action,
  changed?: ReadonlySet<Id>,
): Answer {
  const told = failure(error, action?.names, changed)
  if (told) return told
  onBug(error)
  return bug()
}

function actionOf(name: string): Action {
  const found = actionCalled(name)
  if (found) return found
  if (name === '') fail(1100, 'parameter [action] is required')
  const reason = unsupported.get(name)
  return fail(
    1101,
    `action [${name.slice(0, 64)}] ${reason === undefined ? 'does not exist' : `is not supported: ${reason}`}`,
  )
}

/** Does what changes something once only: a request with the same `req_id` was sent by somebody who listened in, or by a retry. */
async function once(perform: () => Promise<Answer>, call: Call, { wire }: Request, until: number): Promise<Answer> {
  const id = wire.get('req_id')
  if (!id) return perform()
  const request = `${call.caller.author} ${id.slice(0, 128)}`
  if (!call.cloud.ledger.claim(request, until)) {
    fail(1300, `request [${id.slice(0, 128)}] was made already; send a new one with a req_id of its own`)
  }
  try {
    return await perform()
  } catch (error) {
    call.cloud.ledger.release(request)
    throw error
  }
}

/** What becomes known while a request is done: what it is to change, and what is wrong with it. */
interface Known {
  readonly changed: Set<Id>
  readonly wrong: (Failure | Refused)[]
}

function callOf({ name }: Action, caller: Caller, { wire }: Request, cloud: Cloud, { changed, wrong }: Known): Call {
  const { commands, ledger } = cloud
  const { author, from } = caller
  const noted = (command: Command) => {
    if ('id' in command) changed.add(command.id)
    return asGiven(command)
  }
  /** Does commands; where that cannot be, all that is wrong with all of them is told, and what was wrong before. */
  async function runAll(list: readonly Command[], places: readonly string[] = []): Promise<readonly Done[]> {
    const given = list.map(noted)
    let refused: unknown
    if (wrong.length === 0) {
      try {
        return await commands.runAll(given, author, from)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        refused = error
      }
    }
    const found = refusalsOf(cloud.model(), given, author).flatMap((told, i) =>
      told.length > 0 ? new Refused(told.map(each => placed(each, places[i]))) : [],
    )
    // What only a commit finds, such as a policy test that would break, is told as it was.
    throw found.length === 0 && refused !== undefined ? refused : new Failures([...wrong.splice(0), ...found])
  }
  const heed: Call['heed'] = read => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Failure || error instanceof Refused)) throw error
      wrong.push(error)
      return undefined
    }
  }
  let zone: Id | undefined
  return {
    cloud,
    caller,
    get zone() {
      zone ??= zoneOf(cloud.model(), wire.get('zone'))
      return zone
    },
    model: cloud.model,
    async run(command) {
      const [done] = await runAll([command])
      if (!done) throw new Error('a command was done, and nothing came of it')
      return done
    },
    runAll,
    heed,
    heedEach: (items, read) =>
      items.flatMap((item, i) => {
        const found = heed(() => [read(item, i)])
        return found ?? []
      }),
    job(transition, resources, done) {
      if (wrong.length > 0) throw new Failures(wrong.splice(0))
      return ledger.begin({
        action: name,
        resources,
        transition,
        revision: Math.max(0, ...(Array.isArray(done) ? (done as readonly Done[]) : [done as Done]).map(reachedBy)),
        createdAt: cloud.now(),
      })
    },
  }
}

/** A problem of an entry of a request, where the request has it. That nothing is there to which it could be added is none of the entry. */
function placed(problem: Problem, place: string | undefined): Problem {
  const isOfEntry = place !== undefined && (problem.code !== 'not-found' || problem.at !== '')
  return isOfEntry ? { ...problem, at: joinPath(place, problem.at) } : problem
}

/** A command without the attributes that its request left out: they stay as they are, or become what they are by default. */
function asGiven(command: Command): Command {
  return 'body' in command ? { ...command, body: withoutUndefined(command.body) } : command
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(given.map(([name, inner]) => [name, withoutUndefined(inner)]))
}

/** The revision that machines must reach for a command to be done: drafts do not concern them. */
function reachedBy({ resource, touched, model, revision }: Done): number {
  if (resource === null) return revision
  return Math.max(resource.liveRevision, ...touched.map(id => model.resources.get(id)?.liveRevision ?? 0))
}

/** The region that a request is about; refused where there is none of this name. */
function zoneOf(model: Model, given: string | undefined): Id {
  const zones = [...(model.byKind.get('zone') ?? [])].sort()
  if (!given) return zones.includes('local') ? 'local' : (zones[0] ?? 'local')
  if (zones.includes(given)) return given
  return fail(2100, `zone [${given.slice(0, 64)}] does not exist; there are: ${zones.join(', ')}`)
}
