import { childListsOf, type ChildList } from '../model/child-lists.ts'
import { kinds, type KindName } from '../model/kinds.ts'
import type { Id } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import { wholePage, type Answer } from './answer.ts'
import { idempotencyKey, revisionOf, type Call, type Endpoint } from './endpoint.ts'
import { done, resourceOf, type Services } from './resources.ts'
import { childName, refTo } from './schemas.ts'

/** What can be done with the children of a kind's aggregates, at every depth. */
export function childEndpoints(kind: KindName, services: Services): Endpoint[] {
  return childListsOf(kind).flatMap(list => listEndpoints(kind, services, [list]))
}

type Lists = readonly [ChildList, ...ChildList[]]
interface Child {
  readonly id: Id
}

/** The endpoints of a list that stands inside others, outermost first. */
function listEndpoints(kind: KindName, services: Services, lists: Lists): Endpoint[] {
  const list = lists.at(-1) ?? lists[0]
  const { plural, label } = kinds[kind]
  const name = childName(kind, list)
  const base = lists
    .map((each, depth) => `${each.segment}${depth < lists.length - 1 ? `/{${parameterOf(each)}}` : ''}`)
    .join('/')
  const path = `/v1/${plural}/{id}/${base}`
  const last = parameterOf(list)
  const of = `of the draft of a ${label.en}`
  const headers = { 'If-Match': { about: 'The revision that the aggregate must have', schema: { type: 'string' } } }
  const read = { method: 'GET', tag: plural, needs: 'read-only' } as const
  const write = { tag: plural, needs: 'operator', headers } as const

  const target = (call: Call) => ({ kind, id: call.params['id'] ?? '', ...revisionOf(call.headers['if-match']) })
  /** The attribute names and ids that lead to the list, or with `whole` to the child. */
  const pathOf = (call: Call, whole: boolean) => {
    const parts = lists.flatMap(each => [each.attribute, call.params[parameterOf(each)] ?? ''])
    return whole ? parts : parts.slice(0, -1)
  }
  const childrenIn = (call: Call): readonly Child[] => {
    const resource = resourceOf(kind, services, call.params['id'] ?? '')
    return membersAt(resource.draft, pathOf(call, false), resource.id)
  }
  const answer = (call: Call, edited: Parameters<typeof done>[2], id: Id | undefined, status = 200): Answer => {
    const whole = done(services, call, edited, status)
    if (!edited.resource || id === undefined) return whole
    const child = membersAt(edited.resource.draft, pathOf(call, false), edited.resource.id).find(each => each.id === id)
    const { warnings } = whole.body as { warnings?: unknown }
    return { ...whole, body: { ...child, ...(warnings === undefined ? {} : { warnings }) } }
  }

  const own: Endpoint[] = [
    {
      ...read,
      path,
      name: `list${name}s`,
      about: `Lists the ${list.segment} ${of}`,
      answers: { status: 200, about: 'All of them', schema: refTo(`${name}Page`) },
      handle: call => ({ status: 200, body: wholePage(childrenIn(call)) }),
    },
    {
      ...write,
      method: 'POST',
      path,
      name: `add${name}`,
      about: `Adds to the ${list.segment} ${of}`,
      headers: { ...headers, ...idempotencyKey },
      body: refTo(`${name}Create`),
      answers: { status: 201, about: 'Added', schema: refTo(name) },
      async handle(call) {
        const command = { do: 'add-child', ...target(call), path: pathOf(call, false), body: call.body } as const
        const edited = await services.commands.run(command, call.author, call.caller.from)
        const added = answer(call, edited, edited.child ?? undefined, 201)
        const place = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => call.params[key] ?? '')
        return { ...added, headers: { ...added.headers, location: `${place}/${edited.child}` } }
      },
    },
    {
      ...read,
      path: `${path}/{${last}}`,
      name: `get${name}`,
      about: `Shows one of the ${list.segment} ${of}`,
      answers: { status: 200, about: 'It', schema: refTo(name) },
      handle(call) {
        const id = call.params[last] ?? ''
        const child = childrenIn(call).find(each => each.id === id)
        if (!child) throw noChild(id, call.params['id'] ?? '')
        return { status: 200, body: child }
      },
    },
    {
      ...write,
      method: 'PATCH',
      path: `${path}/{${last}}`,
      name: `patch${name}`,
      about: `Changes the given attributes of one of the ${list.segment} ${of}`,
      body: refTo(`${name}Patch`),
      answers: { status: 200, about: 'Changed', schema: refTo(name) },
      async handle(call) {
        const command = { do: 'patch-child', ...target(call), path: pathOf(call, true), body: call.body } as const
        return answer(call, await services.commands.run(command, call.author, call.caller.from), call.params[last])
      },
    },
    {
      ...write,
      method: 'DELETE',
      path: `${path}/{${last}}`,
      name: `delete${name}`,
      about: `Removes one of the ${list.segment} ${of}`,
      answers: { status: 204, about: 'Removed', schema: null },
      async handle(call) {
        await services.commands.run(
          { do: 'delete-child', ...target(call), path: pathOf(call, true) },
          call.author,
          call.caller.from,
        )
        return { status: 204 }
      },
    },
  ]
  return [...own, ...list.lists.flatMap(inner => listEndpoints(kind, services, [...lists, inner]))]
}

/** What a path calls a member of a list, e.g. `listener`. */
function parameterOf({ attribute }: ChildList): string {
  return attribute.replace(/s$/, '')
}

/** The members of the list that a path of attribute names and ids leads to. */
function membersAt(document: object, path: readonly string[], resource: Id): readonly Child[] {
  const [attribute = '', id, ...rest] = path
  const members = (document as Readonly<Record<string, readonly Child[]>>)[attribute] ?? []
  if (id === undefined) return members
  const child = members.find(each => each.id === id)
  if (!child) throw noChild(id, resource)
  return membersAt(child, rest, resource)
}

function noChild(id: Id, resource: Id): Refused {
  return new Refused([{ code: 'no-child', at: '', resource, values: { id } }])
}
