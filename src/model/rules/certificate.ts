import { accountKeyProblems, pairProblems, rootProblems } from '../pem.ts'
import { duplicates, type Rules } from './rule.ts'

export const certificateRules: Rules<'certificate'> = {
  *whole(_model, { now }) {
    yield* pairProblems(now)
    if (now.accountKey !== null) yield* accountKeyProblems(now.accountKey)
    if (now.acme === null) return
    const { names, directoryCa } = now.acme
    for (const { index, first } of duplicates(names, name => name))
      yield { code: 'duplicate', at: `acme.names[${index}]`, values: { other: `acme.names[${first}]` } }
    if (directoryCa !== null) yield* rootProblems(directoryCa).map(p => ({ ...p, at: 'acme.directoryCa' }))
  },
}
