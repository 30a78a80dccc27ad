import type { SyntaxNode } from './tools.ts'

/** What a walk over a function's syntax tree finds. */
export interface Survey {
  /** Why the function cannot travel. */
  readonly refusal: string | undefined
  /** For names of which a property is read: which one. */
  readonly members: ReadonlyMap<SyntaxNode, string>
}

/** What the code being walked may use, because something within the function provides it. */
interface Surroundings {
  readonly ownsThis: boolean
  readonly ownsSuper: boolean
  readonly inClass: boolean
}

/** Walks over `root`, the function or class. */
export function surveyTree(root: SyntaxNode): Survey {
  const walk = new Walk()
  walk.visit(root, { ownsThis: false, ownsSuper: false, inClass: false })
  return walk
}

class Walk implements Survey {
  readonly members = new Map<SyntaxNode, string>()
  refusal: string | undefined

  visit(node: SyntaxNode, around: Surroundings): void {
    this.#look(node, around)
    if (this.refusal !== undefined) return
    switch (node.type) {
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'StaticBlock':
        this.#children(node, { ...around, ownsThis: true })
        break
      case 'PropertyDefinition':
        // Its name is evaluated outside the class, its value within.
        if (node['computed'] === true) this.visit(node['key'] as SyntaxNode, around)
        if (isNode(node['value'])) this.visit(node['value'], { ...around, ownsThis: true })
        break
      case 'ClassBody':
        this.#children(node, { ownsThis: around.ownsThis, ownsSuper: true, inClass: true })
        break
      case 'Property':
        this.#children(node, isMethodProperty(node) ? { ...around, ownsSuper: true } : around)
        break
      default:
        this.#children(node, around)
    }
  }

  #look(node: SyntaxNode, around: Surroundings): void {
    switch (node.type) {
      case 'ThisExpression':
        if (!around.ownsThis) this.refusal = outer('`this`')
        break
      case 'Identifier':
        if (node['name'] === 'arguments' && !around.ownsThis) this.refusal = outer('`arguments`')
        break
      case 'MetaProperty':
        this.#meta(node, around)
        break
      case 'Super':
        if (!around.ownsSuper) this.refusal = 'it is a method that uses `super`; send its class'
        break
      case 'PrivateIdentifier':
        if (!around.inClass) {
          this.refusal = 'it is a method that uses #private members; send its class'
        }
        break
      case 'CallExpression':
        if (isName(node['callee'], 'eval')) {
          this.refusal = 'it calls eval() directly, so what it captures cannot be told'
        }
        break
      case 'MemberExpression':
        this.#member(node)
    }
  }

  #meta(node: SyntaxNode, around: Surroundings): void {
    const isImport = (node['meta'] as SyntaxNode)['name'] === 'import'
    if (isImport) this.refusal = 'it uses `import.meta`, which means another file on the engine'
    else if (!around.ownsThis) this.refusal = outer('`new.target`')
  }

  #member(node: SyntaxNode): void {
    const object = node['object'] as SyntaxNode
    const property = node['property'] as SyntaxNode
    if (object.type !== 'Identifier') return
    if (node['computed'] !== true) this.members.set(object, property['name'] as string)
    else if (typeof property['value'] === 'string') this.members.set(object, property['value'])
  }

  #children(node: SyntaxNode, around: Surroundings): void {
    for (const [field, value] of Object.entries(node)) {
      if (isNameOnly(node, field)) continue
      for (const child of Array.isArray(value) ? value : [value]) {
        if (isNode(child)) this.visit(child, around)
      }
    }
  }
}

/** Fields that hold a property's name as written, which is no use of a variable. */
function isNameOnly(node: SyntaxNode, field: string): boolean {
  if (node['computed'] === true || isPrivate(node[field])) return false
  return namingFields.get(node.type) === field
}

const namingFields: ReadonlyMap<string, string> = new Map([
  ['MemberExpression', 'property'],
  ['Property', 'key'],
  ['MethodDefinition', 'key'],
  ['PropertyDefinition', 'key'],
])

function outer(what: string): string {
  return `it is an arrow function that uses the ${what} around it; copy what it needs to a const`
}

function isMethodProperty(node: SyntaxNode): boolean {
  return node['method'] === true || node['kind'] !== 'init'
}

function isPrivate(value: unknown): boolean {
  return isNode(value) && value.type === 'PrivateIdentifier'
}

function isName(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'Identifier' && value['name'] === name
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value
}
