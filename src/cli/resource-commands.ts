import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { ApiError } from '../client/api-error.ts'
import type { WireResource } from '../client/wire.ts'
import { filledMember } from '../model/define.ts'
import { kindNames, kinds, type KindName } from '../model/kinds.ts'
import { agreed } from './agreed.ts'
import { parseAssignments } from './assignment.ts'
import { attributesOf, isStaged } from './attributes.ts'
import { childAt } from './child-path.ts'
import { Misuse } from './complaint.ts'
import { directoryOf } from './directory.ts'
import { isRecord } from './leaves.ts'
import { momentOf, momentOption } from './moment.ts'
import { type Format, outputOption, printResources } from './output.ts'
import { readTopologyFile } from './topology-commands.ts'
import { type Connection, fetchAll, idOf, kindNamed, type Session, withIds } from './session.ts'
import { waitFor, waitOption } from './wait.ts'
import { kindsHelp, type Register } from './register.ts'
import { resourceHelp } from './resource-help.ts'
import { labelOfKind } from './words.ts'

interface Printing extends Connection {
  readonly output: Format
}

interface Getting extends Printing {
  readonly at?: string
}

interface Waiting extends Printing {
  readonly wait?: number
}

/** get, create, set, delete: what can be done with one resource of any kind. */
export function addResourceCommands(root: Command, register: Register): void {
  register(root.command('get'), {
    about: 'List resources of a kind, or show one with its children',
    examples: [
      'get vpcs',
      'get load-balancer web',
      'get lb -o wide',
      'get -o yaml > topology.yaml',
      'get load-balancer web --at 2h',
    ],
  })
    .argument('[kind]', kindsHelp)
    .argument('[name]', 'its name or id')
    .addOption(momentOption())
    .addOption(outputOption())
    .action(register.run(get))
  register(root.command('create'), {
    about: 'Create a resource; what it starts with runs at once',
    ...resourceHelp('create'),
  })
    .argument('<kind>', kindsHelp)
    .argument('[assignments...]', 'attribute=value; names may stand for ids')
    .option('-f, --file <file>', 'take attributes from a YAML or JSON file, - for standard input')
    .addOption(waitOption())
    .addOption(outputOption())
    .action(register.run(create))
  register(root.command('set'), {
    about: 'Change attributes of a resource, or of one of its children',
    ...resourceHelp('set'),
  })
    .argument('<kind>', kindsHelp)
    .argument('<name>', 'its name or id')
    .argument('<assignments...>', 'attribute=value, after the path of a child where one is meant')
    .addOption(waitOption())
    .addOption(outputOption())
    .action(register.run(set))
  register(root.command('add'), {
    about: 'Add a child to the draft of a resource: a listener, a backend, a rule, a route',
    ...resourceHelp('add'),
  })
    .argument('<kind>', kindsHelp)
    .argument('<name>', 'its name or id')
    .argument('<path>', 'the list, e.g. rules or listeners/80/backends')
    .argument('[assignments...]', 'attribute=value')
    .action(register.run(add))
  register(root.command('delete'), {
    about: 'Delete a resource, or one of its children from the draft',
    examples: ['delete vpc office', 'delete load-balancer web listeners/80/backends/203.0.113.7'],
  })
    .argument('<kind>', kindsHelp)
    .argument('<name>', 'its name or id')
    .argument('[path]', 'a child, e.g. rules/ssh')
    .option('--force', 'take a public IP from whatever holds it, once asked; its NAT rules go with it', false)
    .option('-y, --yes', 'do not ask', false)
    .action(register.run(remove))
}

async function get(
  session: Session,
  word: string | undefined,
  name: string | undefined,
  options: Getting,
): Promise<number> {
  const all = await fetchAll(session.client, kindNames, options.at === undefined ? undefined : momentOf(options.at))
  if (word === undefined) {
    const format = options.output === 'table' || options.output === 'wide' ? 'yaml' : options.output
    printResources(all, all, format, session)
    return 0
  }
  const kind = kindNamed(word)
  const ofKind = all.filter(each => each.kind === kind)
  if (name === undefined) {
    if (ofKind.length > 0 || options.output === 'json') printResources(ofKind, all, options.output, session)
    else session.terminal.err(session.say('none', { kind: kinds[kind].label[session.language], word: kind }))
    return 0
  }
  const id = idOf(directoryOf(all), kind, name)
  printResources(
    ofKind.filter(each => each.id === id),
    all,
    options.output,
    session,
    true,
  )
  return 0
}

async function create(
  session: Session,
  word: string,
  assignments: readonly string[],
  options: Waiting & { readonly file?: string },
): Promise<number> {
  const kind = kindNamed(word)
  const schemas =
    kinds[kind].prefix === null ? { id: attributesOf(kind)['name'], ...attributesOf(kind) } : attributesOf(kind)
  const said = parsed(assignments, schemas as ReturnType<typeof attributesOf>, kind)
  const filed = options.file === undefined ? {} : await bodyIn(options.file, session)
  const all = await fetchAll(session.client)
  const body = withIds(attributesOf(kind), { ...filed, ...said }, directoryOf(all))
  const made = await session.client.create(kind, body)
  session.note(made.warnings)
  return finish(session, 'created', kind, made.id, options)
}

async function bodyIn(file: string, session: Session): Promise<Readonly<Record<string, unknown>>> {
  const value = await readTopologyFile(file, session)
  if (isRecord(value)) return value
  throw new Misuse([{ say: 'not-a-body', values: { at: file } }])
}

async function set(
  session: Session,
  word: string,
  name: string,
  texts: readonly string[],
  options: Waiting,
): Promise<number> {
  const kind = kindNamed(word)
  const [first = '', ...rest] = texts
  const all = await fetchAll(session.client)
  const directory = directoryOf(all)
  const resource = all.find(each => each.id === idOf(directory, kind, name))
  if (!resource) throw new Error(`${name} was found and is not there`)
  if (first.includes('=')) {
    const schemas = attributesOf(kind)
    const body = withIds(schemas, withWhole(parsed(texts, schemas, kind), resource), directory)
    const { warnings } = await session.client.patch(kind, resource.id, body)
    session.note(warnings)
    if (Object.keys(body).some(key => isStaged(kind, key))) sayDraft(session, kind, directory.nameOf(resource.id))
    return finish(session, 'changed', kind, resource.id, options)
  }
  const { list, path, child } = childAt(resource, first, 'member')
  const said = withWhole(parsed(rest, list.member.shape, list.segment), child ?? {})
  const body = withIds(list.member.shape, said, directory)
  const { warnings } = await session.client.children.patch(kind, resource.id, path, body)
  session.note(warnings as WireResource['warnings'])
  session.terminal.err(session.say('changed', partOf(session, kind, directory.nameOf(resource.id), first)))
  sayDraft(session, kind, directory.nameOf(resource.id))
  return 0
}

/** What to call a child in a sentence: the resource that it is in, and its path there. */
function partOf({ language }: Session, kind: KindName, name: string, path: string) {
  return { kind: labelOfKind(kind, language), name: `${name} ${path}` }
}

/** A part of an attribute (`check.path`, `accessLog.remote.port`) changes that part only: the rest of the attribute stays. */
function withWhole(said: object, now: object): Readonly<Record<string, unknown>> {
  const before = new Map(Object.entries(now))
  return Object.fromEntries(
    Object.entries(said).map(([key, value]: [string, unknown]) => {
      const old = before.get(key)
      const isPart = isRecord(value) && isRecord(old) && !('type' in value)
      return [key, isPart ? { ...old, ...withWhole(value, old) } : value]
    }),
  )
}

async function add(
  session: Session,
  word: string,
  name: string,
  place: string,
  texts: readonly string[],
): Promise<number> {
  const kind = kindNamed(word)
  const all = await fetchAll(session.client)
  const directory = directoryOf(all)
  const id = idOf(directory, kind, name)
  const resource = all.find(each => each.id === id)
  if (!resource) throw new Error(`${name} was found and is not there`)
  const { list, path } = childAt(resource, place, 'list')
  const said = filledMember(list.member, parsed(texts, list.member.shape, list.segment))
  const body = withIds(list.member.shape, said, directory)
  const child = await session.client.children.add(kind, id, path, body)
  session.note(child['warnings'] as WireResource['warnings'])
  session.terminal.out(child.id)
  sayDraft(session, kind, directory.nameOf(id))
  return 0
}

async function remove(
  session: Session,
  word: string,
  name: string,
  place: string | undefined,
  options: { readonly force: boolean; readonly yes: boolean },
): Promise<number> {
  const kind = kindNamed(word)
  const all = await fetchAll(session.client)
  const directory = directoryOf(all)
  const id = idOf(directory, kind, name)
  const resource = all.find(each => each.id === id)
  if (place !== undefined && resource) {
    const { path } = childAt(resource, place, 'member')
    await session.client.children.remove(kind, id, path)
    session.terminal.err(session.say('deleted', partOf(session, kind, directory.nameOf(id), place)))
    sayDraft(session, kind, directory.nameOf(id))
    return 0
  }
  if (kind === 'eip' && options.force) {
    if (!(await removeByForce(session, id, options.yes))) return 1
  } else await session.client.remove(kind, id)
  session.terminal.err(session.say('deleted', { kind: labelOfKind(kind, session.language), name }))
  return 0
}

/** Deletes a public IP; where something holds it, shows what would lose it, and asks first. False where nobody agreed. */
async function removeByForce(session: Session, id: string, yes: boolean): Promise<boolean> {
  const { client, terminal, say } = session
  try {
    await client.remove('eip', id)
    return true
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'in-use') throw error
    terminal.err(error.message)
    terminal.err(say('force-takes'))
  }
  if (!yes && !(await agreed(session))) return false
  await client.remove('eip', id, { force: true })
  return true
}

function parsed(texts: readonly string[], schemas: ReturnType<typeof attributesOf>, kind: string) {
  const { body, complaints } = parseAssignments(texts, schemas, kind, path => readFileSync(path, 'utf8'))
  if (complaints.length > 0) throw new Misuse(complaints)
  return body
}

function sayDraft(session: Session, kind: KindName, name: string): void {
  session.terminal.err(session.say('draft-waits', { kind, name }))
}

async function finish(
  session: Session,
  what: 'created' | 'changed',
  kind: KindName,
  id: string,
  options: Waiting,
): Promise<number> {
  const code = options.wait === undefined ? 0 : await waitFor(session, kind, id, options.wait)
  const all = await fetchAll(session.client)
  const list = all.filter(each => each.id === id)
  if (options.output === 'table') {
    session.terminal.err(
      session.say(what, { kind: labelOfKind(kind, session.language), name: directoryOf(all).nameOf(id) }),
    )
    session.terminal.out(id)
  } else printResources(list, all, options.output, session, true)
  return code
}
