import { internet } from '../src/demo/world.ts'
import { batch, strict, sysctls } from './by-hand.ts'
import { run } from './processes.ts'

/** Where clients of the balancer that is built by hand go, and where its server is. */
export const byHandKernel = { entrance: '198.18.1.10', server: 'hand-server' } as const

const [edge, lb, vpc, server] = ['hand-edge', 'hand-lb', 'hand-vpc', byHandKernel.server]
const { entrance } = byHandKernel
/** A server, by the same name as its address. */
const behind = '10.9.0.20'

/**
 * Destination NAT as an administrator would type it: the same namespaces and links as a balancer of Causeway and a server in its subnet
 * have, with the least rules that do it, and the same kinds of firewalls.
 */
export function buildKernelByHand(): () => void {
  for (const netns of [edge, lb, vpc, server]) run(['ip', 'netns', 'add', netns])
  for (const netns of [edge, lb, vpc]) sysctls(netns, 'ipv4.ip_forward=1')
  for (const netns of [edge, lb, vpc, server]) sysctls(netns, ...strict)
  sysctls(edge, 'ipv4.conf.all.proxy_arp=1')
  batch(null, [
    `link add hand0 type veth peer name edge2 netns ${internet}`,
    'link set hand0 up',
    `link add link hand0 name uplink netns ${edge} type macvlan mode bridge`,
    `link add pub0 netns ${lb} type veth peer name lb netns ${edge}`,
    `link add sub0 netns ${lb} type veth peer name lb0 netns ${vpc}`,
    `link add eth0 netns ${server} type veth peer name server0 netns ${vpc}`,
  ])
  batch(internet, ['link set edge2 up', 'address add 198.18.1.1/24 dev edge2'])
  batch(edge, [
    'link set uplink up',
    'link set lb up',
    'address add 198.18.1.2/24 dev uplink',
    'address add 169.254.0.1/32 dev lb',
    'route add default via 198.18.1.1',
    `route add ${entrance}/32 dev lb`,
  ])
  batch(vpc, [
    'link add br0 type bridge',
    'link set br0 up',
    'link set lb0 master br0 up',
    'link set server0 master br0 up',
    'address add 10.9.0.1/24 dev br0',
  ])
  sysctls(vpc, 'bridge.bridge-nf-call-iptables=0')
  batch(lb, [
    'link set lo up',
    'link set pub0 up',
    'link set sub0 up',
    `address add ${entrance}/32 dev pub0`,
    'address add 10.9.0.10/24 dev sub0',
    'route add default via 169.254.0.1 dev pub0 onlink',
  ])
  batch(server, [
    'link set lo up',
    'link set eth0 up',
    `address add ${behind}/24 dev eth0`,
    'route add default via 10.9.0.1',
  ])
  run(['ip', 'netns', 'exec', lb, 'nft', '-f', '-'], lbRules)
  run(['ip', 'netns', 'exec', server, 'nft', '-f', '-'], serverRules)
  return () => {
    for (const netns of [edge, lb, vpc, server]) run(['ip', 'netns', 'delete', netns])
  }
}

const lbRules = `table ip hand {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    ct status dnat accept
  }
  chain dstnat {
    type nat hook prerouting priority -100;
    ip daddr ${entrance} tcp dport 80 dnat to ${behind}:80
  }
  chain srcnat {
    type nat hook postrouting priority 100;
    oifname "sub0" snat to 10.9.0.10
  }
}`
const serverRules = `table ip hand {
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    ct state established,related accept
    tcp dport 80 accept
  }
}`
