import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from './lab.ts'

type Scalar = string | number
type Value = Scalar | readonly Scalar[] | readonly Readonly<Record<string, Scalar>>[]
export type Parameters = Readonly<Record<string, Value>>
export type Answer = Readonly<Record<string, unknown>>

/** A client of the QingCloud API that knows its documentation, and nothing of Causeway. */
export interface IaasClient {
  /** Asks for an action; fails where it is not done. Waits for the job that it began. */
  ask(action: string, parameters?: Parameters): Promise<Answer>
  /** The only object of a list. */
  one(action: string, set: string, parameters: Parameters): Promise<Answer>
}

export function iaasClient({ url, key }: Pick<Lab, 'url' | 'key'>, path: '/iaas' | '/iaas/'): IaasClient {
  async function send(action: string, parameters: Parameters): Promise<Answer> {
    const common = {
      action,
      zone: 'local',
      time_stamp: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      access_key_id: key.id,
      signature_method: 'HmacSHA256',
      signature_version: '1',
    }
    const pairs = [...Object.entries(common), ...Object.entries(parameters).flatMap(flat)]
    const query = pairs
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&')
    const signature = createHmac('sha256', key.secret).update(`GET\n${path}\n${query}`).digest('base64')
    const response = await fetch(`${url}${path}?${query}&signature=${encoded(signature)}`)
    assert.equal(response.status, 200)
    const answer = (await response.json()) as Answer
    assert.equal(answer['ret_code'], 0, `${action}: ${String(answer['message'])}`)
    return answer
  }

  async function end(action: string, job: unknown): Promise<void> {
    for (const from = performance.now(); ; await sleep(50)) {
      const { job_set: jobs } = await send('DescribeJobs', { jobs: [String(job)] })
      const status = (jobs as readonly Answer[])[0]?.['status']
      if (status === 'successful') return
      assert.ok(status === 'pending' || status === 'working', `${action}: its job is ${String(status)}`)
      assert.ok(performance.now() - from < 60_000, `${action}: its job is ${status} for a minute`)
    }
  }

  return {
    async ask(action, parameters = {}) {
      const answer = await send(action, parameters)
      if (answer['job_id'] !== undefined) await end(action, answer['job_id'])
      return answer
    },
    async one(action, set, parameters) {
      const { [set]: found } = await send(action, parameters)
      const [only, ...others] = found as readonly Answer[]
      assert.ok(only && others.length === 0, `${action}: ${JSON.stringify(found)}`)
      return only
    },
  }
}

function flat([name, value]: [string, Value]): [string, string][] {
  if (typeof value !== 'object') return [[name, String(value)]]
  return value.flatMap((each, i) =>
    typeof each === 'object'
      ? Object.entries(each).map(([field, inner]): [string, string] => [`${name}.${i + 1}.${field}`, String(inner)])
      : [[`${name}.${i + 1}`, String(each)] satisfies [string, string]],
  )
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
