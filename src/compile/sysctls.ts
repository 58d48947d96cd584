/**
 * Strict reverse-path filtering, and ARP only for addresses of the link that is asked on. The kernel takes the greater of
 * `all` and a link's own value, so that `all` is enough.
 */
const strict = {
  'ipv4/conf/all/rp_filter': '1',
  'ipv4/conf/all/arp_ignore': '1',
  'ipv4/conf/all/arp_announce': '2',
}

/** Of a namespace that forwards. Forwarding comes first: switching it resets others. */
export const routerSysctls = { 'ipv4/ip_forward': '1', ...strict }

/** Of a router: packets may leave by the bridge that they came from, and bridged ones are not its filters' business. */
export const bridgingSysctls = {
  ...routerSysctls,
  'ipv4/conf/all/send_redirects': '0',
  'ipv4/conf/default/send_redirects': '0',
  'bridge/bridge-nf-call-iptables': '0',
}

/** Of a router that leads answers back by marks: strict reverse-path filtering must heed these. */
export const leadingSysctls = { 'ipv4/conf/all/src_valid_mark': '1' }

/** Of the edge: it answers ARP for what it has a route to on another link. */
export const edgeSysctls = {
  ...routerSysctls,
  'ipv4/conf/all/proxy_arp': '1',
}

/** Of a server. */
export const serverSysctls = strict

/** Of a balancer: BBR, the default of some kernels, costs a third of the throughput between namespaces. */
export const balancerSysctls = {
  ...routerSysctls,
  // Links must not ask for themselves what `all` does not.
  'ipv4/conf/default/rp_filter': '0',
  'ipv4/conf/all/accept_local': '0',
  'ipv4/conf/all/send_redirects': '0',
  'ipv4/conf/default/send_redirects': '0',
  'ipv4/tcp_congestion_control': 'cubic',
  // Of a connection that HAProxy closed its own end knows best: by default its two flows would be kept for two minutes more.
  'netfilter/nf_conntrack_tcp_timeout_time_wait': '10',
  // Twice as many connections to a backend as by default: nobody else is here to keep ports for.
  'ipv4/ip_local_port_range': '1024 65535',
}

/**
 * Of a balancer some of whose listeners the kernel carries: of whoever is believed, its rules ask once a flow. The kernel looks up the
 * way back to every packet's source unless local ones are accepted, too, where there are policy rules.
 */
export const carryingSysctls = { 'ipv4/conf/all/rp_filter': '0', 'ipv4/conf/all/accept_local': '1' }

/** Of a balancer with several nodes: what waits to be accepted by one that ends goes to another. */
export const sharingSysctls = { 'ipv4/tcp_migrate_req': '1' }
