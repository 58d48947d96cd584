import { portText, servedBy } from '../host/proxy-pool-text.ts'
import { poolsOf, type ProxyConfig, type ProxyPool, type ProxyServer } from '../host/proxy.ts'
import { currentOf, isKnownHealthy, knowledgeOf } from './proxy-plan.ts'
import type { ServerStat } from './proxy-stat.ts'

const columns = `be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight
  srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state
  bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr
  srv_agent_port`.split(/\s+/)

/**
 * A server-state file (version 1) for a new process: servers that the old process knew to be up at the same address, in
 * whichever pool, stay up, all others begin down. Without it HAProxy takes every server to be up.
 */
export function stateFileText(config: ProxyConfig, before: readonly ServerStat[]): string {
  const knownOf = knowledgeOf(currentOf(before))
  const lines = poolsOf(config).flatMap(pool =>
    servedBy(pool).map(server => lineOf(pool, server, knownOf(pool, server))),
  )
  return `${['1', `# ${columns.join(' ')}`, ...lines].join('\n')}\n`
}

/** HAProxy finds the server by its names; the port and the weights replace those of the configuration, so they are the same. */
function lineOf(pool: ProxyPool, server: ProxyServer, before: ServerStat | undefined): string {
  const { id, check, slowStartS } = pool
  const up = check.protocol === 'none' || isKnownHealthy(pool, before, server)
  const weight = String(server.weight)
  // HAProxy has such a one begin anew, as it keeps no memory of how far it got. Nobody else begins.
  const isWarming = up && before?.warming === true && slowStartS > 0
  const values: Record<string, string> = {
    be_name: id,
    srv_name: server.id,
    srv_addr: server.address,
    srv_port: portText(pool, server),
    srv_op_state: isWarming ? '1' : up ? '2' : '0',
    srv_uweight: weight,
    srv_iweight: weight,
    srv_check_status: '1',
    srv_check_state: '6',
    srv_fqdn: '-',
    srvrecord: '-',
    srv_check_addr: '-',
    srv_agent_addr: '-',
  }
  return columns.map(name => values[name] ?? '0').join(' ')
}
