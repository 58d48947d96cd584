import type { Scenario } from '../../client/scenario.ts'
import { contains, ipv4 } from '../../model/address.ts'
import { port, resourceName } from '../../model/define.ts'
import { kinds } from '../../model/kinds.ts'

/** What a person filled in. */
export interface Draft {
  readonly topology: Scenario['topology']
  readonly name: string
  readonly port: number | null
  /** One backend a line: `198.51.100.10:80`, with a name before it if wanted. */
  readonly backends: string
  readonly path: string
  readonly cidr: string
  readonly subnet: string
}

export const emptyDraft: Draft = {
  topology: 'a',
  name: 'cross-region',
  port: 80,
  backends: '',
  path: '/',
  cidr: '192.168.0.0/16',
  subnet: '192.168.0.0/24',
}

/** Why a field cannot be taken as it is. */
export type DraftProblem =
  | { readonly field: keyof Draft; readonly code: 'name' | 'port' | 'range' | 'not-within' | 'path' | 'no-backend' }
  | { readonly field: 'backends'; readonly code: 'line' | 'twice' | 'private'; readonly line: string }

/** The scenario that a draft asks for, or all that is wrong with it. */
export function scenarioOf(
  draft: Draft,
): { readonly scenario: Scenario } | { readonly problems: readonly DraftProblem[] } {
  const problems: DraftProblem[] = []
  const name = draft.name.trim()
  if (name === '' || !resourceName.max(56).safeParse(name).success) problems.push({ field: 'name', code: 'name' })
  if (!port.safeParse(draft.port).success) problems.push({ field: 'port', code: 'port' })
  if (!/^\/[\x21-\x7e]*$/.test(draft.path)) problems.push({ field: 'path', code: 'path' })
  const range = kinds.vpc.now.shape.cidr
  const [whole, part] = (['cidr', 'subnet'] as const).map(field => {
    const read = range.safeParse(draft[field].trim())
    if (!read.success) problems.push({ field, code: 'range' })
    return read.data
  })
  if (whole !== undefined && part !== undefined && !contains(whole, part))
    problems.push({ field: 'subnet', code: 'not-within' })
  const backends = [...backendsOf(draft.backends, whole, problems)]
  if (backends.length === 0 && problems.every(({ field }) => field !== 'backends'))
    problems.push({ field: 'backends', code: 'no-backend' })
  if (problems.length > 0 || whole === undefined || part === undefined) return { problems }
  return {
    scenario: {
      topology: draft.topology,
      name,
      zone: 'local',
      cidr: whole,
      subnet: part,
      vpcType: 'small',
      port: draft.port ?? 80,
      check: { protocol: 'http', path: draft.path, intervalS: 5, timeoutS: 3, fall: 2, rise: 2 },
      backends,
    },
  }
}

function* backendsOf(
  text: string,
  cidr: string | undefined,
  problems: DraftProblem[],
): Iterable<Scenario['backends'][number]> {
  const seen = new Set<string>()
  for (const line of text.split('\n').map(each => each.trim())) {
    if (line === '') continue
    const [, name = '', address = '', number = ''] = /^(?:(.{1,64}?)[\s,]+)?(\d[\d.]*):(\d{1,5})$/.exec(line) ?? []
    if (!ipv4.safeParse(address).success || !port.safeParse(Number(number)).success) {
      problems.push({ field: 'backends', code: 'line', line })
    } else if (cidr !== undefined && contains(cidr, address)) {
      problems.push({ field: 'backends', code: 'private', line })
    } else if (seen.has(`${address}:${number}`)) {
      problems.push({ field: 'backends', code: 'twice', line })
    } else {
      seen.add(`${address}:${number}`)
      yield { name, address, port: Number(number) }
    }
  }
}
