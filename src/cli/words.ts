import type { Words } from '../model/define.ts'
import { kindNames, kinds } from '../model/kinds.ts'
import { diagnosisPhrases } from './diagnosis-phrases.ts'
import { namingPhrases } from './naming-phrases.ts'

export type Language = keyof Words

/** The language that a person reads: the option, else that of the locale. */
export function languageOf(option: string | undefined, env: Readonly<Record<string, string | undefined>>): Language {
  const asked = option ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || '')
  return asked.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

const phrases = {
  ...diagnosisPhrases,
  ...namingPhrases,
  'unknown-kind': {
    en: 'there is no kind {word}{hint}. Kinds: {all}',
    zh: '没有名为 {word} 的资源类型{hint}。可用类型：{all}',
  },
  'unknown-attribute': {
    en: '{at}: there is no attribute {word} here{hint}. Attributes of {kind}: {all}',
    zh: '{at}：{kind}没有名为 {word} 的属性{hint}。可用属性：{all}',
  },
  'did-you-mean': { en: ' (did you mean {word}?)', zh: '（是否想输入 {word}？）' },
  'not-a-url': {
    en: '{text} is no address of a server; write e.g. {example}, or the path of its socket',
    zh: '{text} 不是服务地址；请写成例如 {example}，或套接字路径',
  },
  'not-an-assignment': { en: '{text}: write it as attribute=value', zh: '{text}：请写成 属性=值' },
  'not-a-number': { en: '{at}: must be a number, not {text}', zh: '{at}：应为数字，而不是 {text}' },
  'not-a-boolean': { en: '{at}: must be true or false, not {text}', zh: '{at}：应为 true 或 false，而不是 {text}' },
  'not-a-structure': {
    en: '{at}: write it as JSON or YAML, e.g. {example}; {text} is not',
    zh: '{at}：请写成 JSON 或 YAML，例如 {example}；{text} 不符合',
  },
  'not-tagged': { en: '{at}: write it as {all}, not {text}', zh: '{at}：请写成 {all}，而不是 {text}' },
  'fixed-attribute': {
    en: '{at}: cannot change after creation (it is {from}, the file says {to}). Delete the {kind} or correct the file',
    zh: '{at}：创建后不能修改（现为 {from}，文件中为 {to}）。请删除该{kind}或更正文件',
  },
  'bad-value': { en: '{at}: {text}', zh: '{at}：{text}' },
  'bad-yaml': { en: '{at}: is not YAML: {why}', zh: '{at}：不是有效的 YAML：{why}' },
  'not-a-topology': {
    en: '{at}: must be a list of {kind}, each with its attributes',
    zh: '{at}：应为{kind}的列表，每项包含其属性',
  },
  'unknown-section': {
    en: '{at}: there is no kind of resource called so{hint}. Sections: {all}',
    zh: '{at}：没有这种资源类型{hint}。可用段：{all}',
  },
  'named-twice': {
    en: '{at}: another {kind} of this file is named {word} too',
    zh: '{at}：文件中另有{kind}也名为 {word}',
  },
  'needs-a-name': { en: '{at}: needs a name', zh: '{at}：需要 name' },
  'nothing-to-do': { en: 'Nothing to do: everything is as {file} says.', zh: '无需改动：一切与 {file} 一致。' },
  'plan-sum': {
    en: '{create} to create, {change} to change, {publish} to apply, {delete} to delete, {keep} unchanged',
    zh: '新建 {create}，修改 {change}，应用 {publish}，删除 {delete}，不变 {keep}',
  },
  'go-ahead': { en: 'Do this? [y/N] ', zh: '执行吗？[y/N] ' },
  'force-takes': {
    en: 'With --force all of them lose it, in what runs too, at once; NAT rules that use only it are removed.',
    zh: '使用 --force 将立即从以上资源解绑（包括正在运行的版本）；仅使用它的 NAT 规则会被删除。',
  },
  'not-asked': {
    en: 'Nothing was changed: say --yes to do this without being asked.',
    zh: '未作任何修改：加 --yes 可不经询问直接执行。',
  },
  'left-alone': { en: 'Nothing was changed.', zh: '未作任何修改。' },
  done: { en: 'Done.', zh: '完成。' },
  created: { en: 'created {kind} {name}', zh: '已创建{kind} {name}' },
  changed: { en: 'changed {kind} {name}', zh: '已修改{kind} {name}' },
  deleted: { en: 'deleted {kind} {name}', zh: '已删除{kind} {name}' },
  applied: { en: 'applied {kind} {name}, generation {generation}', zh: '已应用{kind} {name}，版本 {generation}' },
  discarded: { en: 'discarded the draft of {kind} {name}', zh: '已放弃{kind} {name} 的草稿' },
  'draft-waits': {
    en: 'In the draft only. To put it to work: causeway apply {kind} {name}',
    zh: '仅写入草稿。使其生效：causeway apply {kind} {name}',
  },
  'no-draft-changes': { en: 'The draft is what runs: nothing to apply.', zh: '草稿与运行版本一致：无需应用。' },
  none: {
    en: 'No {kind} yet. How to create one: causeway create {word} --help',
    zh: '还没有{kind}。创建方法：causeway create {word} --help',
  },
  waiting: { en: 'waiting for {kind} {name}: {state}', zh: '等待{kind} {name}：{state}' },
  'waited-in-vain': {
    en: '{kind} {name} is still {state} after {seconds} s{reason}',
    zh: '{seconds} 秒后{kind} {name} 仍为{state}{reason}',
  },
  'no-server': {
    en: 'no answer from {url} ({why}). Is the server running? Start it with: causeway up, or name another with --url or CAUSEWAY_URL',
    zh: '{url} 没有响应（{why}）。服务是否在运行？用 causeway up 启动，或用 --url 或 CAUSEWAY_URL 指定其他地址',
  },
  refused: { en: 'refused:', zh: '被拒绝：' },
  warning: { en: 'note: {text}', zh: '注意：{text}' },
  'unsaid-target': {
    en: 'say what to apply: a kind and its name, or -f with a file',
    zh: '请指明要应用的对象：类型与名称，或 -f 加文件',
  },
  stuck: {
    en: 'these wait for each other, or for something that never came: {all}',
    zh: '以下资源互相等待或所等待的对象未出现：{all}',
  },
  'waiting-draft': { en: 'its draft says so already, and is not applied', zh: '草稿已一致，尚未应用' },
  'no-draft': {
    en: 'a {kind} has no draft: changes of it take effect at once. Kinds with a draft: {all}',
    zh: '{kind}没有草稿，修改立即生效。有草稿的类型：{all}',
  },
  'not-a-body': { en: '{at}: must hold one resource: attributes and their values', zh: '{at}：应为一个资源的属性与值' },
  'missing-option': {
    en: '{word} is required; say it as a flag, in the file of --config, or in {env}',
    zh: '缺少 {word}；请用参数、--config 文件或环境变量 {env} 给出',
  },
  'unknown-setting': {
    en: '{at}: {what}. Options by their long names: {all}',
    zh: '{at}：{what}。可用选项（长名）：{all}',
  },
  'snat-connections': {
    en: '{inUse} connections of {limit} in use, {growth}',
    zh: '连接数 {inUse}/{limit}，{growth}',
  },
  'snat-grows': {
    en: '{perHour} per hour, none left in {left} ({at})',
    zh: '每小时 {perHour}，约 {left}后用尽（{at}）',
  },
  'snat-lasts': { en: '{perHour} per hour, no end in sight', zh: '每小时 {perHour}，近期不会用尽' },
  'snat-unlimited': { en: '{inUse} connections in use', zh: '连接数 {inUse}' },
  'runs-out': { en: ', SNAT runs out soon (forecast)', zh: '，SNAT 即将用尽（forecast）' },
  check: {
    en: '{what} every {every} s, {fall} down / {rise} up',
    zh: '{what}，每 {every} 秒，失败 {fall} 次下线，成功 {rise} 次上线',
  },
  'snat-idle': { en: 'Nothing is translated now.', zh: '当前没有经 SNAT 的连接。' },
  'not-a-moment': { en: '{text} is no moment; write e.g. {forms}', zh: '{text} 不是有效的时间；例如 {forms}' },
  'at-what': {
    en: 'say what to show as it was then, e.g. causeway at 2h get load-balancers',
    zh: '请指明要查看的内容，例如 causeway at 2h get load-balancers',
  },
  between: {
    en: 'From {from} (revision {was}) to {to} (revision {is}):',
    zh: '从 {from}（修订 {was}）到 {to}（修订 {is}）：',
  },
  'no-difference': { en: 'Nothing differs.', zh: '没有差异。' },
  restored: {
    en: 'They are drafts now, and nothing was applied. Look at each with plan, then apply it; or discard it.',
    zh: '已恢复为草稿，未应用任何修改。请用 plan 查看后逐个 apply，或用 discard 放弃。',
  },
  'nothing-to-restore': {
    en: 'What ran then runs now: there is nothing to draft.',
    zh: '与当时运行的版本一致，无需恢复。',
  },
  'edits-lost': { en: ' (its edits that wait are lost)', zh: '（未应用的修改将丢失）' },
  'left-at-once': {
    en: 'Left alone, as it takes effect at once (change it with set):',
    zh: '保持不变，因其立即生效（可用 set 修改）：',
  },
  'left-newer': {
    en: 'Left alone, as it came since (remove it with delete):',
    zh: '保持不变，因其为之后新建（可用 delete 删除）：',
  },
  'no-turns': { en: 'No backend has been looked at yet.', zh: '还没有后端被检查过。' },
  availability: { en: '{name}: served {percent} of the last 24 h', zh: '{name}：最近 24 小时可用率 {percent}' },
  'server-at': { en: 'server {url}: revision {revision}', zh: '服务 {url}：修订 {revision}' },
  'agent-at': { en: 'agent {host}: {state}, at revision {revision}', zh: '代理 {host}：{state}，修订 {revision}' },
  'no-agent': {
    en: 'no agent has reported: nothing reaches a kernel. Start one with: causeway up',
    zh: '没有代理上报：改动不会到达内核。请用 causeway up 启动',
  },
  'no-lines': { en: 'No line yet, or none that was asked for.', zh: '还没有日志，或没有符合条件的日志。' },
  'lines-missed': {
    en: 'note: lines are missing here: more were written than could be told',
    zh: '注意：此处缺少部分日志：写入速度超过读取速度',
  },
  'lines-silent': {
    en: 'note: {hosts} did not answer: its lines are missing',
    zh: '注意：{hosts} 未应答，缺少其日志',
  },
  'meant-a-file': {
    en: '{at}: is the name of a file; write {at}=@{text} for what is in it',
    zh: '{at}：这是文件名；如需读取文件内容，请写作 {at}=@{text}',
  },
  'no-such-file': { en: '{at}: cannot be read: {why}', zh: '{at}：无法读取：{why}' },
  'nothing-said': {
    en: 'say at least one attribute=value. Attributes of {kind}: {all}',
    zh: '请至少给出一个 属性=值。{kind}的属性：{all}',
  },
  'plan-steps-told': {
    en: 'On the machine: {put} to put, {remove} to remove',
    zh: '主机上：写入 {put} 项，删除 {remove} 项',
  },
  'plan-steps': {
    en: 'On the machine: {put} to put, {remove} to remove (--commands shows them)',
    zh: '主机上：写入 {put} 项，删除 {remove} 项（--commands 可查看命令）',
  },
  'plan-lost': { en: 'No longer reaches:', zh: '不再可达：' },
  'plan-gained': { en: 'Newly reaches:', zh: '新增可达：' },
  'plan-unlooked': {
    en: 'It concerns {concerned} networks; who reaches whom was looked at in {looked} of them.',
    zh: '涉及 {concerned} 个网络，仅检查了其中 {looked} 个的可达性。',
  },
  'stands-by': { en: 'stands by', zh: '待命' },
  'stands-in': { en: 'stands in for those before it', zh: '正在接替' },
  'removed-backends': { en: 'Removed backends that still have connections', zh: '已移除但仍有连接的后端' },
  'log-off': { en: 'off', zh: '关闭' },
  'log-local': { en: 'kept on the machine', zh: '保存在本机' },
  'log-remote': {
    en: 'to {address}:{port} by {protocol} ({format})',
    zh: '通过 {protocol} 发送到 {address}:{port}（{format}）',
  },
  'renewed-at': { en: 'renewed at {at}', zh: '将于 {at} 续期' },
  'tried-at': { en: 'tried again at {at}', zh: '将于 {at} 重试' },
  since: { en: 'since {since}', zh: '自 {since} 起' },
  'by-packets': { en: 'by packets too', zh: '已用数据包验证' },
  'plan-breaks': {
    en: 'Breaks the policy test {name}: {why} (refused without --force)',
    zh: '违反可达性测试 {name}：{why}（不加 --force 将被拒绝）',
  },
  'plan-mends': { en: 'Mends the policy test {name}', zh: '恢复符合可达性测试 {name}' },
  'plan-stays-broken': {
    en: 'The policy test {name} is broken already and stays so: {why}',
    zh: '可达性测试 {name} 目前已违反且仍将违反：{why}',
  },
  'plan-listener-lost': {
    en: 'No backend is left for {listener} of {balancer} ({what})',
    zh: '{balancer} 的监听器 {listener}（{what}）将没有可用后端',
  },
  'plan-backend-reachable': {
    en: 'Backend {name} of {balancer} gets a way to {place}: it serves once checks succeed',
    zh: '{balancer} 的后端 {name} 将可到达（{place}）：健康检查通过后开始服务',
  },
  'plan-backend-unreachable': {
    en: 'Backend {name} of {balancer} has no way to {place}: it becomes unavailable',
    zh: '{balancer} 的后端 {name} 将无法到达（{place}）：变为不可用',
  },
  'plan-backend-disabled': {
    en: 'Backend {name} of {balancer} serves no more: it is disabled ({place})',
    zh: '{balancer} 的后端 {name} 将停止服务：已禁用（{place}）',
  },
  'plan-backend-absent': {
    en: 'Backend {name} of {balancer} is taken out ({place})',
    zh: '{balancer} 的后端 {name} 将被移除（{place}）',
  },
  'plan-cuts': { en: 'Connections that it cuts: {total}', zh: '将被切断的连接：{total}' },
  'plan-silent': {
    en: 'note: {hosts} did not say which connections it cuts',
    zh: '注意：{hosts} 未应答，不清楚会切断哪些连接',
  },
  'without-nothing': {
    en: 'Without {name}, nobody loses anything.',
    zh: '没有 {name}，不会有任何影响。',
  },
  'without-what': {
    en: 'say what to think away: a kind and its name, or host and the name of a machine',
    zh: '请指明假设不存在的对象：类型与名称，或 host 加主机名',
  },
  internet: { en: 'the internet', zh: '公网' },
  'and-others': { en: 'and {count} more', zh: '等（另有 {count} 个）' },
  'trace-real-agrees': {
    en: 'A packet was sent from {host}: it went the same way.',
    zh: '已从 {host} 发送数据包：实际路径与此一致。',
  },
  'trace-real-differs': {
    en: 'A packet was sent from {host}: it went another way. Marked + is what the kernel did, - what it should have.',
    zh: '已从 {host} 发送数据包：实际路径不一致。+ 为内核实际所为，- 为应有的处理。',
  },
  'trace-real-silent': {
    en: 'No answer to it was seen; whether somebody out there answers is not told by the trace.',
    zh: '未看到应答；外部是否应答不在跟踪范围内。',
  },
  'trace-back': { en: 'The answer:', zh: '应答：' },
  'trace-reaches': { en: 'It gets there, and the answer comes back.', zh: '可以到达，应答也能返回。' },
  'trace-unanswered': {
    en: 'It gets there, but the answer does not come back.',
    zh: '可以到达，但应答无法返回。',
  },
  'trace-dropped': { en: 'It does not get there: it is dropped.', zh: '无法到达：被丢弃。' },
  'trace-refused': { en: 'It does not get there: it is refused.', zh: '无法到达：被拒绝。' },
  'trace-unreachable': { en: 'It does not get there: no way leads there.', zh: '无法到达：没有通路。' },
  'trial-running': {
    en: '{id}: watching for {seconds} s; it is taken back by itself if one of {before} active backends falls, errors rise or a policy test breaks',
    zh: '{id}：观察 {seconds} 秒；若 {before} 个活跃后端中有后端失效、错误增多或可达性测试被违反，将自动撤回',
  },
  'trial-confirm': {
    en: '{id}: it is taken back by itself in {seconds} s unless you confirm: causeway confirm {id}',
    zh: '{id}：若 {seconds} 秒内未确认，将自动撤回。确认命令：causeway confirm {id}',
  },
  'trial-backends': { en: '{now} of {before} backends are active', zh: '{before} 个后端中 {now} 个活跃' },
  'trial-stays': {
    en: 'generation {generation} of {kind} {name} stays',
    zh: '{kind} {name} 的版本 {generation} 保留',
  },
  'trial-superseded': {
    en: 'another apply of {kind} {name} took its place: {id} ends',
    zh: '{kind} {name} 已被再次应用，{id} 结束',
  },
  'trial-reverted': {
    en: '{reason}. Generation {previous} of {kind} {name} runs again; what was tried is kept as generation {generation}',
    zh: '{reason}。{kind} {name} 已恢复为版本 {previous}；此次修改保存为版本 {generation}',
  },
  'trial-stuck': {
    en: '{reason}. Generation {generation} of {kind} {name} runs on: mend it by hand',
    zh: '{reason}。{kind} {name} 仍为版本 {generation}，请手动处理',
  },
  'watch-one': {
    en: '--watch and --confirm go with one resource, not with a file',
    zh: '--watch 和 --confirm 只能用于单个资源，不能用于文件',
  },
} as const satisfies Record<string, Words>

/** A sentence for a person, and the values that it needs. */
export type Phrase = keyof typeof phrases

/** A sentence in a language; `{name}` stands for one of the values. */
export function phrase(
  language: Language,
  key: Phrase,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return phrases[key][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** `; did you mean …?` */
export function hintText(word: string, language: Language): string {
  return phrase(language, 'did-you-mean', { word })
}

/** What people call a kind; the word itself where it is none. */
export function labelOfKind(word: string, language: Language): string {
  const kind = kindNames.find(name => name === word)
  return kind ? kinds[kind].label[language] : word
}
