/** What a place in source text lies in. */
export interface Place {
  readonly kind: 'code' | 'string' | 'template' | 'comment' | 'regex'
  /** Where that begins: at its quote, at its first slash. 0 for code. */
  readonly start: number
  /** Brackets that are open, the innermost last. */
  readonly open: readonly { readonly char: string; readonly at: number }[]
  /** A bracket was closed that was not open, or by one of another kind. */
  readonly hasMismatch: boolean
  /** The last character that is neither space nor in a comment; empty when there is none. */
  readonly last: string
}

const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
/** After these a slash begins a regular expression, after anything else it divides. */
const beforeRegex = /(?:^|[([{,;:=!&|?+\-*%~^<>\n]|\b(?:return|typeof|case|of|in|void|delete))\s*$/

/**
 * Goes through source text up to `end`, without a parser, which would want it to be whole: finds
 * what the place there lies in.
 */
export function scanCode(text: string, end: number = text.length): Place {
  const open: { char: string; at: number }[] = []
  let hasMismatch = false
  let last = ''
  let i = 0
  const place = (kind: Place['kind'], start: number): Place => ({
    kind,
    start,
    open,
    hasMismatch,
    last,
  })
  /** Goes on behind the quasi of a template that begins at `i`; false when it does not end. */
  const skipQuasi = (): boolean => {
    for (; i < end; i++) {
      if (text[i] === '\\') i++
      else if (text[i] === '`') {
        i++
        return true
      } else if (text[i] === '$' && text[i + 1] === '{' && i + 1 < end) {
        open.push({ char: '${', at: i })
        i += 2
        return true
      }
    }
    return false
  }
  while (i < end) {
    const char = text[i]!
    const start = i
    if (char === '"' || char === "'") {
      i = endOfString(text, i, end)
      last = char
      if (i > end) return place('string', start)
    } else if (char === '`') {
      i++
      last = char
      if (!skipQuasi()) return place('template', start)
    } else if (char === '/' && (text[i + 1] === '/' || text[i + 1] === '*') && i + 1 < end) {
      i = endOfComment(text, i)
      if (i > end) return place('comment', start)
    } else if (char === '/' && beforeRegex.test(text.slice(Math.max(0, i - 20), i))) {
      i = endOfRegex(text, i, end)
      last = '/'
      if (i > end) return place('regex', start)
    } else {
      i++
      if (!/\s/.test(char)) last = char
      if (char === '(' || char === '[' || char === '{') open.push({ char, at: start })
      else if (char in closers) {
        const opened = open.pop()?.char
        if (opened === '${' && char === '}') {
          if (!skipQuasi()) return place('template', start)
        } else if (opened !== closers[char]) hasMismatch = true
      }
    }
  }
  return place('code', 0)
}

/** The offset behind the closing quote, or at the end of its line; more than `end` if unclosed. */
function endOfString(text: string, start: number, end: number): number {
  for (let i = start + 1; i < end; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === text[start]) return i + 1
    else if (text[i] === '\n') return i
  }
  return end + 1
}

function endOfComment(text: string, start: number): number {
  const isBlock = text[start + 1] === '*'
  const at = text.indexOf(isBlock ? '*/' : '\n', start + 2)
  return at < 0 ? Number.POSITIVE_INFINITY : at + (isBlock ? 2 : 0)
}

function endOfRegex(text: string, start: number, end: number): number {
  let isClass = false
  for (let i = start + 1; i < end; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (char === '\n') return i
    else if (char === '[') isClass = true
    else if (char === ']') isClass = false
    else if (char === '/' && !isClass) return i + 1
  }
  return end + 1
}
