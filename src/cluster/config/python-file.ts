import { LiteralError, LiteralReader } from './python-literal.ts'
import { lineAt, type RawSetting, type SourceContent } from './raw-setting.ts'

const assignment = /c\.([A-Za-z_]\w*\.[A-Za-z_]\w*)[ \t]*=(?!=)[ \t]*/y
/** Lines that every such file has, and that set nothing. */
const harmless = /(?:c[ \t]*=[ \t]*get_config\(\)|(?:import|from)[ \t][^\n;]*|pass\b)[ \t]*/y

/**
 * Reads the plain lines of a configuration file of Python, `c.IPController.ip = '*'`. Nothing is
 * executed: every other statement is named in a warning.
 */
export function readPythonFile(text: string, source: string): SourceContent {
  return new PythonFile(text.replaceAll('\r\n', '\n').replace(/^\uFEFF/, ''), source).read()
}

class PythonFile {
  readonly #text: string
  readonly #source: string
  readonly #settings: RawSetting[] = []
  readonly #warnings: string[] = []
  #at = 0

  constructor(text: string, source: string) {
    this.#text = text
    this.#source = source
  }

  read(): SourceContent {
    while (this.#at < this.#text.length) {
      if (this.#skipBlankLines()) continue
      if (/[ \t]/.test(this.#text[this.#at]!)) {
        this.#warn(this.#at, 'this line is indented, so it belongs to a block')
        this.#skipStatement()
      } else {
        this.#statement()
      }
    }
    return { settings: this.#settings, warnings: this.#warnings }
  }

  #statement(): void {
    const start = this.#at
    if (this.#skip(harmless)) {
      if (this.#endOfStatement()) return
    } else {
      assignment.lastIndex = start
      const name = assignment.exec(this.#text)?.[1]
      if (name !== undefined) {
        this.#assign(start, name, assignment.lastIndex)
        return
      }
      if (this.#docstring()) return
    }
    this.#at = start
    const line = /[^\n]*/y
    line.lastIndex = start
    const head = line.exec(this.#text)![0]
    this.#skipStatement()
    this.#skipBlankLines()
    while (/[ \t]/.test(this.#text[this.#at] ?? '')) {
      this.#skipStatement()
      this.#skipBlankLines()
    }
    this.#warn(
      start,
      `'${head.trim().slice(0, 60)}' is not executed: only c.Class.key = literal is read`,
    )
  }

  #assign(start: number, name: string, valueAt: number): void {
    const line = lineAt(this.#text, start)
    const reader = new LiteralReader(this.#text, valueAt)
    try {
      const value = reader.value()
      this.#at = reader.offset
      if (!this.#endOfStatement()) {
        throw new LiteralError(reader.offset, 'this is not a plain literal')
      }
      for (const doubt of reader.doubts) this.#warn(doubt.offset, `c.${name}: ${doubt.message}`)
      this.#settings.push({ name, value, place: { source: this.#source, line } })
    } catch (error) {
      if (!(error instanceof LiteralError)) throw error
      this.#warn(start, `c.${name} is not read: ${error.message}; nothing is executed`)
      this.#at = start
      this.#skipStatement()
    }
  }

  #docstring(): boolean {
    const reader = new LiteralReader(this.#text, this.#at)
    try {
      reader.value()
    } catch (error) {
      if (error instanceof LiteralError) return false
      throw error
    }
    this.#at = reader.offset
    return this.#endOfStatement()
  }

  /** Goes behind the end of the statement; false when something else stands before it. */
  #endOfStatement(): boolean {
    if (this.#at === this.#text.length) return true
    return this.#skip(/[ \t]*(?:;[ \t]*(?:#[^\n]*)?(?:\n|$)?|(?:#[^\n]*)?(?:\n|$))/y)
  }

  /** To the next line that is not inside a bracket or a string. */
  #skipStatement(): void {
    let depth = 0
    while (this.#at < this.#text.length) {
      if (this.#skip(/[uUrRbBfF]{0,2}("""|''')[\s\S]*?(?:\1|$)/y)) continue
      if (this.#skip(/[uUrRbBfF]{0,2}(["'])(?:\\[\s\S]|(?!\1)[^\\\n])*\1?/y)) continue
      if (this.#skip(/#[^\n]*|\\\n/y)) continue
      const char = this.#text[this.#at++]!
      if ('([{'.includes(char)) depth++
      else if (')]}'.includes(char)) depth = Math.max(0, depth - 1)
      else if (char === '\n' && depth === 0) return
    }
  }

  #skipBlankLines(): boolean {
    return this.#skip(/(?:[ \t]*(?:#[^\n]*)?\n)+|[ \t]*(?:#[^\n]*)?$/y)
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null || found[0] === '') return false
    this.#at = pattern.lastIndex
    return true
  }

  #warn(offset: number, message: string): void {
    this.#warnings.push(`${this.#source}:${lineAt(this.#text, offset)}: ${message}`)
  }
}
