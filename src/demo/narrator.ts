import type { Words } from '../model/define.ts'

/** Tells what the demo does, one line after another, in one language. */
export interface Narrator {
  readonly language: keyof Words
  heading(words: Words): void
  line(text: string): void
  say(words: Words): void
  /** Does something that may take a while, shows that it is under way where a person looks, and then what came of it. */
  during(title: Words, run: () => Promise<readonly Words[]>): Promise<void>
  leftOut(title: Words): void
}

interface Screen {
  write(text: string): void
  /** Whether lines can be taken back: a person looks. */
  readonly live: boolean
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export function narrator({ write, live }: Screen, language: keyof Words): Narrator {
  const paint = (code: number, text: string) => (live ? `\u001B[${code}m${text}\u001B[0m` : text)
  const put = (text: string) => write(`${text}\n`)
  return {
    language,
    heading: words => put(`\n${paint(1, words[language])}`),
    line: put,
    say: words => put(words[language]),
    async during(title, run) {
      const started = performance.now()
      const stop = live ? spin(write, title[language]) : () => {}
      try {
        const said = await run()
        const seconds = ((performance.now() - started) / 1000).toFixed(2)
        stop()
        put(`  ${paint(32, '✔')} ${title[language]} ${paint(2, `${seconds} s`)}`)
        for (const words of said) put(paint(2, `      ${words[language]}`))
      } catch (error) {
        stop()
        put(`  ${paint(31, '✖')} ${title[language]}`)
        throw error
      }
    },
    leftOut: title =>
      put(`  ${paint(33, '–')} ${title[language]} ${paint(33, { en: '(left out)', zh: '（略过）' }[language])}`),
  }
}

/** Turns a wheel before a title until told to stop, and clears the line then. */
function spin(write: (text: string) => void, title: string): () => void {
  let turn = 0
  const draw = () => write(`\r\u001B[K  ${spinner[turn++ % spinner.length]} ${title}`)
  draw()
  const timer = setInterval(draw, 80)
  return () => {
    clearInterval(timer)
    write('\r\u001B[K')
  }
}
