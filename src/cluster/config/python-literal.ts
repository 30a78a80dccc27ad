/** What a literal of Python becomes; tuples are arrays, dicts are objects, None is null. */
export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal }

/** A piece of Python that is no plain literal, or is none of Python at all. */
export class LiteralError extends Error {
  override readonly name = 'LiteralError'
  /** Characters before the place. */
  readonly offset: number

  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

/** Brackets within brackets that are read; more than any configuration has. */
const depthMax = 100

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Letters of Python's numeric escapes, and how many hexadecimal digits each one needs. */
const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

const constants: Readonly<Record<string, true | false | null>> = {
  True: true,
  False: false,
  None: null,
}

/**
 * Reads literals of Python: strings of all forms, numbers, True, False, None, and lists, tuples,
 * sets and dicts of them. Nothing is executed: a name or a call is an error.
 * Source: Python language reference, §2.4 "Literals" and §2.5 string concatenation.
 */
export class LiteralReader {
  readonly #text: string
  #at: number
  #depth = 0
  /** Strings that Python itself would refuse or garble; shown to the user. */
  readonly doubts: { readonly offset: number; readonly message: string }[] = []

  constructor(text: string, at = 0) {
    this.#text = text
    this.#at = at
  }

  /** Where reading goes on. */
  get offset(): number {
    return this.#at
  }

  /** @throws {LiteralError} when what stands here is no literal. */
  value(): Literal {
    if (this.#depth >= depthMax) throw new LiteralError(this.#at, 'brackets are nested too deeply')
    this.#depth++
    try {
      return this.#value()
    } finally {
      this.#depth--
    }
  }

  /** Skips white space, comments and continued lines: everything that is free inside brackets. */
  skipBlank(): void {
    const blank = /(?:\s|\\\r?\n|#[^\n]*)*/y
    blank.lastIndex = this.#at
    blank.exec(this.#text)
    this.#at = blank.lastIndex
  }

  #value(): Literal {
    this.skipBlank()
    const start = this.#at
    const rest = this.#text.slice(start, start + 4)
    const char = rest[0]
    if (char === '[') return this.#sequence('[', ']').items
    if (char === '(') {
      const { items, commas } = this.#sequence('(', ')')
      return items.length === 1 && commas === 0 ? items[0]! : items
    }
    if (char === '{') return this.#braces()
    if (/^[uUrRbB]{0,2}['"]/.test(rest)) return this.#strings()
    const number = this.#number()
    if (number !== undefined) return number
    const word = /^[A-Za-z_]\w*/.exec(this.#text.slice(start, start + 256))?.[0]
    const constant = word === undefined ? undefined : constants[word]
    if (word !== undefined && constant !== undefined) {
      this.#at += word.length
      return constant
    }
    throw new LiteralError(
      start,
      char === undefined ? 'a value is missing' : 'this is not a plain literal',
    )
  }

  #sequence(open: string, close: string): { items: Literal[]; commas: number } {
    const start = this.#at
    this.#at += open.length
    const items: Literal[] = []
    let commas = 0
    for (;;) {
      this.skipBlank()
      const char = this.#text[this.#at]
      if (char === undefined) throw new LiteralError(start, `the '${open}' is not closed`)
      if (char === close) {
        this.#at++
        return { items, commas }
      }
      if (items.length > commas) throw new LiteralError(this.#at, "expected ',' between items")
      items.push(this.value())
      this.skipBlank()
      if (this.#text[this.#at] === ',') {
        commas++
        this.#at++
      }
    }
  }

  /** A dict, or a set (which becomes a list). */
  #braces(): Literal {
    const start = this.#at++
    const dict: { [key: string]: Literal } = {}
    const set: Literal[] = []
    for (let first = true; ; first = false) {
      this.skipBlank()
      if (this.#text[this.#at] === '}') {
        this.#at++
        return set.length > 0 ? set : dict
      }
      if (!first) this.#expect(',', start)
      this.skipBlank()
      if (this.#text[this.#at] === '}') continue
      const key = this.value()
      this.skipBlank()
      if (this.#text[this.#at] === ':') {
        this.#at++
        Object.defineProperty(dict, String(key), {
          value: this.value(),
          enumerable: true,
          configurable: true,
          writable: true,
        })
      } else {
        set.push(key)
      }
    }
  }

  #expect(char: string, start: number): void {
    if (this.#text[this.#at] === char) {
      this.#at++
      return
    }
    const found = this.#text[this.#at]
    if (found === undefined) throw new LiteralError(start, "the '{' is not closed")
    throw new LiteralError(this.#at, `expected '${char}' here`)
  }

  #number(): number | undefined {
    const number =
      /[+-]?(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)(?![\w.])/y
    number.lastIndex = this.#at
    const match = number.exec(this.#text)?.[0]
    if (match === undefined) return undefined
    const digits = match.replaceAll('_', '')
    const value = digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits)
    if (Number.isNaN(value)) return undefined
    this.#at = number.lastIndex
    return value
  }

  /** Strings that stand side by side are one. */
  #strings(): string {
    let joined = ''
    for (;;) {
      const open = /[uUrRbB]{0,2}(?:'''|"""|'|")/y
      open.lastIndex = this.#at
      const start = open.exec(this.#text)?.[0]
      if (start === undefined) return joined
      joined += this.#string(start)
      this.#skipLineBlank()
    }
  }

  #skipLineBlank(): void {
    const blank = /(?:[ \t]|\\\r?\n)*/y
    blank.lastIndex = this.#at
    blank.exec(this.#text)
    this.#at = blank.lastIndex
  }

  #string(start: string): string {
    const begin = this.#at
    const quote = start.replace(/^[a-zA-Z]*/, '')
    const raw = /r/i.test(start.slice(0, -quote.length))
    this.#at += start.length
    let value = ''
    for (;;) {
      const char = this.#text[this.#at]
      if (char === undefined || (char === '\n' && quote.length === 1)) {
        throw new LiteralError(begin, 'the string is not closed')
      }
      if (this.#text.startsWith(quote, this.#at)) {
        this.#at += quote.length
        this.#doubtPath(begin, value, raw)
        return value
      }
      if (char !== '\\') {
        value += char
        this.#at++
      } else if (raw) {
        // A raw string keeps the backslash, and yet it shields a quote.
        value += this.#text.slice(this.#at, this.#at + 2)
        this.#at += 2
      } else {
        value += this.#escape(begin)
      }
    }
  }

  #escape(begin: number): string {
    const next = this.#text[this.#at + 1] ?? ''
    const simple = simpleEscapes[next]
    if (simple !== undefined) {
      this.#at += 2
      return simple
    }
    const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at + 1, this.#at + 4))?.[0]
    if (octal !== undefined) {
      this.#at += 1 + octal.length
      return String.fromCharCode(Number.parseInt(octal, 8))
    }
    const length = hexDigits[next]
    if (length !== undefined) {
      const digits = this.#text.slice(this.#at + 2, this.#at + 2 + length)
      const code = Number.parseInt(digits, 16)
      if (/^[\da-fA-F]+$/.test(digits) && digits.length === length && code <= 0x10ffff) {
        this.#at += 2 + length
        return String.fromCodePoint(code)
      }
      this.doubts.push({
        offset: begin,
        message:
          `Python refuses '\\${next}' here; it is taken as typed (for a path with backslashes ` +
          "write r'...')",
      })
    }
    // As Python does: an escape that it does not know stays as it is.
    this.#at += 1
    return '\\'
  }

  #doubtPath(begin: number, value: string, raw: boolean): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what went wrong
    const control = /^[A-Za-z]:.*?([\u0000-\u001f])/s.exec(value)?.[1]
    if (raw || control === undefined) return
    this.doubts.push({
      offset: begin,
      message:
        `the path holds ${JSON.stringify(control)}, which is what its backslash and letter mean ` +
        "in Python; write r'...'",
    })
  }
}

/** The value of a text that is one literal; undefined when it is none. */
export function readLiteral(text: string): Literal | undefined {
  try {
    const reader = new LiteralReader(text)
    const value = reader.value()
    reader.skipBlank()
    return reader.offset === text.length ? value : undefined
  } catch (error) {
    if (error instanceof LiteralError) return undefined
    throw error
  }
}
