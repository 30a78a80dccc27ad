import type { Refusal } from './source-analysis.ts'
import { type SyntaxNode, tools } from './tools.ts'

/** A function's source as a syntax tree. */
export interface ParsedSource {
  /** The source as an expression; positions in the tree are positions in it. */
  readonly text: string
  readonly program: SyntaxNode
  /** The function or class itself. */
  readonly root: SyntaxNode
  readonly sloppy: boolean
}

/** Parses what `Function.prototype.toString` gives, whichever form it has. */
export function parseSource(source: string): ParsedSource | Refusal {
  const expression = `(${source}\n)`
  for (const sloppy of [false, true]) {
    const program = parse(expression, sloppy)
    if (program === undefined) continue
    return { text: expression, program, root: onlyExpression(program), sloppy }
  }
  for (const sloppy of [false, true]) {
    const program = parse(`({${source}\n})`, sloppy)
    if (program === undefined) continue
    const text = methodText(source, onlyProperty(program))
    const renamed = text === undefined ? undefined : parse(text, sloppy)
    if (renamed === undefined) continue
    const root = onlyProperty(renamed)['value']
    return { text: text!, program: renamed, root: root as SyntaxNode, sloppy }
  }
  if (/\bnew\s*\.\s*target\b/.test(source)) {
    return { refusal: 'it is an arrow function that uses the `new.target` around it' }
  }
  return { refusal: 'its source is not JavaScript that this version can read' }
}

/**
 * The method as an expression. Its key is replaced, for it may be computed or private; getters and
 * setters become methods, which are the same when called.
 */
function methodText(source: string, property: SyntaxNode): string | undefined {
  const value = property['value'] as SyntaxNode
  const offset = 2
  const rest = source.slice(value.start - offset)
  const isAsync = value['async'] === true ? 'async ' : ''
  const star = value['generator'] === true ? '*' : ''
  return `({${isAsync}${star}method${rest}\n}).method`
}

function parse(text: string, sloppy: boolean): SyntaxNode | undefined {
  try {
    return tools.acorn.parse(text, {
      ecmaVersion: 'latest',
      sourceType: sloppy ? 'script' : 'module',
      ranges: true,
      checkPrivateFields: false,
      allowSuperOutsideMethod: true,
    } as Parameters<typeof tools.acorn.parse>[1]) as unknown as SyntaxNode
  } catch {
    return undefined
  }
}

function onlyExpression(program: SyntaxNode): SyntaxNode {
  const [statement] = program['body'] as SyntaxNode[]
  return statement!['expression'] as SyntaxNode
}

function onlyProperty(program: SyntaxNode): SyntaxNode {
  const expression = onlyExpression(program)
  const literal =
    expression.type === 'MemberExpression' ? (expression['object'] as SyntaxNode) : expression
  return (literal['properties'] as SyntaxNode[])[0]!
}
