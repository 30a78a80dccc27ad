import { createRequire, type SourceMapPayload } from 'node:module'
import type { Options, Parser, Program } from 'acorn'
import { blankComments } from './edits.ts'
import { lowerSyntax, mightNeedLowering, runtimeHasUsing } from './lower-syntax.ts'
import { isJsx, stripTypes } from './strip-types.ts'
import { cellSyntaxError, positionOf, wordsOfV8 } from './syntax-error.ts'
import { hasInnerUsing } from './syntax-tree.ts'
import { typedColumn } from './typed-column.ts'

const require = createRequire(import.meta.url)
let cellParser: typeof Parser | undefined

const options: Options = {
  ecmaVersion: 'latest',
  // Cells are scripts, not modules, so that `steps = 3` declares a name as it does in a console.
  sourceType: 'script',
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowHashBang: true,
}

/** A cell in JavaScript, and what it means. */
export interface ParsedCell {
  readonly text: string
  readonly program: Program
  /** Types were removed from it. */
  readonly isTypeScript: boolean
  /** The text is an object literal that stands alone: it has been put between parentheses. */
  readonly isObject: boolean
  /** The text was laid out anew. */
  readonly lowered?: {
    readonly source: string
    /** Where in it each part of the text comes from. */
    readonly map: SourceMapPayload
  }
}

interface Located {
  readonly pos: number
  readonly message: string
}

function isLocated(thrown: unknown): thrown is Located {
  return thrown instanceof SyntaxError && typeof (thrown as Partial<Located>).pos === 'number'
}

/** `using` may stand at the top of a cell, as at the top of a module. */
function makeParser(): typeof Parser {
  const acorn = require('acorn') as typeof import('acorn')
  return class extends acorn.Parser {
    get allowUsing(): boolean {
      return true
    }
  }
}

function parse(text: string): Program {
  cellParser ??= makeParser()
  return cellParser.parse(text, options)
}

function tryParse(text: string): Program | Located {
  try {
    return parse(text)
  } catch (thrown) {
    if (isLocated(thrown)) return thrown
    throw thrown
  }
}

function isProgram(parsed: Program | Located): parsed is Program {
  return 'type' in parsed
}

/** `f<string>(x)` is two comparisons in JavaScript and a call in TypeScript: the latter is meant. */
function mayHaveTypeArguments(source: string): boolean {
  const first = source.indexOf('<')
  return first >= 0 && /[^=]>\s*[(`]/.test(source.slice(first))
}

/** `{ a: 1 }` is a block with a label to the parser, and an object to whoever typed it. */
function parseAsObject(text: string): ParsedCell | undefined {
  if (!blankComments(text).trimStart().startsWith('{')) return undefined
  const inParentheses = `(${text}\n)`
  const program = tryParse(inParentheses)
  if (!isProgram(program)) return undefined
  const [first] = program.body
  const isObject =
    first?.type === 'ExpressionStatement' && first.expression.type === 'ObjectExpression'
  if (!isObject) return undefined
  return { text: inParentheses, program, isTypeScript: false, isObject: true }
}

function needsLowering(source: string, program: Program): boolean {
  return source.includes('using') && !runtimeHasUsing() && hasInnerUsing(program)
}

const typeDeclaration =
  /^\s*(?:export\s+)?(?:(?:declare\s+)?(?:interface|type)\s+[\w$]|declare\s+\w|import\s+type\b|type\b)/

/** A declaration that leaves nothing still ends the statement before it, if that has no semicolon. */
function withSeparators(source: string, bare: string): string {
  const typed = source.split('\n')
  const lines = bare.split('\n')
  return lines
    .map((line, i) => (line.trim() === '' && typeDeclaration.test(typed[i] ?? '') ? ';' : line))
    .join('\n')
}

/** The cell without types, if that is all that stands between it and JavaScript. */
function strip(source: string): ParsedCell | { readonly error?: Located; readonly text: string } {
  try {
    const bare = stripTypes(source)
    if (bare === undefined) return { text: source }
    // One that does not belong where it was put is an error; then all of them go again.
    const separated = withSeparators(source, bare)
    const first = tryParse(separated)
    const [text, program] = isProgram(first) ? [separated, first] : [bare, tryParse(bare)]
    if (!isProgram(program)) return { error: program, text }
    return { text, program, isTypeScript: true, isObject: false }
  } catch (thrown) {
    if (isLocated(thrown)) return { error: thrown, text: source }
    throw thrown
  }
}

function lower(source: string, name: string): ParsedCell {
  const { text, map } = lowerSyntax(source, name)
  const program = tryParse(text)
  if (isProgram(program)) {
    return { text, program, isTypeScript: true, isObject: false, lowered: { source, map } }
  }
  throw cellSyntaxError(name, source, { line: 1 }, program.message)
}

/**
 * Parses a cell, as JavaScript if it is that, otherwise as TypeScript.
 * @throws {SyntaxError} whose stack shows the line and points at the column.
 */
export function parseCell(source: string, name: string): ParsedCell {
  const object = parseAsObject(source)
  if (object !== undefined) return object
  if (!mayHaveTypeArguments(source)) {
    const program = tryParse(source)
    if (isProgram(program) && !needsLowering(source, program)) {
      return { text: source, program, isTypeScript: false, isObject: false }
    }
  }
  const stripped = strip(source)
  if ('program' in stripped && !needsLowering(source, stripped.program)) return stripped
  if (mightNeedLowering(source)) return lower(source, name)
  if (!('error' in stripped) || stripped.error === undefined) return lower(source, name)
  if (isJsx(source)) {
    const text = 'Cells leave JSX alone, and Node cannot run it: call what it stands for instead.'
    throw syntaxError(name, source, stripped.text, { pos: stripped.error.pos, message: text })
  }
  throw syntaxError(name, source, stripped.text, stripped.error)
}

/** `text` is what was parsed: `source`, or what is left of it without types, line by line. */
function syntaxError(name: string, source: string, text: string, error: Located): SyntaxError {
  const { pos } = error
  const message = wordsOfV8(error.message, text, pos)
  const { line, column } = positionOf(text, pos)
  const lineOf = (lines: string) => lines.split('\n')[line - 1] ?? ''
  const typed = typedColumn(lineOf(text), lineOf(source), column)
  return cellSyntaxError(name, source, { line, column: typed }, message)
}
