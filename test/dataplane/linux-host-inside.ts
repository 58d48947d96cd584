/** Run by linux-host.test.ts inside a sandbox. */
import { linuxHost } from '../../src/dataplane/linux-host.ts'
import { hostContract } from './host-contract.ts'

hostContract({ newHost: () => linuxHost({ prefix: 'cw-' }), runs: 15 })
