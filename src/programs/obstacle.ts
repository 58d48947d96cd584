/** What an operator can do about a server that could not start; null where the error is a bug of ours. */
export function obstacleOf(error: unknown, { listen, state }: { readonly listen: string; readonly state: string }) {
  const { cause } = error as Error
  const { code, errstr } = (cause ?? error) as { readonly code?: string; readonly errstr?: string }
  switch (code) {
    case 'EADDRINUSE':
      return `something listens on ${listen} already; end it, or choose another place by --listen`
    case 'EADDRNOTAVAIL':
      return `${listen} is no address of this machine; choose another one by --listen`
    case 'EACCES':
      return `listening on ${listen} or writing into ${state} is not allowed to this user`
    case 'ERR_SQLITE_ERROR':
      return `the state in ${state} cannot be used (${errstr}); free the disk, or bring back a backup`
    default:
      return null
  }
}
