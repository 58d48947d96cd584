import type { WireEvent } from './wire.ts'

/** One server-sent event. */
export interface StreamEvent {
  /** Empty where the server gave none. */
  readonly id: string
  readonly event: WireEvent
}

/** The events in a stream of bytes, as they come. */
export async function* eventsIn(body: AsyncIterable<Uint8Array>): AsyncIterable<StreamEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .map(line => (/^(\w*): ?(.*)$/.exec(line)?.slice(1) as [string, string] | undefined) ?? ['', '']),
      )
      const data = fields.get('data')
      if (data !== undefined) yield { id: fields.get('id') ?? '', event: JSON.parse(data) as WireEvent }
    }
  }
}
