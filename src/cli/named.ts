import type { WireResource } from '../client/wire.ts'
import { childListsOf } from '../model/child-lists.ts'
import type { KindName } from '../model/kinds.ts'
import { kindOf, nearest } from './attributes.ts'
import { childAt } from './child-path.ts'
import { Misuse } from './complaint.ts'
import { directoryOf } from './directory.ts'

/**
 * The id that a word names among resources of several kinds: a name, an id, the address of a public IP, `kind:name` where
 * several kinds have the name, and `front/listeners/80` for a child. A public IP that is named like what holds it stands
 * back: whoever says that name means the holder.
 */
export function idAmong(all: readonly WireResource[], of: readonly KindName[], word: string): string {
  const [whole = '', ...path] = word.split('/')
  const { kinds, name } = narrowed(of, whole, path[0])
  const directory = directoryOf(all)
  const named = directory.find(kinds, name)
  const ids = named.length > 0 || !kinds.includes('eip') ? named : withAddress(all, name)
  const resources = all.filter(({ id }) => ids.includes(id))
  const meant = resources.filter(each => each.kind !== 'eip' || !named.includes(each.boundTo?.id ?? ''))
  const [resource, ...others] = meant
  if (resource && others.length > 0) {
    const choices = meant.map(each => `${each.kind}:${name} (${each.id})`)
    throw new Misuse([{ say: 'ambiguous-kind', values: { at: word, word: name, all: choices.join(', ') } }])
  }
  if (resource && path.length > 0) return childAt(resource, path.join('/'), 'member').path.at(-1) ?? resource.id
  if (resource) return resource.id
  // What is no name may be the id of a child, which the server knows.
  if (/^[a-z]+-[0-9a-z]{8}$/.test(name)) return name
  const near = nearest(name, directory.namesOf(kinds)) ?? ''
  const say = kinds.length > mostKinds ? 'nothing-named' : 'no-such-resource'
  throw new Misuse([{ say, values: { at: word, word: name, kind: kinds.join('/'), near } }])
}

/** More kinds than these are not told one by one. */
const mostKinds = 6

/** Of the kinds those that are said before a colon, and that have such children. */
function narrowed(of: readonly KindName[], word: string, list: string | undefined) {
  const [, prefix = '', rest = ''] = /^([a-z-]+):(.+)$/.exec(word) ?? []
  const kind = kindOf(prefix)
  const said = kind && of.includes(kind) ? { kinds: [kind], name: rest } : { kinds: of, name: word }
  const having = said.kinds.filter(each => childListsOf(each).some(({ segment }) => segment === list))
  return list === undefined || having.length === 0 ? said : { ...said, kinds: having }
}

function withAddress(all: readonly WireResource[], address: string): readonly string[] {
  return all.flatMap(each => (each.kind === 'eip' && each.address === address ? each.id : []))
}
