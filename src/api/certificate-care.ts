import { startIssuer, type Issuer, type IssuerOptions } from '../acme/issuer.ts'
import { find, type Id, type Model } from '../model/model.ts'
import { factsOf } from '../model/pem.ts'
import { problemText, type Problem } from '../model/problem.ts'
import type { Board } from './board.ts'
import { createExpiryWatch } from './expiry.ts'
import type { Feed } from './feed.ts'

const expiryMs = 60_000

interface Options extends Pick<IssuerOptions, 'commands' | 'progress' | 'onBug'> {
  readonly model: () => Model
  readonly board: Board
  readonly feed: Feed
}

/** Has certificates issued, and tells of those that were, those that were not, and those that end. */
export function careForCertificates({ model, commands, board, feed, progress, onBug }: Options): Issuer {
  function tell(id: Id, message: string) {
    const at = new Date().toISOString()
    feed.emit({ type: 'host', event: { at, host: '', type: 'certificate', resource: id, message } })
  }
  function tellIssued(id: Id, failure: Problem | null) {
    const certificate = find(model(), 'certificate', id)
    if (failure) tell(id, `not issued: ${problemText(failure, 'en')}`)
    else if (certificate) tell(id, `issued, valid until ${factsOf(certificate.now.chain).notAfter}`)
  }
  function tellState(id: Id) {
    const certificate = find(model(), 'certificate', id)
    if (certificate) feed.emit({ type: 'status', kind: 'certificate', id, status: board.statusOf(certificate) })
  }

  const issuer = startIssuer({
    model,
    commands,
    runsAs: board.statusOf,
    progress,
    tell: tellIssued,
    changed: tellState,
    onBug,
  })
  const expiry = createExpiryWatch(issuer.issuanceOf, (id, problem) => tell(id, problemText(problem, 'en')))
  const looking = setInterval(() => expiry.look(model(), Date.now()), expiryMs)
  looking.unref()
  return {
    issuanceOf: issuer.issuanceOf,
    async stop() {
      clearInterval(looking)
      await issuer.stop()
    },
  }
}
