import type { Role } from './wire.ts'

/** An access key as the API shows it: `GET /v1/keys`. Its secret is told only once, when it is made. */
export interface AccessKey {
  readonly id: string
  readonly role: Role
  /** RFC 3339. */
  readonly createdAt: string
  /** Whether it can sign requests of the QingCloud-compatible API; those made before it could are for REST only. */
  readonly signs: boolean
}

/** A key with its secret: what `POST /v1/keys` answers, and nothing does ever again. */
export interface NewAccessKey extends AccessKey {
  readonly secret: string
}
