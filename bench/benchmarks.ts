import { measureBalancers } from './balancers.ts'
import { measureChanges } from './changes.ts'
import { measureConsole } from './console.ts'
import { measureDiagnosis } from './diagnosis.ts'
import { measureKernelWay } from './kernel-way.ts'
import { measureManyVpcs } from './many-vpcs.ts'
import { measurePlans } from './plans.ts'
import { measureQingcloud } from './qingcloud.ts'
import { measureServing } from './serve.ts'
import type { Table } from './table.ts'
import { measureTraffic } from './traffic.ts'
import { measureObjects } from './vpc-objects.ts'

interface Benchmark {
  readonly about: string
  measure(): Promise<readonly Table[]>
}

/** Every benchmark by its name on the command line, in the order to run them. */
export const benchmarks = {
  traffic: { about: 'Traffic', measure: measureTraffic },
  'kernel-way': { about: "The kernel's way", measure: measureKernelWay },
  changes: { about: 'Changing a backend', measure: measureChanges },
  serving: { about: 'Time to serve', measure: measureServing },
  balancers: { about: 'What balancers cost', measure: measureBalancers },
  'vpc-objects': { about: 'Kernel objects of a VPC', measure: measureObjects },
  console: { about: 'Console', measure: measureConsole },
  'many-vpcs': { about: 'A thousand VPCs', measure: () => measureManyVpcs(1000) },
  diagnosis: { about: 'Diagnosis', measure: measureDiagnosis },
  plans: { about: 'Plans', measure: measurePlans },
  qingcloud: { about: 'The QingCloud-compatible API', measure: measureQingcloud },
} satisfies Readonly<Record<string, Benchmark>>

export type Name = keyof typeof benchmarks
