import koffi from 'koffi'
import { enter } from './netns.ts'

type Context = bigint

interface Functions {
  readonly create: (flags: number) => Context
  readonly free: { async: (context: Context, done: (error: Error | null) => void) => void }
  readonly bufferOutput: (context: Context) => number
  readonly bufferError: (context: Context) => number
  readonly output: (context: Context) => string
  readonly error: (context: Context) => string
  readonly setFlags: (context: Context, flags: number) => void
  readonly run: { async: (context: Context, text: string, done: (error: Error | null, result: number) => void) => void }
}

let loaded: Functions | undefined

/** Loaded when first needed: everything but rulesets works without the library. */
function library(): Functions {
  if (loaded) return loaded
  const lib = koffi.load('libnftables.so.1')
  loaded = {
    create: lib.func('void *nft_ctx_new(uint32_t flags)') as unknown as Functions['create'],
    free: lib.func('void nft_ctx_free(void *context)') as unknown as Functions['free'],
    bufferOutput: lib.func('int nft_ctx_buffer_output(void *context)') as unknown as Functions['bufferOutput'],
    bufferError: lib.func('int nft_ctx_buffer_error(void *context)') as unknown as Functions['bufferError'],
    output: lib.func('const char *nft_ctx_get_output_buffer(void *context)') as unknown as Functions['output'],
    error: lib.func('const char *nft_ctx_get_error_buffer(void *context)') as unknown as Functions['error'],
    setFlags: lib.func(
      'void nft_ctx_output_set_flags(void *context, uint32_t flags)',
    ) as unknown as Functions['setFlags'],
    run: lib.func('int nft_run_cmd_from_buffer(void *context, const char *text)') as unknown as Functions['run'],
  }
  return loaded
}

/** Prints numbers, not names that depend on files of the machine, and no counters. */
const outputFlags = (1 << 2) | (1 << 7) | (1 << 8) | (1 << 9)

/** What came of a text: all of it was done, or none. */
export type NftResult = { readonly output: string } | { readonly error: string }

/** How many texts were run by this process. */
export const runs = { transactions: 0 }

let turn: Promise<unknown> = Promise.resolve()

/**
 * Runs one text as one transaction in the namespace of a descriptor. One at a time, because the library numbers sets in a
 * variable of its own; and on another thread, because the kernel lets a transaction that deletes something wait for
 * milliseconds. The context keeps the namespace in which it was made, whatever thread uses it.
 */
export function runNft(netns: number, text: string): Promise<NftResult> {
  const context = turn.then(() => enter(netns, () => library().create(0)))
  const result = context.then(each => runIn(each, text))
  turn = freed(context, result)
  return result
}

/**
 * Frees a context when what was run in it is over. The kernel lets go of what was deleted before it closes a socket, which takes longer
 * than all else: nobody but the next waits for that.
 */
async function freed(context: Promise<Context>, over: Promise<unknown>): Promise<void> {
  const [made] = await Promise.allSettled([context, over])
  if (made.status === 'fulfilled') await new Promise(resolve => library().free.async(made.value, resolve))
}

async function runIn(context: Context, text: string): Promise<NftResult> {
  const { bufferOutput, bufferError, setFlags, run, output, error } = library()
  bufferOutput(context)
  bufferError(context)
  setFlags(context, outputFlags)
  runs.transactions++
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  run.async(context, text, (failure, code) => (failure ? reject(failure) : resolve(code)))
  if ((await promise) === 0) return { output: output(context) }
  return { error: firstComplaint(error(context)) }
}

/** A text that holds as long as this, and no longer than this process. */
export interface Kept {
  /** Takes back what is bound to it: tables whose flag is `owner`. */
  release(): Promise<void>
}

/**
 * The same with a context that stays, so that tables with the flag `owner` do: the kernel takes them away when their owner is gone,
 * however it went.
 */
export function keepNft(netns: number, text: string): Promise<Kept | { readonly error: string }> {
  const result = turn.then(async () => {
    const context = enter(netns, () => library().create(0))
    const done = await runIn(context, text)
    // On another thread: the kernel waits for milliseconds until nobody uses the table any more.
    const release = () => new Promise<void>(resolve => library().free.async(context, () => resolve()))
    if ('output' in done) return { release }
    await release()
    return done
  })
  turn = result.catch(() => {})
  return result
}

/** The library repeats the text at fault, which may be long; its first line says what is wrong. */
function firstComplaint(error: string): string {
  return error.trim().split('\n').slice(0, 2).join(' in: ').slice(0, 300) || 'the kernel refused the ruleset'
}
