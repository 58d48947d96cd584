import type { Words } from '../../model/define.ts'

/**
 * Everything that can be told of a packet's way, in one table. `{it}` is what caused it, by kind, name and id; other braces stand for
 * values of the step, or for things that it names.
 */
export const tellings = {
  sends: { en: 'sends it', zh: '发出数据包' },
  refuses: { en: 'refuses it: nobody there takes it', zh: '拒绝：此处无人接收' },
  'sent-by-machine': { en: 'the machine there sends it', zh: '其后的虚拟机发出数据包' },
  answers: { en: 'answers it', zh: '作出应答' },
  answered: { en: 'the answer comes from the internet', zh: '应答来自公网' },
  comes: { en: 'it comes from the internet', zh: '数据包来自公网' },
  enters: { en: 'it enters by {link}', zh: '从 {link} 进入' },
  route: { en: '{it} leads to {next}', zh: '{it} 通往 {next}' },
  'own-route': { en: 'its own way to {destination} leads to {next}', zh: '到 {destination} 的自身路由通往 {next}' },
  'route-out': { en: '{it} leads out by {link}', zh: '{it} 经 {link} 离开' },
  'own-route-out': {
    en: 'its own way to {destination} leads out by {link}',
    zh: '到 {destination} 的自身路由经 {link} 离开',
  },
  answer: { en: 'it answers a flow that was let through: it passes', zh: '属于已放行连接的应答，放行' },
  undone: { en: 'the translation of its flow is undone', zh: '还原此连接的地址转换' },
  admits: { en: '{it} lets it pass', zh: '{it} 放行' },
  'lets-leave': {
    en: 'nothing in {it} drops it, and what leaves may: it passes',
    zh: '{it} 中没有丢弃它的上行规则，默认放行',
  },
  passes: { en: 'nothing here holds it back', zh: '此处不拦截' },
  dnat: { en: '{it} rewrites the destination', zh: '{it} 改写目的地址' },
  'eip-dnat': { en: 'the public IP of {it} leads to it', zh: '{it} 的公网 IP 指向它' },
  'eip-snat': { en: 'it goes on as the public IP of {it}', zh: '以{it} 的公网 IP 发出' },
  spread: { en: '{it} gives it to {backend}', zh: '{it} 将其转给 {backend}' },
  snat: { en: '{it} rewrites the source', zh: '{it} 改写源地址' },
  'snat-among': {
    en: '{it} rewrites the source, to one of {sources} at random',
    zh: '{it} 改写源地址（从 {sources} 中随机选取）',
  },

  arrives: { en: 'it arrives: {address} is here', zh: '到达：{address} 在此' },
  listens: { en: 'it arrives: {it} takes it', zh: '到达：由{it} 接收' },
  leaves: { en: 'it leaves for the internet', zh: '发往公网' },
  'leaves-for': { en: 'it leaves by {link} for {it}, a machine of its own', zh: '经 {link} 发往{it}（独立虚拟机）' },
  'leaves-for-machine': { en: 'it leaves by {link}, for a machine that is not ours', zh: '经 {link} 发往其后的虚拟机' },
  'nothing-listens': {
    en: 'nothing here listens on {protocol} port {port}: it is refused',
    zh: '此处没有监听 {protocol} 端口 {port}，被拒绝',
  },
  drops: { en: '{it} drops it', zh: '{it} 将其丢弃' },
  'nobody-admits': { en: 'no rule of {it} admits it: it is dropped', zh: '{it} 中没有放行它的规则，被丢弃' },
  'lists-drop': { en: 'the lists of {it} refuse {address}: it is dropped', zh: '{it} 的名单拒绝 {address}，被丢弃' },
  untranslated: {
    en: 'no rule of {it} translates {address}, and no private source may leave: it is dropped',
    zh: '{it} 没有为 {address} 转换地址的规则，私有源地址不得离开，被丢弃',
  },
  unwanted: {
    en: 'nothing of {it} lets it pass: it is dropped',
    zh: '{it} 没有放行它的设置，被丢弃',
  },
  unserved: { en: 'no backend of {it} is left to take it: it is refused', zh: '{it} 没有可用的后端，被拒绝' },
  'no-route': { en: 'there is no route to {address}', zh: '没有到 {address} 的路由' },
  'no-balancer-route': {
    en: 'no route leads to {address}; balancers take nothing but the routes of route tables',
    zh: '没有到 {address} 的路由；负载均衡器只使用路由表中的路由',
  },
  'route-nowhere': { en: '{it} leads nowhere', zh: '{it} 无处可达' },
  'gateway-off': { en: '{it} leads to {hop}, which is switched off', zh: '{it} 通往 {hop}，但后者已关闭' },
  'router-free': {
    en: '{it} leads to {hop}, which is of the free type: it has no way to the internet',
    zh: '{it} 通往 {hop}，但它是免费型，无法访问公网',
  },
  'router-without-eip': { en: '{it} leads to {hop}, which has no public IP', zh: '{it} 通往 {hop}，但它未绑定公网 IP' },
  'address-free': { en: 'nobody holds the public address {address}', zh: '公网地址 {address} 未绑定任何资源' },
  silence: { en: 'nobody answers for {address} on {link}', zh: '{link} 上没有主机应答 {address}' },
  'holder-off': { en: '{it}, which has {address}, is switched off', zh: '拥有 {address} 的{it} 已关闭' },
  'place-off': { en: 'it is switched off', zh: '它已关闭' },
  'router-off': { en: '{it} is switched off: nothing passes', zh: '{it} 已关闭，无法通信' },
  'no-place': { en: 'it is not there', zh: '它不存在' },
  'reverse-path': {
    en: 'an answer to {address} would not leave by {link}: what comes from there by this link is dropped',
    zh: '到 {address} 的应答不会从 {link} 离开，来自该链路的此数据包被丢弃（反向路径检查）',
  },
  'no-forwarding': { en: 'it forwards nothing: it is dropped', zh: '它不转发数据包，被丢弃' },
  loop: { en: 'it goes round in circles: it is dropped', zh: '数据包循环转发，被丢弃' },

  'goes-on': { en: 'it goes on by {link}', zh: '经 {link} 继续' },
  lost: {
    en: 'the kernel lets it go no further, by no rule: there is no way on, or it was not expected to come so',
    zh: '内核不再继续转发，且并非由规则所致：没有后续通路，或来路不符',
  },
  foreign: { en: 'a rule that is not ours drops it, in {chain}', zh: '被不属于本系统的规则丢弃（{chain}）' },
  unseen: { en: 'it leaves by {link}; nothing of ours sees it afterwards', zh: '经 {link} 离开，此后未在本系统中出现' },
  unsent: { en: 'it cannot be sent: {reason}', zh: '无法发送：{reason}' },
} as const satisfies Readonly<Record<string, Words>>

export type Telling = keyof typeof tellings
