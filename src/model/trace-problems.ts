/** What can be wrong with a question about a packet. Part of the one catalogue of problems. */
export const traceProblems = {
  'no-such-end': {
    http: 404,
    ret: 2100,
    words: {
      en: 'packets neither come from nor go to {id}; name a server, a balancer, a NAT gateway, a VPC, a public IP, or an address',
      zh: '{id} 不能作为数据包的起点或终点；请指定云服务器、负载均衡器、NAT 网关、VPC、公网 IP 或地址',
    },
  },
  'no-such-resource': {
    http: 404,
    ret: 2100,
    words: { en: 'there is no resource {id}', zh: '不存在资源 {id}' },
  },
  'end-without-address': {
    http: 409,
    ret: 1400,
    words: {
      en: '{id} has no address: put it into a private network of a VPC, or bind a public IP to it',
      zh: '{id} 没有地址：请将其加入 VPC 的私有网络，或为其绑定公网 IP',
    },
  },
  'ambiguous-address': {
    http: 409,
    ret: 1400,
    words: {
      en: '{address} lies in several VPCs ({vpcs}); say in vpc which one is meant',
      zh: '{address} 位于多个 VPC（{vpcs}）；请用 vpc 指明',
    },
  },
  'no-subnet-there': {
    http: 409,
    ret: 1400,
    words: {
      en: '{address} lies in no private network of {vpc}: nothing there can send',
      zh: '{address} 不在 {vpc} 的任何私有网络内，无法作为起点',
    },
  },
  'real-draft': {
    http: 409,
    ret: 1400,
    words: {
      en: 'a packet can only be sent through what runs now: leave out the draft or the time, or do not send one',
      zh: '只能在当前运行的网络中发送数据包：请去掉草稿或时间，或不发送',
    },
  },
  'no-real-origin': {
    http: 409,
    ret: 1400,
    words: {
      en: 'nothing of ours runs where {id} sends from: only it can send such a packet',
      zh: '{id} 的发出处没有本系统可用的进程，只有它自己能发送',
    },
  },
  'not-followed': {
    http: 503,
    ret: 5000,
    words: { en: 'no machine could send and follow it: {reason}', zh: '没有主机能发送并跟踪它：{reason}' },
  },
} as const
