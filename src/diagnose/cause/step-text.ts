import { segmentOf } from '../../model/child-lists.ts'
import type { Command } from '../../model/command.ts'
import type { Words } from '../../model/define.ts'
import { kinds } from '../../model/kinds.ts'
import { eipsAt, type Id, type Model } from '../../model/model.ts'
import { filled, labelOf } from './finding.ts'

const words = {
  create: { en: 'create a {kind}: {what}', zh: '创建{kind}：{what}' },
  patch: { en: 'set of {it}: {what}', zh: '设置 {it}：{what}' },
  apply: { en: 'apply the changes of {it}', zh: '对 {it} 应用修改' },
  'add-child': { en: 'add to the {list} of {it}: {what}', zh: '在 {it} 的 {list} 中添加：{what}' },
  'patch-child': { en: 'set of {child} of {it}: {what}', zh: '设置 {it} 的 {child}：{what}' },
  'delete-child': { en: 'remove {child} from {it}', zh: '从 {it} 删除 {child}' },
} as const satisfies Readonly<Record<string, Words>>

/** What a command of a repair does, as a sentence. */
export function stepText(model: Model, command: Command, language: keyof Words): string {
  if (!(command.do in words)) return command.do
  const path = 'path' in command ? command.path : []
  const isAdded = command.do === 'add-child'
  const values = {
    kind: kinds[command.kind].label[language],
    it: 'id' in command ? nameOf(model, command.id) : '',
    list: isAdded ? segmentOf(path.at(-1) ?? '') : '',
    child: isAdded ? '' : childText(path),
    what: 'body' in command ? bodyText(model, command.body) : '',
  }
  return filled(words[command.do as keyof typeof words][language], values)
}

function childText(path: readonly string[]): string {
  return path.map((part, i) => (i % 2 === 0 ? segmentOf(part) : part)).join('/')
}

function nameOf(model: Model, id: Id): string {
  const resource = model.resources.get(id)
  return resource ? labelOf(resource) : id
}

function bodyText(model: Model, body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  return Object.entries(body)
    .map(([name, value]) => `${name} = ${valueText(model, value)}`)
    .join(', ')
}

function valueText(model: Model, value: unknown): string {
  if (Array.isArray(value)) return value.map(each => valueText(model, each)).join(', ')
  if (typeof value === 'object' && value !== null) {
    return Object.values(value)
      .map(each => valueText(model, each))
      .join(' ')
  }
  const text = String(value)
  const resource = model.resources.get(text)
  if (resource?.kind === 'eip') return `${resource.now.address} (${resource.id})`
  if (resource) return labelOf(resource)
  const [eip] = /^\d+\.\d+\.\d+\.\d+$/.test(text) ? eipsAt(model, text) : []
  return eip === undefined ? text : `${text} (${eip})`
}
