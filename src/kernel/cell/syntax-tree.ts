import type { AnyNode, Function as FunctionNode, Pattern, Program } from 'acorn'

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** Calls `visit` for every node in order; where it returns false, what is inside is left out. */
export function walk(node: AnyNode, visit: (node: AnyNode) => boolean): void {
  if (!visit(node)) return
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit)
    } else if (isNode(value)) walk(value, visit)
  }
}

/** The names that a declaration's target binds: `a` and `c` of `{ a, b: [c] }`. */
export function boundNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element === null ? [] : boundNames(element)))
    case 'RestElement':
      return boundNames(pattern.argument)
    case 'AssignmentPattern':
      return boundNames(pattern.left)
    case 'MemberExpression':
      return []
  }
}

/** Whether `node` is a function, or something of a class that is run like one. */
export function isFunctionLike(node: AnyNode): boolean {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'StaticBlock':
      return true
    default:
      return false
  }
}

/** Whether a function uses its own name, as one that is recursive does. */
export function mentionsItself(fn: FunctionNode, name: string): boolean {
  let found = false
  walk(fn as AnyNode, (node) => {
    if (node.type === 'Identifier' && node.name === name && node !== fn.id) found = true
    return !found
  })
  return found
}

/** Whether there is a `using` anywhere but at the very top, where cells see to it themselves. */
export function hasInnerUsing(program: Program): boolean {
  let found = false
  walk(program, (node) => {
    const isUsing = node.type === 'VariableDeclaration' && node.kind.endsWith('using')
    if (isUsing && !program.body.includes(node)) found = true
    return !found
  })
  return found
}
