/** The cookie that a session lives in, on the browser's side. */
const name = 'causeway_session'

/** A request's headers, as far as cookies depend on them. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** The session that a Cookie header names. */
export function tokenOf(header: string | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map(each => each.trim().split('='))
  return pairs.find(([each]) => each === name)?.[1]
}

/** Sets the cookie: out of reach of scripts, and sent by our own pages only. */
export function sessionCookie(token: string, lifetimeMs: number, headers: Headers): string {
  return `${name}=${token}; Path=/; Max-Age=${Math.floor(lifetimeMs / 1000)}; HttpOnly; SameSite=Strict${secure(headers)}`
}

/** Takes the cookie back. */
export function clearedCookie(headers: Headers): string {
  return sessionCookie('', 0, headers)
}

/** Whoever reached us through a proxy that speaks HTTPS must not send the cookie without. */
function secure(headers: Headers): string {
  return headers['x-forwarded-proto'] === 'https' ? '; Secure' : ''
}
