import type { Transport } from '../../client/transport.ts'

/** How long a stream may be silent before it counts as lost; the server says something every fifteen seconds. */
const silenceMs = 40_000

/** A transport over the browser's own requests, to the server that the page came from. */
export function fetchTransport(): Transport {
  return {
    async send({ method, path, headers, body, signal }) {
      const request = { method, headers, credentials: 'same-origin' } as const
      const response = await fetch(path, {
        ...request,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      })
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        text: () => response.text(),
        body: chunksOf(response.body),
      }
    },
    close() {},
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncIterable<Uint8Array> {
  const reader = body?.getReader()
  if (!reader) return
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read())
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function withinSilence<T>(reading: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the event stream fell silent')), silenceMs)
    void reading.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
