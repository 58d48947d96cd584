import type { Command } from '../model/command.ts'
import { find, type Id } from '../model/model.ts'
import { changing, listing, reading, type Call } from './action.ts'
import { namedParent, parentOf } from './child-index.ts'
import { asksFor, inOrder, isCalled, named, page } from './describe.ts'
import { fail } from './failure.ts'
import { int, list, objects, offSwitch, text } from './parameters.ts'
import { bodyOf, listOf, staticsOf, staticView, typeOf, valueNames, type Static } from './static-values.ts'

const names = { ...valueNames, name: 'router_static_name' }

/** What a router does besides routing: port forwards, names, and what servers are told. */
export const routerStaticActions = [
  reading(
    'DescribeRouterStatics',
    {
      ...listing,
      router: text.optional(),
      router_statics: list(text).optional(),
      vxnet: text.optional(),
      static_type: int().optional(),
    },
    (asked, call) => {
      const wanted = routersOf(call, asked.router, asked.router_statics)
        .flatMap(staticsOf)
        .filter(
          each =>
            (asked.router_statics?.includes(each.child.id) ?? true) &&
            (asked.static_type === undefined || typeOf(each.list) === asked.static_type) &&
            (asked.vxnet === undefined || vxnetOf(each, call) === asked.vxnet) &&
            isCalled(each.child, asked.search_word),
        )
      return page(asked, 'router_static_set', wanted, each => staticView(each, vxnetOf(each, call)))
    },
  ),

  changing(
    'AddRouterStatics',
    {
      router: text,
      statics: objects({
        static_type: int(),
        router_static_name: text.default(''),
        val1: text.optional(),
        val2: text.optional(),
        val3: text.optional(),
        val4: text.optional(),
      }),
    },
    async ({ router: id, statics }, call) => {
      const readable = call.heedEach(statics, ({ static_type: type, router_static_name: name, ...values }, i) => {
        const path = listOf(type, `statics.${i + 1}.static_type`)
        const body = { name, ...bodyOf(path, values) }
        return { place: `statics[${i}]`, command: { do: 'add-child', kind: 'vpc', id, path: [path], body } as const }
      })
      const done = await call.runAll(
        readable.map(({ command }) => command),
        readable.map(({ place }) => place),
      )
      return { router_statics: done.flatMap(({ child }) => child ?? []) }
    },
    {
      names,
      note: 'Types 1 (port forwarding), 8 (private DNS) and 3 (DHCP options, which are kept and have no effect)',
    },
  ),

  changing(
    'ModifyRouterStaticAttributes',
    {
      router_static: text,
      router_static_name: text.optional(),
      val1: text.optional(),
      val2: text.optional(),
      val3: text.optional(),
      val4: text.optional(),
      disabled: offSwitch.optional(),
    },
    async ({ router_static: id, router_static_name: name, disabled: enabled, ...values }, call) => {
      const { vpc, list: path } = namedStatic(call, id)
      const body = { name, enabled, ...bodyOf(path, values) }
      await call.run({ do: 'patch-child', kind: 'vpc', id: vpc.id, path: [path, id], body })
      return { router_static_id: id }
    },
    { names, note: 'Empty values stay as they are' },
  ),

  changing('DeleteRouterStatics', { router_statics: list(text) }, async ({ router_statics: ids }, call) => {
    const commands = call.heedEach(ids, (id): Command => {
      const { vpc, list: path } = namedStatic(call, id)
      return { do: 'delete-child', kind: 'vpc', id: vpc.id, path: [path, id] }
    })
    await call.runAll(commands)
    return { router_statics: ids }
  }),

  changing(
    'CopyRouterStatics',
    {
      source_router: text.optional(),
      source_router_id: text.optional(),
      dest_router: text.optional(),
      dest_router_id: text.optional(),
      router_statics: list(text).optional(),
      static_type: list(int()).optional(),
    },
    async ({ router_statics: ids, static_type: types, ...given }, call) => {
      const source = given.source_router ?? given.source_router_id
      const id = given.dest_router ?? given.dest_router_id ?? ''
      if (id === '') call.heed(() => fail(1100, 'parameter [dest_router] is required'))
      if (source === undefined && ids === undefined)
        fail(1100, 'parameter [source_router] or [router_statics] is required')
      if (source !== undefined) call.heed(() => named(call, 'vpc', source))
      const wanted = routersOf(call, source, ids)
        .flatMap(staticsOf)
        .filter(each => (ids?.includes(each.child.id) ?? true) && (types?.includes(typeOf(each.list)) ?? true))
      const done = await call.runAll(
        wanted.map(({ list: path, child: { id: _, ...body } }) => ({
          do: 'add-child',
          kind: 'vpc',
          id,
          path: [path],
          body,
        })),
      )
      return { router_statics: done.flatMap(({ child }) => child ?? []) }
    },
    { names, note: 'Copies within the installation' },
  ),

  reading(
    'DescribeRouterStaticEntries',
    { ...listing, router_static: text.optional(), router_static_entries: list(text).optional() },
    asked => page(asked, 'router_static_entry_set', []),
    { note: 'Entries belong to VPNs and tunnels; there are none' },
  ),
]

/** The routers that statics are looked for in: one, those of some statics, or all. */
function routersOf(call: Call, router: Id | undefined, statics: readonly Id[] | undefined) {
  const model = call.model()
  if (router !== undefined) return [find(model, 'vpc', router) ?? []].flat()
  if (statics !== undefined) return [...new Set(statics.flatMap(id => parentOf(call, 'vpc', id) ?? []))]
  return inOrder(model, 'vpc').filter(asksFor(call, {}))
}

function namedStatic(call: Call, id: Id): Static {
  const found = staticsOf(namedParent(call, 'vpc', id)).find(({ child }) => child.id === id)
  return found ?? fail(2100, `router static [${id.slice(0, 64)}] does not exist`)
}

/** The network that a static concerns: that of the server which is told options. */
function vxnetOf(each: Static, call: Call): Id {
  if (each.list !== 'dhcpOptions') return ''
  return find(call.model(), 'server', each.child.server)?.now.subnet ?? ''
}
