import { ApiError } from '../../client/api-error.ts'
import { useWords } from '../i18n/language.ts'
import { useRefresh } from '../server/use-refresh.ts'
import { feedback } from './feedback.ts'

/** Does something at once and says how it went; what the server refuses is shown in its own words. */
export function useAct(): (doIt: () => Promise<unknown>, done: string) => Promise<boolean> {
  const { t } = useWords()
  const refresh = useRefresh()
  return async (doIt, done) => {
    try {
      await doIt()
      const { message } = await feedback()
      void message.success(done)
      return true
    } catch (error) {
      const { notification } = await feedback()
      notification.error({
        title: t('error.title'),
        description: complaintText(error),
        duration: 10,
        className: 'lines',
      })
      return false
    } finally {
      refresh()
    }
  }
}

/** Does the same with each, whatever becomes of the others; throws with everything that failed. */
export async function doAll<T extends { readonly id: string }>(
  list: readonly T[],
  doIt: (each: T) => Promise<unknown>,
): Promise<void> {
  const failures: string[] = []
  for (const each of list) {
    try {
      await doIt(each)
    } catch (error) {
      failures.push(`${each.id}: ${complaintText(error)}`)
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n'))
}

/** What went wrong, in words: everything that a refusal names, one a line. */
export function complaintText(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  return error.problems.map(({ at, message }) => (at === '' ? message : `${at}: ${message}`)).join('\n')
}
