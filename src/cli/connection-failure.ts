const unreachable = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ENOENT',
  'EACCES',
  'EAI_AGAIN',
]

/** Why no server answered, as the system calls it; undefined where an error is another one. */
export function connectionFailure(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const code = String(error.code)
  // A server that ends in the middle of an answer hangs up.
  if (code === 'ECONNRESET') return code
  const isOfSocket = 'syscall' in error && ['connect', 'getaddrinfo', 'read'].includes(String(error.syscall))
  return isOfSocket && unreachable.includes(code) ? code : undefined
}
