import assert from 'node:assert/strict'
import { test } from 'node:test'
import { childListsOf, type ChildList } from '../../src/model/child-lists.ts'
import { kindNames, kinds } from '../../src/model/kinds.ts'
import { labels } from '../../src/console/i18n/labels-en.ts'
import { formWords } from '../../src/console/form/words.ts'
import { healthWords } from '../../src/console/health/words.ts'
import { signInWords } from '../../src/console/pages/sign-in-words.ts'
import { childWords } from '../../src/console/ui/child-words.ts'
import { effectsWords } from '../../src/console/ui/effects-words.ts'
import { trialWords } from '../../src/console/ui/trial-words.ts'
import { historyWords } from '../../src/console/ui/history-words.ts'
import { operationsWords } from '../../src/console/ui/operation-words.ts'
import { en } from '../../src/console/i18n/words-en.ts'
import { zh } from '../../src/console/i18n/words-zh.ts'

const later = {
  ...childWords,
  ...effectsWords,
  ...trialWords,
  ...formWords,
  ...healthWords,
  ...historyWords,
  ...operationsWords,
  ...signInWords,
}

test('every attribute of every kind and child has a label', () => {
  const attributes = kindNames.flatMap(kind => [
    ...Object.keys({ ...kinds[kind].now.shape, ...kinds[kind].spec.shape }),
    ...kinds[kind].columns,
    ...childListsOf(kind).flatMap(namesIn),
  ])
  const named = [...attributes, 'tags', 'description', 'createdAt', 'state']
  assert.deepEqual(
    named.filter(each => !Object.hasOwn(labels, each)),
    [],
  )
})

test('every list of children says what adding to it is called', () => {
  const lists = kindNames.flatMap(childListsOf).flatMap(list => [list, ...list.lists])
  const words = lists.flatMap(({ attribute }) => [`child.add-${attribute}`, `child.one-${attribute}`])
  assert.deepEqual(
    words.filter(word => !(word in childWords)),
    [],
  )
})

test('both languages fill the same blanks', () => {
  const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort()
  const differing = Object.entries(en).filter(([word, text]) => {
    const other = zh[word as keyof typeof en]
    return JSON.stringify(blanks(text)) !== JSON.stringify(blanks(other))
  })
  const alike = Object.entries(later).filter(
    ([, words]) => JSON.stringify(blanks(words.en)) !== JSON.stringify(blanks(words.zh)),
  )
  assert.deepEqual([...differing, ...alike], [])
})

test('the words of the seed page are on the buttons', () => {
  const words: readonly string[] = [...Object.values(zh), ...Object.values(later).map(each => each.zh)]
  const wanted =
    '产品与服务 网络服务 安全服务 创建 添加规则 应用修改 创建监听器 添加后端 添加路由 提交 购买并绑定 使用已有 暂不绑定 拓扑 操作日志 监控'
  assert.deepEqual(
    [...wanted.split(' '), '创建 VPC 网络'].filter(each => !words.includes(each)),
    [],
  )
})

function namesIn(list: ChildList): string[] {
  return [...Object.keys(list.member.shape), ...list.lists.flatMap(namesIn)]
}
