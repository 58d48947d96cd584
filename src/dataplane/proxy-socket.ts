import { createConnection, type Socket } from 'node:net'

/** A runtime socket did not answer: nobody listens, or the process hangs. */
export class ProxySilent extends Error {
  constructor(path: string, reason: string) {
    super(`haproxy does not answer at ${path}: ${reason}`)
    this.name = 'ProxySilent'
  }
}

interface Question {
  readonly line: string
  readonly resolve: (answers: string[]) => void
  readonly reject: (error: Error) => void
}

const timeoutMs = 5000
/** HAProxy closes connections that nobody speaks on after 10 s, if not told otherwise. */
const greeting = 'prompt; set timeout cli 1d'
const prompt = '\n> '

/**
 * The runtime socket of HAProxy, over one connection that is kept: asking on it costs a tenth of a connection, and its
 * end tells at once that the process ended. Connects when asked, and again after an end.
 */
export class RuntimeSocket {
  readonly #path: string
  readonly #ended: () => void
  readonly #questions: Question[] = []
  #connection: Socket | undefined
  #heard = ''

  /** `ended` is called when an established connection ends without our doing. */
  constructor(path: string, ended: () => void) {
    this.#path = path
    this.#ended = ended
  }

  /** The answers to the commands of a line, which are taken in order. Rejects with {@link ProxySilent}. */
  ask(line: string): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const question = { line, resolve, reject }
      if (this.#connection === undefined) {
        // Its failure is that of the question, too: both are told.
        this.#questions.push({ line: greeting, resolve: () => {}, reject: () => {} }, question)
        this.#connect()
      } else {
        this.#questions.push(question)
        if (this.#questions.length === 1) this.#send(this.#connection)
      }
    })
  }

  /** Changes something. Throws with HAProxy's own words where it refused. */
  async change(line: string): Promise<void> {
    const answers = (await this.ask(line)).map(words => words.replace(continued, '').trim())
    const refusals = answers.filter(words => !success.test(words))
    // What follows the first line may be a private key.
    if (refusals.length > 0) throw new Error(`haproxy refused «${line.split('\n')[0]}»: ${refusals.join('; ')}`)
  }

  /** Lets go of the process, which a reload could not end otherwise. */
  close(): void {
    const connection = this.#connection
    this.#connection = undefined
    connection?.destroy()
    this.#fail('closed')
  }

  #connect(): void {
    this.#heard = ''
    const connection = createConnection(this.#path, () => this.#send(connection))
    this.#connection = connection
    connection.setEncoding('utf8').setTimeout(timeoutMs)
    let reason = 'the connection ended'
    connection.on('timeout', () => {
      if (this.#questions.length > 0) connection.destroy(new Error(`no answer within ${timeoutMs} ms`))
    })
    connection.on('error', error => (reason = error.message))
    connection.on('data', text => this.#hear(connection, String(text)))
    connection.on('close', () => {
      if (this.#connection !== connection) return
      this.#connection = undefined
      const wasIdle = this.#questions.length === 0
      this.#fail(reason)
      if (wasIdle) this.#ended()
    })
  }

  #send(connection: Socket): void {
    const [question] = this.#questions
    // A connection alone is no reason for a program to stay.
    if (question === undefined) connection.unref()
    else connection.ref().write(`${question.line}\n`)
  }

  #hear(connection: Socket, text: string): void {
    this.#heard += text
    const [question] = this.#questions
    if (question === undefined || !this.#heard.endsWith(prompt)) return
    const answers = this.#heard.split(prompt).slice(0, -1)
    // In interactive mode every command is followed by a prompt; the first one turns that mode on.
    if (answers.length < question.line.split('; ').length) return
    this.#heard = ''
    this.#questions.shift()
    question.resolve(answers)
    this.#send(connection)
  }

  #fail(reason: string): void {
    for (const { reject } of this.#questions.splice(0)) reject(new ProxySilent(this.#path, reason))
  }
}

/** What it asks for the next line of a text with. */
const continued = /^(\+ )+/
/** What HAProxy says where a change was made; every other word of an answer is a refusal. */
const success = /^(New server registered\.|Server deleted\.|Transaction created for .*|Committing .*\nSuccess!|)$/
