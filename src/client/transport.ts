/** An answer whose body is still to be read. */
export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  text(): Promise<string>
  readonly body: AsyncIterable<Uint8Array>
}

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly signal: AbortSignal | undefined
}

/** Sends requests to one server, over connections that stay open. */
export interface Transport {
  send(request: Request): Promise<Response>
  close(): void
}
