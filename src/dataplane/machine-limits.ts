import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { close, open } from './libc.ts'
import { runNft } from './nft.ts'

const settings = '/proc/sys/net'
const flows = 'netfilter/nf_conntrack_max'

/** Bytes that the kernel keeps of a flow, in whole. */
const flowBytes = 320
/** Twice the connections of the largest balancer, each of which is a flow from the client and one to the backend. */
const mostFlows = 1_048_576

/**
 * Settings that hold for a machine with all its namespaces, and what they should be at least. What comes when the table of flows is full is
 * lost without a word, and Linux begins with 65,536 of them on a machine of 4 GB. Of neighbours it knows 1,024, those of all namespaces
 * together: a server that looks around in its subnet would take them from everybody.
 */
export function machineLimits(memoryBytes: number): Readonly<Record<string, number>> {
  return {
    [flows]: Math.min(mostFlows, Math.floor(memoryBytes / 16 / flowBytes)),
    'ipv4/neigh/default/gc_thresh3': 65_536,
    'ipv4/neigh/default/gc_thresh2': 32_768,
    'ipv4/neigh/default/gc_thresh1': 8192,
  }
}

/** Raises what is lower, where that is allowed: in a container only the machine around it may. What cannot be raised keeps nobody from starting. */
export async function raiseMachineLimits(memoryBytes = totalmem(), directory = settings): Promise<void> {
  if (!existsSync(join(directory, flows))) await loadConntrack()
  for (const [name, least] of Object.entries(machineLimits(memoryBytes))) {
    const path = join(directory, name)
    try {
      if (Number(readFileSync(path, 'utf8')) < least) writeFileSync(path, `${least}`)
    } catch {
      continue
    }
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
