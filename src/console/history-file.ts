import { appendFileSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { limits } from '../base/mod.ts'
import { makeFolder, writePrivateFile } from '../node/mod.ts'

/**
 * The cells of all sessions, a line of JSON each, for their owner only. A console must work where
 * nothing can be written: then it forgets.
 */
export class HistoryFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** The cells, the oldest first; a file that has grown far beyond its bound is cut. */
  read(): string[] {
    let lines: string[]
    try {
      lines = readFileSync(this.#path, 'utf8').split('\n')
    } catch {
      return []
    }
    const entries = lines.flatMap((line) => {
      try {
        const entry: unknown = JSON.parse(line)
        return typeof entry === 'string' ? [entry] : []
      } catch {
        return []
      }
    })
    const kept = entries.slice(-limits.consoleHistoryMax)
    if (entries.length > 2 * limits.consoleHistoryMax) this.#rewrite(kept)
    return kept
  }

  append(entry: string): void {
    try {
      makeFolder(dirname(this.#path))
      appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
    } catch {
      // Nowhere to remember it.
    }
  }

  #rewrite(entries: readonly string[]): void {
    try {
      const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
      writePrivateFile(this.#path, text)
    } catch {
      // The next one who may write does it.
    }
  }
}
