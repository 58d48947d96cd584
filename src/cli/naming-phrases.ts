import type { Words } from '../model/define.ts'

/** What the command line says of names that it cannot make out, and of what machines hold. */
export const namingPhrases = {
  'no-such-resource': { en: '{at}: there is no {kind} named {word}{hint}', zh: '{at}：没有名为 {word} 的{kind}{hint}' },
  'ambiguous-name': {
    en: '{at}: {word} is the name of several: {all}. Use the id',
    zh: '{at}：有多个资源名为 {word}：{all}。请使用 ID',
  },
  'ambiguous-kind': {
    en: '{at}: {word} is the name of several. Write {all}',
    zh: '{at}：有多个资源名为 {word}。请写成 {all}',
  },
  'nothing-named': { en: '{at}: nothing here is named {word}{hint}', zh: '{at}：没有名为 {word} 的资源{hint}' },
  'no-such-id': {
    en: '{at}: there is no {kind} {word}. Leave the id out to create one',
    zh: '{at}：不存在{kind} {word}。要新建请去掉 id',
  },
  'child-unnamed': {
    en: '{word}: name one of its {list}, e.g. {example}',
    zh: '{word}：请指明其中一个 {list}，例如 {example}',
  },
  'child-ambiguous': {
    en: '{word} names {count} of the {list}: {all}. Use the id',
    zh: '{word} 对应 {count} 个 {list}：{all}。请使用 ID',
  },
  'child-unknown': {
    en: 'there is no {word} among the {list}: {all}',
    zh: '{list} 中没有 {word}，现有：{all}',
  },
  'no-such-child': {
    en: '{word} is no list of a {kind}{hint}. Lists: {all}',
    zh: '{kind}没有名为 {word} 的列表{hint}。可用列表：{all}',
  },
  'explain-where': {
    en: 'say which namespace, e.g. causeway explain rule cw-lb-1a2b3c4d 14',
    zh: '请指明命名空间，例如 causeway explain rule cw-lb-1a2b3c4d 14',
  },
  'kernel-silent': {
    en: 'note: not every machine answered: numbers of rules and counts may be missing',
    zh: '注意：部分主机未应答，规则编号与计数可能缺失',
  },
  'kernel-nothing': { en: 'Machines hold nothing of the kind.', zh: '主机上没有相应内容。' },
} as const satisfies Record<string, Words>
