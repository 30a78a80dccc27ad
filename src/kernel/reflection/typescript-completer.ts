import { Worker } from 'node:worker_threads'
import { limits } from '../../base/mod.ts'
import type { CompleteOutcome, CursorRequest } from '../../engine/mod.ts'
import { workingFolder } from '../../functions/mod.ts'
import { joinCells } from './join-cells.ts'

/** To the thread of the language service. */
export interface LanguageQuestion {
  readonly id: number
  readonly text: string
  readonly position: number
}

/** From it; `failure` says why there will be no answers at all. */
export interface LanguageAnswer {
  readonly id: number
  readonly matches?: readonly { readonly text: string; readonly type: string }[]
  readonly failure?: string
}

const identifierPart = /[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** TypeScript's kinds, as front ends know them. */
const kinds: Readonly<Record<string, string>> = {
  method: 'function',
  'local function': 'function',
  var: 'instance',
  let: 'instance',
  const: 'instance',
  getter: 'property',
  setter: 'property',
  'external module name': 'module',
  script: 'path',
  directory: 'path',
}

/**
 * Completes by types: with TypeScript's language service, of the package that the user's project
 * has, in a thread of its own. What it does not know, such as values that were pushed, is added
 * by reflection, which also answers where there is no such package.
 */
export class TypeScriptCompleter {
  readonly #cells: () => readonly string[]
  readonly #onFailure: (message: string) => void
  readonly #pending = new Map<number, (answer: LanguageAnswer) => void>()
  #worker: Worker | undefined
  #folder = ''
  #lastId = 0
  #isBroken = false

  /** `cells` are those that were run; `onFailure` hears once that it cannot work, and why. */
  constructor(cells: () => readonly string[], onFailure: (message: string) => void) {
    this.#cells = cells
    this.#onFailure = onFailure
  }

  /** What it knows in addition to `reflected`, before that. */
  async complete(request: CursorRequest, reflected: CompleteOutcome): Promise<CompleteOutcome> {
    const { code, cursorPos } = request
    const lineStart = code.lastIndexOf('\n', cursorPos - 1) + 1
    if (this.#isBroken || /^\s*[%!?]/.test(code.slice(lineStart))) return reflected
    const { text, offset } = joinCells(this.#cells(), code)
    const found = await this.#ask(text, offset + cursorPos)
    const typed = identifierPart.exec(code.slice(0, cursorPos))?.[0] ?? ''
    const start = cursorPos - typed.length
    const matches = found.filter((match) => match.text.startsWith(typed))
    return matches.length === 0 ? reflected : merged(matches, reflected, start, cursorPos)
  }

  async #ask(
    text: string,
    position: number,
  ): Promise<readonly { readonly text: string; readonly type: string }[]> {
    const id = ++this.#lastId
    const worker = this.#start()
    const answer = await new Promise<LanguageAnswer>((resolve) => {
      const timer = setTimeout(() => resolve({ id, matches: [] }), limits.languageServiceMs)
      this.#pending.set(id, (given) => {
        clearTimeout(timer)
        resolve(given)
      })
      worker.postMessage({ id, text, position } satisfies LanguageQuestion)
    })
    this.#pending.delete(id)
    if (answer.failure !== undefined) this.#fail(answer.failure)
    return answer.matches ?? []
  }

  /** A worker for the working folder of now: imports start from there. */
  #start(): Worker {
    const folder = workingFolder()
    if (this.#worker !== undefined && this.#folder === folder) return this.#worker
    void this.#worker?.terminate()
    const worker = new Worker(new URL('./typescript-worker.js', import.meta.url), {
      workerData: { folder },
    })
    worker.on('message', (answer: LanguageAnswer) => this.#pending.get(answer.id)?.(answer))
    worker.on('error', (error: Error) => {
      for (const [id, resolve] of this.#pending) resolve({ id, failure: error.message })
    })
    // Nobody waits for it at the end of the process. Listening made it wait.
    worker.unref()
    this.#worker = worker
    this.#folder = folder
    return worker
  }

  #fail(message: string): void {
    if (this.#isBroken) return
    this.#isBroken = true
    void this.#worker?.terminate()
    this.#onFailure(message)
  }
}

function merged(
  matches: readonly { readonly text: string; readonly type: string }[],
  reflected: CompleteOutcome,
  start: number,
  end: number,
): CompleteOutcome {
  const isSamePlace = reflected.cursorStart === start
  const names = new Set(matches.map(({ text }) => text))
  const others = isSamePlace ? reflected.matches.filter((text) => !names.has(text)) : []
  const shown = [
    ...matches.map(({ text, type }) => ({ text, type: kinds[type] ?? type })),
    ...others.map((text) => ({ text, type: 'property' })),
  ].slice(0, limits.completionsMax)
  return {
    matches: shown.map(({ text }) => text),
    cursorStart: start,
    cursorEnd: end,
    metadata: {
      _jupyter_types_experimental: shown.map(({ text, type }) => {
        return { start, end, text, type, signature: '' }
      }),
    },
  }
}
