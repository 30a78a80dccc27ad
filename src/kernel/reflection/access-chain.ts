/** `new Map(x).a[0]['b']`: where it begins, and the way from there. */
export interface AccessChain {
  readonly root:
    | { readonly kind: 'name'; readonly name: string }
    /** What `new` makes of a class that is itself reached by a way. */
    | { readonly kind: 'instance'; readonly of: AccessChain }
    | { readonly kind: 'literal'; readonly value: 'string' | 'array' | 'regex' }
  readonly steps: readonly string[]
  /** Where it begins in the text. */
  readonly start: number
}

const identifierAtEnd = /[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const keyAtEnd = /\[\s*(?:(\d+)|'([^'\\\n]*)'|"([^"\\\n]*)")\s*\]$/
const newAtEnd = /\bnew\s+([\p{ID_Continue}$.]+)\s*$/u

/** Words that look like names, but stand before an expression rather than being one. */
const notValues =
  /^(?:return|typeof|await|case|in|of|new|void|delete|yield|throw|else|do|instanceof)$/

/**
 * The expression that ends at `end`, if it is one whose value can be found without running
 * anything: names, properties, constant keys, literals, and what `new` makes.
 */
export function chainBefore(text: string, end: number): AccessChain | undefined {
  const steps: string[] = []
  let at = skipSpaceBefore(text, end)
  for (;;) {
    while (text[at - 1] === '!') at = skipSpaceBefore(text, at - 1)
    const before = text.slice(0, at)
    const key = keyAtEnd.exec(before)
    const beforeKey = key === null ? 0 : skipSpaceBefore(text, key.index)
    if (key !== null && isValueEnd(text, beforeKey)) {
      steps.unshift(key[1] ?? key[2] ?? key[3]!)
      at = text.slice(0, beforeKey).endsWith('?.') ? beforeKey - 2 : beforeKey
      continue
    }
    const name = identifierAtEnd.exec(before.slice(-256))?.[0]
    if (name === undefined) return literalBefore(text, at, steps)
    const start = at - name.length
    const owner = ownerEnd(text, start)
    if (owner === undefined) {
      return notValues.test(name) ? undefined : { root: { kind: 'name', name }, steps, start }
    }
    steps.unshift(name)
    at = owner
  }
}

/** Where the expression ends of which a member is meant, if that stands before `start`. */
export function ownerEnd(text: string, start: number): number | undefined {
  const before = skipSpaceBefore(text, start)
  if (text[before - 1] !== '.' || text[before - 2] === '.') return undefined
  const end = text[before - 2] === '?' ? before - 2 : before - 1
  return /\d/.test(text[end - 1] ?? '') && /(?:^|[^\p{ID_Continue}$])\d+$/u.test(text.slice(0, end))
    ? undefined
    : skipSpaceBefore(text, end)
}

function literalBefore(text: string, at: number, steps: string[]): AccessChain | undefined {
  const last = text[at - 1]
  const literal = (value: 'string' | 'array' | 'regex'): AccessChain => ({
    root: { kind: 'literal', value },
    steps,
    start: at,
  })
  if (last === '"' || last === "'" || last === '`') return literal('string')
  if (last === ']') return literal('array')
  if (last === '/') return literal('regex')
  if (last !== ')') return undefined
  const open = openingParenthesis(text, at - 1)
  if (open === undefined) return undefined
  const before = text.slice(0, skipSpaceBefore(text, open))
  const made = newAtEnd.exec(before)
  if (made !== null) {
    const of = chainBefore(before, before.length)
    return of && { root: { kind: 'instance', of }, steps, start: made.index }
  }
  if (isValueEnd(text, before.length)) return undefined
  const inner = chainBefore(text, at - 1)
  // `(a + b).` is not `b.`
  if (inner === undefined || text.slice(open + 1, inner.start).trim() !== '') return undefined
  return { ...inner, steps: [...inner.steps, ...steps], start: open }
}

function openingParenthesis(text: string, close: number): number | undefined {
  let depth = 0
  for (let i = close; i >= 0; i--) {
    if (text[i] === ')') depth++
    else if (text[i] === '(' && --depth === 0) return i
  }
  return undefined
}

function isValueEnd(text: string, end: number): boolean {
  const before = text.slice(0, end)
  const name = identifierAtEnd.exec(before.slice(-256))?.[0]
  return name === undefined ? /[)\]'"`!]$|\?\.$/.test(before) : !notValues.test(name)
}

function skipSpaceBefore(text: string, at: number): number {
  let i = at
  while (i > 0 && /\s/.test(text[i - 1]!)) i--
  return i
}
