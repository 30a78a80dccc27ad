import type { IsCompleteOutcome } from '../../engine/mod.ts'
import { parseCell } from '../cell/parse-cell.ts'
import { scanCode } from './scan-code.ts'

const complete: IsCompleteOutcome = { status: 'complete', indent: '' }
const invalid: IsCompleteOutcome = { status: 'invalid', indent: '' }
/** What one more level is indented by. */
const step = '  '

function incomplete(code: string): IsCompleteOutcome {
  const line = code.trimEnd().split('\n').at(-1)!
  const indent = /^\s*/.exec(line)![0]
  return { status: 'incomplete', indent: /[([{]\s*$|=>\s*$/.test(line) ? indent + step : indent }
}

/** Words that something has to follow. */
const openingWords =
  /\b(?:new|typeof|void|delete|await|extends|in|of|instanceof|return|as|satisfies|from)$/

/** The last line ends the text: what went before it wants more. */
function wantsMore(code: string): boolean {
  const end = code.replace(/\s+$/, '')
  // Numbers apart, nothing that ends so can stand; nor can what begins with a decorator alone.
  return /[-+*/%&|^=<>!?:.,~]$/.test(end) || openingWords.test(end)
    ? !/(?:\+\+|--|\d\.)$/.test(end) && !/\breturn$/.test(end)
    : /(?:^|\n)\s*@[\w$.]+(?:\([^\n]*\))?$/.test(end)
}

interface Position {
  readonly line: number
  readonly isEnd: boolean
}

/** Where `cellSyntaxError` says that parsing stopped. */
function positionOf(error: SyntaxError, code: string): Position {
  const line = Number(/:(\d+)\n/.exec(error.stack ?? '')?.[1] ?? 1)
  const lines = code.trimEnd().split('\n')
  const caret = /\n([\t ]*)\^\n/.exec(error.stack ?? '')?.[1]?.length
  const isLast = line >= lines.length
  const isEnd = line > lines.length || (caret ?? 0) >= (lines[line - 1] ?? '').trimEnd().length
  return { line, isEnd: isLast && isEnd }
}

/**
 * Whether a cell can be run as it stands, or its author is about to go on. `transform` is what is
 * done to magics before a cell is parsed.
 */
export function isCompleteCell(
  code: string,
  transform: (code: string) => string,
): IsCompleteOutcome {
  if (code.trim() === '') return complete
  if (/^\s*%%\w/.test(code)) {
    // Only an empty line says that the text of a cell magic ends.
    return /\n[ \t]*\n?$/.test(code) ? complete : { status: 'incomplete', indent: '' }
  }
  let text: string
  try {
    text = transform(code)
  } catch {
    return invalid
  }
  // A magic goes on in the next line; nothing else ends so.
  if (text !== code && code.endsWith('\\')) return { status: 'incomplete', indent: '' }
  const place = scanCode(text)
  if (place.hasMismatch) return invalid
  if (
    place.kind === 'template' ||
    (place.kind === 'comment' && text.startsWith('/*', place.start))
  ) {
    return { status: 'incomplete', indent: '' }
  }
  if (place.kind === 'string') {
    return text.endsWith('\\') ? { status: 'incomplete', indent: '' } : invalid
  }
  try {
    parseCell(text, 'cell')
    return complete
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) return { status: 'unknown', indent: '' }
    const isOpen = place.open.length > 0
    const { isEnd } = positionOf(thrown, text)
    return isEnd || isOpen || wantsMore(text) || wantsCatch(text) ? incomplete(code) : invalid
  }
}

/** `try {…}`, which the parser finds fault with at its beginning. */
function wantsCatch(code: string): boolean {
  if (!/\btry\b/.test(code) || !code.trimEnd().endsWith('}')) return false
  try {
    parseCell(`${code} catch {}`, 'cell')
    return true
  } catch {
    return false
  }
}
