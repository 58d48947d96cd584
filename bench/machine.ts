import { cpus, totalmem } from 'node:os'
import { readFileSync } from 'node:fs'
import { run } from './processes.ts'
import type { Table } from './table.ts'

/** What the figures were measured on. */
export function machineTable(): Table {
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown'
  const version = (...argv: [string, ...string[]]) => /\d+\.[\w.-]*\d/.exec(run(argv))?.[0] ?? 'unknown'
  return {
    mark: 'machine',
    head: ['machine', ''],
    rows: [
      ['processor', `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`],
      ['memory', `${(totalmem() / 2 ** 30).toFixed(0)} GB`],
      ['system', `${system}, Linux ${run(['uname', '-r']).trim()}`],
      ['Node.js', process.version.slice(1)],
      ['HAProxy', version('haproxy', '-v')],
      ['nftables', version('nft', '--version')],
      ['iproute2', run(['ip', '-V']).split('-').at(-1)?.trim().split(',')[0] ?? 'unknown'],
    ],
  }
}
