/** What `causeway demo` was asked for. */
export interface DemoOptions {
  /** Leave when the figures are printed: with 0 if every step held, else with 1. */
  readonly once: boolean
  /** Steps to leave out, to see what breaks. */
  readonly skip: readonly string[]
  readonly topology: 'a' | 'b' | 'both'
  readonly language: 'en' | 'zh'
}

/** What `causeway up`, on a real host, was asked for. */
export interface UpOptions {
  /** The interface towards the internet. */
  readonly uplink: string
  /** The address of ours on it, with its length; null to ask for none. */
  readonly address: string | null
  /** The router upstream; null to take that of the host's default route. */
  readonly gateway: string | null
  /** Pools of public addresses: `[name=]prefix[,prefix…]`. */
  readonly pool: readonly string[]
  readonly zone: string
  readonly state: string
  /** Where the API listens: `address:port`. */
  readonly listen: string
  /** Install and start systemd units instead of staying in the foreground. */
  readonly systemd: boolean
}

/** What `causeway server` was asked for: the API, the console and the model, without privileges. */
export interface ServerOptions {
  readonly state: string
  readonly listen: string
  readonly zone: string
  readonly pool: readonly string[]
}

/** What `causeway agent` was asked for: the one privileged process. */
export interface AgentOptions {
  readonly state: string
  readonly uplink: string
  readonly address: string | null
  readonly gateway: string | null
  /** The name that this machine has in the model. */
  readonly host: string
}

/** What `causeway down` was asked for. */
export interface DownOptions {
  readonly state: string
  /** Also deletes the state directory: the model, its history and its keys. */
  readonly purge: boolean
}

/** What `causeway exec` was asked for. */
export interface ExecOptions {
  /** The id of a server. */
  readonly server: string
  readonly command: readonly string[]
  readonly state: string
}

/** What `causeway keys` was asked for. */
export type KeysOptions = { readonly state: string } & (
  | { readonly do: 'create'; readonly role: 'read-only' | 'operator' | 'admin' }
  | { readonly do: 'list' }
  | { readonly do: 'delete'; readonly id: string }
)

/** What `causeway user` was asked for. */
export type UserOptions = { readonly state: string } & (
  | { readonly do: 'add'; readonly name: string; readonly role: 'read-only' | 'operator' | 'admin' }
  | { readonly do: 'list' }
  | { readonly do: 'remove'; readonly name: string }
)

/** The long-running and privileged programs, each a function of its options that answers with an exit code. */
export interface Programs {
  demo(options: DemoOptions): Promise<number>
  up(options: UpOptions): Promise<number>
  down(options: DownOptions): Promise<number>
  server(options: ServerOptions): Promise<number>
  agent(options: AgentOptions): Promise<number>
  exec(options: ExecOptions): Promise<number>
  keys(options: KeysOptions): Promise<number>
  user(options: UserOptions): Promise<number>
}
