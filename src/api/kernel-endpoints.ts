import type { CountedRules, KernelObjects, RuleCounters } from '../client/kernel-wire.ts'
import { namespacesWith, objectsFor, objectsIn, partsOfNetns, type KernelObject } from '../diagnose/trace/explain.ts'
import { placeText } from '../diagnose/trace/narration.ts'
import { childrenOf } from '../diagnose/trace/thing.ts'
import type { Model, Resource } from '../model/model.ts'
import { Refused } from '../model/problem.ts'
import type { Call, Endpoint, Schema } from './endpoint.ts'
import type { Questions } from './questions.ts'
import type { Services } from './resources.ts'

const text = { type: 'string' } as const
const counted = {
  type: 'object',
  required: ['packets', 'bytes'],
  properties: { packets: { type: 'integer' }, bytes: { type: 'integer' } },
} as const
const silent = { type: 'array', items: text, description: 'Machines that did not say' } as const
const orNull = (schema: Schema): Schema => ({ oneOf: [{ type: 'null' }, schema] })
const named = { kind: text, id: text, name: text }
const object = {
  type: 'object',
  required: ['kind', 'id', 'name', 'of'],
  properties: { ...named, of: orNull({ type: 'object', required: Object.keys(named), properties: named }) },
}
const applied = {
  type: 'object',
  required: ['generation', 'at', 'author'],
  properties: { generation: { type: 'integer' }, at: text, author: text },
}
const item = {
  netns: text,
  place: { ...text, description: 'Whose namespace that is, in the language of Accept-Language' },
  kind: text,
  text: { ...text, description: "As the kernel's tools take it" },
  handle: { type: ['integer', 'null'], description: "The kernel's number of a rule" },
  counted: orNull(counted),
  object: orNull(object),
  applied: orNull(applied),
}
const objectsSchema: Schema = {
  type: 'object',
  required: ['items', 'silent'],
  properties: {
    items: { type: 'array', items: { type: 'object', required: Object.keys(item), properties: item } },
    silent,
  },
}
const countersSchema: Schema = {
  type: 'object',
  required: ['items', 'silent'],
  properties: {
    items: { type: 'object', additionalProperties: counted, description: 'By rule: of each flow the first packet' },
    silent,
  },
}

/** What kernels hold and why, and what their rules count. */
export function kernelEndpoints({ model }: Pick<Services, 'model'>, questions: Questions): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/v1/kernel',
      name: 'explainKernel',
      tag: 'system',
      about:
        'Tells what machines hold for a resource, or what a namespace holds; each with what of the API it is for, who applied that and when',
      needs: 'read-only',
      query: {
        resource: { about: 'The id of a resource, or of a child', schema: text },
        netns: { about: 'The name of a namespace', schema: text },
        rule: { about: "Only rules with this number of the kernel's, or with this text", schema: text },
      },
      answers: { status: 200, about: 'Links, addresses, routes, rules, sets', schema: objectsSchema },
      async handle({ query, language, signal }) {
        const { resource, netns, rule } = query
        const found = resource === undefined ? inNetns(model(), netns) : forId(model(), resource)
        const { rules, silent: quiet } = await asked(questions, namespacesWith(found), signal)
        const items = found.map(each => {
          const { netns: where, kind, text: words, object: thing, applied: by } = each
          const { handle = null, counted: count = null } = ruleOf(rules, each) ?? {}
          return {
            netns: where,
            place: placeText(each.where, language),
            kind,
            text: words,
            handle,
            counted: count,
            object: thing,
            applied: by,
          }
        })
        const number = rule !== undefined && /^\d+$/.test(rule) ? Number(rule) : null
        const isWanted = ({ handle, kind, text: words }: (typeof items)[number]) =>
          rule === undefined || (number === null ? kind === 'ruleset' && words.includes(rule) : handle === number)
        const wanted = items.filter(isWanted)
        return { status: 200, body: { items: wanted, silent: quiet } satisfies KernelObjects }
      },
    },
    {
      method: 'GET',
      path: '/v1/counters/{id}',
      name: 'readRuleCounters',
      tag: 'system',
      about:
        'What the rules of a security group, a NAT gateway or a VPC let through, dropped or translated since they were loaded',
      needs: 'read-only',
      answers: {
        status: 200,
        about: 'Packets and bytes by rule; of each flow the first packet',
        schema: countersSchema,
      },
      async handle({ params, signal }) {
        const resource = resourceOf(model(), params['id'] ?? '')
        const { rules, silent: quiet } = await asked(questions, namespacesWith(objectsFor(model(), resource)), signal)
        return { status: 200, body: { items: sums(resource, rules), silent: quiet } satisfies RuleCounters }
      },
    },
  ]
}

function resourceOf(model: Model, id: string): Resource {
  const resource = model.resources.get(id)
  if (resource) return resource
  throw new Refused([{ code: 'no-such-resource', at: '', values: { id } }])
}

/** What is held for a resource, or for one of its children. */
function forId(model: Model, id: string): KernelObject[] {
  const owner =
    model.resources.get(id) ??
    [...model.resources.values()].find(each => childrenOf(each).some(child => child.id === id))
  const objects = objectsFor(model, owner ?? resourceOf(model, id))
  return owner?.id === id ? objects : objects.filter(each => each.for === id)
}

function inNetns(model: Model, netns: string | undefined): KernelObject[] {
  if (netns === undefined)
    throw new Refused([{ code: 'bad-query', at: '', values: { name: 'netns', expected: 'cw-…' } }])
  return [...objectsIn(model, partsOfNetns(model, netns), netns)]
}

async function asked(questions: Questions, netns: readonly string[], signal: Call['signal']) {
  if (netns.length === 0) return { rules: [], silent: [] }
  try {
    const replies = await questions.ask<'rules'>({ type: 'rules', netns }, signal)
    return {
      rules: replies.flatMap(({ answer }) => answer ?? []),
      silent: replies.flatMap(({ host, answer }) => (answer ? [] : host)),
    }
  } catch (error) {
    // What the model says is told without the machines, too.
    if (error instanceof Refused) return { rules: [], silent: ['*'] }
    throw error
  }
}

type KernelRule = CountedRules['rules'][number]

/** The kernel's own rule where it is the one that was compiled. */
function ruleOf(all: readonly CountedRules[], { netns, rule, for: id }: KernelObject): KernelRule | undefined {
  if (!rule) return undefined
  const { family, chain, index } = rule
  return all
    .find(each => each.netns === netns)
    ?.rules.find(each => each.family === family && each.chain === chain && each.index === index && each.for === id)
}

function sums(resource: Resource, all: readonly CountedRules[]): RuleCounters['items'] {
  const ids = new Set([resource.id, ...childrenOf(resource).map(({ id }) => id)])
  const items: Record<string, { packets: number; bytes: number }> = {}
  for (const { for: id, counted: count } of all.flatMap(({ rules }) => rules)) {
    if (!count || !ids.has(id)) continue
    const sum = (items[id] ??= { packets: 0, bytes: 0 })
    sum.packets += count.packets
    sum.bytes += count.bytes
  }
  return items
}
