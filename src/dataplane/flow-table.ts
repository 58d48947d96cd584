import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { close, open } from './libc.ts'
import { runNft } from './nft.ts'

const limit = '/proc/sys/net/netfilter/nf_conntrack_max'

/** Bytes that the kernel keeps of a flow, in whole. */
const flowBytes = 320
/** Twice the connections of the largest balancer, each of which is a flow from the client and one to the backend. */
const most = 1_048_576

/** How many flows a machine may keep track of: what a sixteenth of its memory holds. */
export function flowsFor(memoryBytes: number): number {
  return Math.min(most, Math.floor(memoryBytes / 16 / flowBytes))
}

/**
 * Lets every namespace keep track of as many flows as this machine has memory for: what comes when the table is full is lost without a
 * word, and Linux begins with 65,536 on a machine of 4 GB. More than that is left as it is; and so is everything where only the machine
 * around this one may change it.
 */
export async function raiseFlowLimit(memoryBytes = totalmem(), path = limit): Promise<void> {
  if (!existsSync(path)) await loadConntrack()
  try {
    const wanted = flowsFor(memoryBytes)
    if (Number(readFileSync(path, 'utf8')) < wanted) writeFileSync(path, `${wanted}`)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(`${(error as NodeJS.ErrnoException).code}`)) throw error
  }
}

/** The kernel loads what keeps track of flows when rules first ask for it, and only then has settings of it. */
async function loadConntrack(): Promise<void> {
  const here = open('/proc/self/ns/net')
  try {
    await runNft(here, 'table inet cw-start { chain asks { ct state new } }\ndelete table inet cw-start\n')
  } finally {
    close(here)
  }
}
