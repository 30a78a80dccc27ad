import { nearest } from '../../base/mod.ts'
import { scanCode } from '../reflection/scan-code.ts'
import { expandingTemplate } from './expanding-template.ts'
import { UsageError } from './usage-error.ts'

/** What is needed to tell magics from code. */
export interface MagicSyntax {
  readonly line: readonly string[]
  readonly cell: readonly string[]
  /** Whether `${…}` in the line of this magic stands for values. */
  expands(name: string): boolean
  /** Whether code can see a name of this kind: then `!name` is its negation. */
  isName(name: string): boolean
}

/** What rewritten magics call, as a property of `globalThis`. */
export const magicRunnerKey: unique symbol = Symbol.for('iparallel.cell.magic')

/** Whether there may be magics in a cell: cheap, and never wrong when it says no. */
export function mayHaveMagics(code: string): boolean {
  return /^[ \t]*[%!?]|=[ \t]*[%!]|\?[ \t;]*$/m.test(code)
}

const binary = /[=+\-*/%&|^<>!?:,.~([]$/
const assignment =
  /^(\s*(?:(?:const|let|var)\s+)?[\p{ID_Start}$_][\p{ID_Continue}$.]*(?:\s*:[^=]+)?\s*=\s*)([%!].*)$/u
/** A first word, and what can only be the first argument of a command. */
const argument =
  /^[\p{ID_Continue}$]+[ \t]+(?:(?!in\b|instanceof\b|as\b|satisfies\b)[\w'"./~]|--?\w)/u
const helpAfter =
  /^\s*(%{0,2}[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Continue}$]+|\[\d+\])*)\s*(\?\??)[\s;]*$/u
const helpBefore =
  /^\s*(\?\??)\s*(%{0,2}[\p{ID_Start}$_][\p{ID_Continue}$]*(?:\.[\p{ID_Continue}$]+|\[\d+\])*)[\s;]*$/u

/**
 * A cell with its magics turned into calls, line by line.
 * @throws {UsageError} for a magic that does not exist, naming the nearest one.
 */
export function transformMagics(code: string, syntax: MagicSyntax): string {
  const asked = /^\s*(%%\w+)(\?\??)\s*$/.exec(code)
  if (asked !== null) return call('line', 'pinfo', JSON.stringify(asked[1]))
  const head = /^\s*%%(\w*)[ \t]*(.*)/.exec(code)
  if (head !== null) return cellMagic(code, head[0], head[1]!, head[2]!, syntax)
  const lines = code.split('\n')
  let out = ''
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!
    let taken = 0
    // A magic goes on in the next line when its own ends with a backslash.
    if (/^\s*[%!]|=\s*[%!]/.test(line)) {
      while (line.endsWith('\\') && i + taken + 1 < lines.length) {
        line = `${line.slice(0, -1)} ${lines[i + ++taken]!.trimStart()}`
      }
    }
    const magic = mayHaveMagics(line)
      ? transformLine(line, out, lines.slice(i + taken + 1), syntax)
      : undefined
    if (magic === undefined) out += lines[i]
    else {
      // What follows must not be taken for the rest of it; at the end of the cell, a semicolon
      // would say that the value is not to be shown.
      const isLast = scanCode(lines.slice(i + taken + 1).join('\n')).last === ''
      out += `${magic}${isLast ? '' : ';'}${'\n'.repeat(taken)}`
      i += taken
    }
    if (i < lines.length - 1) out += '\n'
  }
  return out
}

function call(kind: string, name: string, line: string, body?: string): string {
  const runner = `globalThis[Symbol.for(${JSON.stringify(magicRunnerKey.description)})]`
  const rest = body === undefined ? '' : `,${JSON.stringify(body)}`
  const args = `${JSON.stringify(kind)},${JSON.stringify(name)},${line}${rest}`
  return `${runner}.value(await ${runner}(${args}))`
}

function cellMagic(
  code: string,
  head: string,
  name: string,
  line: string,
  syntax: MagicSyntax,
): string {
  if (!syntax.cell.includes(name)) throw unknownMagic('cell', name, syntax)
  const body = code.slice(head.length + 1)
  return (
    '\n'.repeat(head.split('\n').length - 1) + call('cell', name, textOf(name, line, syntax), body)
  )
}

function textOf(name: string, line: string, syntax: MagicSyntax): string {
  const text = line.trim()
  return syntax.expands(name) ? expandingTemplate(text) : JSON.stringify(text)
}

/** The code for a line that is a magic; undefined when it is something else. */
function transformLine(
  line: string,
  before: string,
  after: readonly string[],
  syntax: MagicSyntax,
): string | undefined {
  const place = scanCode(before)
  const innermost = place.open.at(-1)?.char
  if (place.kind !== 'code' || (innermost !== undefined && innermost !== '{')) return undefined
  const { last } = place
  const isFresh = last === '' || last === ';' || last === '{' || last === '}'
  if (!isFresh && binary.test(last)) return undefined

  const assigned = assignment.exec(line)
  if (assigned !== null) {
    // Without a keyword, it may be a field of a class.
    if (innermost !== undefined && !/^\s*(?:const|let|var)\b/.test(line)) return undefined
    const value = capture(assigned[2]!, before, syntax)
    return value && assigned[1]! + value
  }
  const indent = /^\s*/.exec(line)![0]
  const text = line.trim()
  const help = helpBefore.exec(line) ?? helpAfter.exec(line)
  if (help !== null && after.every((next) => next.trim() === '' || mayHaveMagics(next))) {
    const [mark, name] = help[1]!.startsWith('?') ? [help[1], help[2]] : [help[2], help[1]]
    return indent + call('line', mark === '??' ? 'pinfo2' : 'pinfo', JSON.stringify(name))
  }
  if (text.startsWith('!')) {
    const code = shellLine(text, before, syntax)
    return code && indent + code
  }
  const magic = percentLine(text, isFresh, syntax)
  return magic && indent + magic
}

/** `%name …` at the start of a statement. */
function percentLine(text: string, isFresh: boolean, syntax: MagicSyntax): string | undefined {
  const [, double, name, rest] = /^%(%?)([A-Za-z_]\w*)(.*)$/s.exec(text) ?? []
  if (name === undefined) return undefined
  if (double !== '') {
    if (!isFresh) return undefined
    throw syntax.cell.includes(name)
      ? new UsageError(`%%${name} takes a whole cell: it must be the first line of one`)
      : unknownMagic('cell', name, syntax)
  }
  // `a\n%b` is the rest of a division, unless `b` can only be a magic.
  if (!isFresh && syntax.isName(name) && !/^\s+[\w'"-]/.test(rest!)) return undefined
  if (syntax.line.includes(name)) return call('line', name, textOf(name, rest!, syntax))
  if (isFresh || /^\s+[\w'"-]/.test(rest!)) throw unknownMagic('line', name, syntax)
  return undefined
}

/** `!command`, unless it is the negation of a name that the code can see. */
function shellLine(text: string, before: string, syntax: MagicSyntax): string | undefined {
  const isCapture = text.startsWith('!!')
  const command = text.slice(isCapture ? 2 : 1)
  if (!isCommand(command, before, syntax)) return undefined
  const expanded = expandingTemplate(command.trim())
  return call('line', isCapture ? 'sx' : 'system', expanded)
}

/** `const x = %magic …`, `const x = !command`. */
function capture(text: string, before: string, syntax: MagicSyntax): string | undefined {
  if (text.startsWith('!')) {
    const command = text.slice(1)
    return isCommand(command, before, syntax)
      ? call('line', 'sx', expandingTemplate(command.trim()))
      : undefined
  }
  const [, name, rest] = /^%([A-Za-z_]\w*)(.*)$/s.exec(text) ?? []
  if (name === undefined) return undefined
  if (!syntax.line.includes(name)) throw unknownMagic('line', name, syntax)
  return call('line', name, textOf(name, rest!, syntax))
}

function isCommand(command: string, before: string, syntax: MagicSyntax): boolean {
  if (/^[ \t]+\S/.test(command)) return true
  if (
    /^(?:$|[=!([{"'`+\d-]|function\b|async\b|await\b|new\b|typeof\b|this\b|true\b|false\b)/.test(
      command,
    )
  ) {
    return false
  }
  // A call, of a name that may be wrong, or of a regular expression: no path is written so.
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$.]*\(/u.test(command)) return false
  if (/^\/(?:[^/\\]|\\.)+\/[a-z]*\.(?:test|exec)\(/.test(command)) return false
  const name = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(command)?.[0]
  // A path is no code; nor are two words, or an option after one.
  if (name === undefined || argument.test(command)) return true
  return !isVisible(name, before, syntax)
}

function isVisible(name: string, before: string, syntax: MagicSyntax): boolean {
  if (syntax.isName(name)) return true
  const words = before.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)
  return words?.includes(name) ?? false
}

/** Worded as IPython does, with what was probably meant. */
function unknownMagic(kind: 'line' | 'cell', name: string, syntax: MagicSyntax): UsageError {
  const mark = kind === 'line' ? '%' : '%%'
  const what = kind === 'line' ? 'Line magic function' : 'Cell magic'
  const [own, other, otherMark] =
    kind === 'line' ? [syntax.line, syntax.cell, '%%'] : [syntax.cell, syntax.line, '%']
  const near = nearest(name, own)
  const hint = other.includes(name)
    ? ` But ${otherMark}${name} exists: ${kind === 'line' ? 'it takes a whole cell' : 'it takes one line'}.`
    : near === undefined
      ? ''
      : ` Did you mean ${mark}${near}?`
  return new UsageError(`${what} \`${mark}${name}\` not found.${hint} %lsmagic shows all of them.`)
}
