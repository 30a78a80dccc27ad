import type {
  AnyNode,
  ClassDeclaration,
  ExportAllDeclaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Expression,
  ForOfStatement,
  FunctionDeclaration,
  ImportDeclaration,
  VariableDeclaration,
} from 'acorn'
import { blank, blankComments, Edits } from './edits.ts'
import { type ImportedName, importedNames, reexportedNames } from './imported-names.ts'
import { reachableSpecifier } from './own-package.ts'
import type { ParsedCell } from './parse-cell.ts'
import { positionOf } from './syntax-error.ts'
import { boundNames, isFunctionLike, mentionsItself, walk } from './syntax-tree.ts'

/** An expression for a function, and where in the cell it stands. */
interface HoistedFunction {
  readonly name: string
  readonly text: string
  /** As `vm.Script` wants it. */
  readonly lineOffset: number
  readonly columnOffset: number
}

/** A cell as scripts: what they declare are globals, and every line stays where it was. */
export interface RewrittenCell {
  readonly text: string
  /** As `vm.Script` wants it: undoes what was put before the first line. */
  readonly columnOffset: number
  /**
   * The script's value is a function that takes a `CellScope` and promises the cell's value, in a
   * list: a promise that is the value is not to be waited for.
   */
  readonly isAsync: boolean
  /** The cell declares something with `using`, of which its scope lets go in the end. */
  readonly hasUsing: boolean
  /** The cell ends with an expression; otherwise its value means nothing. */
  readonly hasValue: boolean
  /** A semicolon stands after that expression: as in IPython, the value is not shown. */
  readonly isQuiet: boolean
  readonly isStrict: boolean
  /** To be made globals before the script runs. */
  readonly functions: readonly HoistedFunction[]
  /** Names that the script gives a value when it comes to them. */
  readonly declared: readonly string[]
  /** Those of `declared` that may be read before: `var`. */
  readonly variables: readonly string[]
}

/** What rewritten imports call, as a property of `globalThis`: see `ImportBinder`. */
export const importBinderKey: unique symbol = Symbol.for('iparallel.cell.import')

const defaultExport = 'ExportDefaultDeclaration'
const asyncTail = '\n})'
const strictHead = "'use strict';"

class Rewriter {
  readonly #cell: ParsedCell
  readonly #edits: Edits
  readonly #functions: HoistedFunction[] = []
  readonly #declared: string[] = []
  readonly #variables: string[] = []
  readonly #isStrict: boolean
  /** The name of the cell's scope: one that the cell does not use. */
  readonly #scope: string
  #isAsync = false
  #hasUsing = false

  constructor(cell: ParsedCell) {
    this.#cell = cell
    let scope = '__cell'
    while (cell.text.includes(scope)) scope += '_'
    this.#scope = scope
    this.#edits = new Edits(cell.text)
    const [first] = cell.program.body
    this.#isStrict = first?.type === 'ExpressionStatement' && first.directive === 'use strict'
  }

  rewrite(): RewrittenCell {
    const { text, program, isObject } = this.#cell
    if (text.startsWith('#!')) this.#edits.blank(0, text.search(/\n|$/))
    for (const statement of program.body) this.#rewriteStatement(statement)
    const last = program.body.at(-1)
    const hasValue =
      last?.type === 'ExpressionStatement' ||
      (last?.type === defaultExport && namedDefault(last) === undefined)
    if (this.#isAsync && hasValue) {
      this.#edits.insert(last.start, 'return [(')
      this.#edits.insert(text[last.end - 1] === ';' ? last.end - 1 : last.end, ')]')
    }
    const body = this.#edits.apply()
    const asyncHead = `(async ${this.#scope}=>{`
    return {
      text: this.#isAsync ? asyncHead + body + asyncTail : body,
      columnOffset: -((this.#isAsync ? asyncHead.length : 0) + (isObject ? 1 : 0)),
      isAsync: this.#isAsync,
      hasUsing: this.#hasUsing,
      hasValue,
      isQuiet: hasValue && this.#endsInSemicolon(last.end),
      isStrict: this.#isStrict,
      functions: this.#functions,
      declared: this.#declared,
      variables: this.#variables,
    }
  }

  #endsInSemicolon(end: number): boolean {
    const { text, lowered } = this.#cell
    // The compiler has put semicolons everywhere.
    if (lowered !== undefined) return blankComments(lowered.source).trimEnd().endsWith(';')
    return text[end - 1] === ';'
  }

  #rewriteStatement(statement: AnyNode): void {
    switch (statement.type) {
      case 'FunctionDeclaration':
        this.#hoist(statement as FunctionDeclaration)
        break
      case 'ClassDeclaration':
        this.#lookInside(statement)
        this.#assignClass(statement as ClassDeclaration)
        break
      case 'VariableDeclaration':
        this.#lookInside(statement)
        this.#assignVariables(statement)
        break
      case 'ImportDeclaration':
        this.#import(statement, importedNames(statement))
        break
      case 'ExportAllDeclaration':
        this.#import(statement, reexportedNames(statement))
        break
      case 'ExportNamedDeclaration':
        this.#exportNamed(statement)
        break
      case defaultExport:
        this.#exportDefault(statement)
        break
      default:
        this.#lookInside(statement)
    }
  }

  #exportNamed(statement: ExportNamedDeclaration): void {
    const { source, declaration, start, end } = statement
    if (source) {
      this.#import(statement, reexportedNames(statement))
    } else {
      if (declaration) this.#edits.blank(start, declaration.start)
      else this.#edits.replace(start, end, ';')
      if (declaration) this.#rewriteStatement(declaration)
    }
  }

  #exportDefault(statement: ExportDefaultDeclaration): void {
    const { start, end, declaration } = statement
    const { text, program } = this.#cell
    const keywords = /^export(?:\s|\/\*.*?\*\/|\/\/[^\n]*\n)*default/s.exec(text.slice(start, end))!
    const bodyStart = start + keywords[0].length
    const named = namedDefault(statement)
    if (named !== undefined) {
      this.#edits.blank(start, bodyStart)
      this.#rewriteStatement(named)
      return
    }
    this.#lookInside(declaration as AnyNode)
    this.#edits.insert(start, ';')
    this.#edits.replace(start, bodyStart, '(')
    this.#edits.insert(text[end - 1] === ';' ? end - 1 : end, ')')
    if (statement !== program.body.at(-1)) this.#end(end)
  }

  /** A declaration has an end of its own: what stands in its place would go on in the next line. */
  #end(end: number): void {
    if (this.#cell.text[end - 1] !== ';') this.#edits.insert(end, ';')
  }

  /** A function is an expression in a script of its own: hoisted, positions and text kept. */
  #hoist(fn: FunctionDeclaration): void {
    const { text } = this.#cell
    const { name } = fn.id
    // Within `(function f() {…})`, `f` is always this one, whatever the name is given later, as in
    // `f = memoize(f)`. One that calls itself goes without.
    const source = mentionsItself(fn, name)
      ? text.slice(fn.start, fn.id.start) +
        blank(text.slice(fn.id.start, fn.id.end)) +
        text.slice(fn.id.end, fn.end)
      : text.slice(fn.start, fn.end)
    const head = `${this.#isStrict ? strictHead : ''}(`
    const { line, column } = positionOf(text, fn.start)
    this.#functions.push({
      name,
      text: `${head}${source})`,
      lineOffset: line - 1,
      columnOffset: column - 1 - head.length,
    })
    this.#edits.replace(fn.start, fn.end, ';')
  }

  #assignClass(declaration: ClassDeclaration): void {
    this.#declared.push(declaration.id.name)
    this.#edits.insert(declaration.start, `;${declaration.id.name}=`)
    this.#edits.insert(declaration.end, ';')
  }

  #assignVariables(declaration: VariableDeclaration): void {
    const { kind, declarations, start } = declaration
    if (kind === 'using' || kind === 'await using') {
      this.#use(declaration)
      return
    }
    this.#replaceKeyword(declaration, true)
    for (const { id, init } of declarations) {
      this.#declared.push(...boundNames(id))
      if (kind === 'var') this.#variables.push(...boundNames(id))
      const isEmpty = init === undefined || init === null
      if (isEmpty && (kind !== 'var' || this.#isEnum(start))) {
        this.#edits.insert(id.end, ' = void 0')
      }
    }
    if (!declarations.at(-1)!.init) this.#end(declaration.end)
  }

  /** `using a = b` becomes `;a =__cell.use(b)`, and a global like the others. */
  #use({ kind, declarations, start }: VariableDeclaration): void {
    const { text } = this.#cell
    this.#isAsync = true
    this.#hasUsing = true
    const [keyword] = /^(?:await\s+)?using/.exec(text.slice(start))!
    this.#edits.replace(start, start + keyword.length, ';')
    for (const { id, end } of declarations) {
      this.#declared.push(...boundNames(id))
      this.#edits.insert(text.indexOf('=', id.end) + 1, `${this.#scope}.use(`)
      this.#edits.insert(end, `,${kind !== 'using'})`)
    }
  }

  /** `let { a } = b` becomes `;({ a } = b)`. */
  #replaceKeyword(declaration: VariableDeclaration, isStatement: boolean): void {
    const { start, kind, declarations } = declaration
    const first = declarations[0]!
    const isObject = first.id.type === 'ObjectPattern' && first.init
    const text = `${isStatement ? ';' : ''}${isObject ? '(' : ''}`
    this.#edits.replace(start, start + kind.length, text)
    if (isObject) this.#edits.insert(first.end, ')')
  }

  /** An enum of a cell that is run again starts anew: TypeScript's code would add to the old. */
  #isEnum(start: number): boolean {
    const { text, isTypeScript } = this.#cell
    return isTypeScript && /^var ([\w$]+); \(function \(\1\) \{/.test(text.slice(start))
  }

  /** Finds what makes the cell asynchronous, and each `var` that reaches the top from a block. */
  #lookInside(statement: AnyNode): void {
    const lists = new Set<AnyNode>()
    const heads = new Set<AnyNode | null | undefined>()
    walk(statement, (node) => {
      if (isFunctionLike(node)) return false
      switch (node.type) {
        case 'AwaitExpression':
          this.#isAsync = true
          this.#edits.insert(node.start + 'await'.length, ` ${this.#scope}(`)
          this.#edits.insert(node.end, ')')
          break
        case 'ImportExpression':
          this.#importDynamically(node.source)
          break
        case 'ForOfStatement':
          heads.add(node.left)
          if (node.await) this.#guardSteps(node)
          break
        case 'ForInStatement':
          heads.add(node.left)
          break
        case 'ForStatement':
          heads.add(node.init)
          break
        case 'BlockStatement':
          for (const child of node.body) lists.add(child)
          break
        case 'SwitchCase':
          for (const child of node.consequent) lists.add(child)
          break
        case 'VariableDeclaration':
          if (node === statement || node.kind !== 'var') break
          for (const { id } of node.declarations) {
            this.#declared.push(...boundNames(id))
            this.#variables.push(...boundNames(id))
          }
          this.#replaceKeyword(node, lists.has(node))
          if (!heads.has(node) && !node.declarations.at(-1)!.init) this.#end(node.end)
      }
      return true
    })
  }

  #importDynamically(source: Expression): void {
    if (source.type !== 'Literal' || typeof source.value !== 'string') return
    const reachable = reachableSpecifier(source.value)
    if (reachable === source.value) return
    this.#edits.replace(source.start, source.end, JSON.stringify(reachable))
  }

  /** `for await (a of b)` becomes `for await (a of __cell.each(b))`. */
  #guardSteps({ left, right, body }: ForOfStatement): void {
    const { text } = this.#cell
    this.#isAsync = true
    const before = blankComments(text.slice(left.end, right.start))
    const after = blankComments(text.slice(right.end, body.start))
    this.#edits.insert(left.end + before.indexOf('of') + 'of'.length, ` ${this.#scope}.each(`)
    this.#edits.insert(right.end + after.lastIndexOf(')'), ')')
  }

  #import(
    statement: ImportDeclaration | ExportNamedDeclaration | ExportAllDeclaration,
    names: readonly ImportedName[],
  ): void {
    const { text } = this.#cell
    const { source, attributes, start, end } = statement
    const specifier = text.slice(source!.start, source!.end)
    const list = attributes.map((attribute) => text.slice(attribute.start, attribute.end))
    const options = list.length === 0 ? '' : `,{with:{${list.join()}}}`
    const reachable = JSON.stringify(reachableSpecifier(String(source!.value)))
    const imported = `await import(${reachable}${options})`
    this.#isAsync = true
    this.#declared.push(...names.map(([, local]) => local))
    this.#edits.replace(
      start,
      end,
      names.length === 0
        ? `;${imported};`
        : `;globalThis[Symbol.for(${JSON.stringify(importBinderKey.description)})]` +
            `(${imported},${specifier},${JSON.stringify(names)});`,
    )
  }
}

/** The declaration in `export default function f() {}`, if it is one with a name. */
function namedDefault({
  declaration,
}: ExportDefaultDeclaration): FunctionDeclaration | ClassDeclaration | undefined {
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') {
    if (declaration.id) return declaration as FunctionDeclaration | ClassDeclaration
  }
  return undefined
}

/** Turns a cell into scripts whose declarations are globals. */
export function rewriteCell(cell: ParsedCell): RewrittenCell {
  return new Rewriter(cell).rewrite()
}
