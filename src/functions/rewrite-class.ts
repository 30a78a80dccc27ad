import type { ParsedSource } from './parse-source.ts'
import type { Range } from './source-analysis.ts'
import type { SyntaxNode } from './tools.ts'

/** A member whose name is an expression: the class tells which name that gave. */
export interface ComputedMember {
  /** Under which name the text expects it. */
  readonly name: string
  /** As `Function.prototype.toString` gives it; empty for a field. */
  readonly source: string
  readonly isStatic: boolean
  /** Such as `[key]`, for a message. */
  readonly shown: string
}

/** A class's source, changed so that evaluating it runs nothing of the user's. */
export interface RewrittenClass {
  readonly text: string
  readonly superclassName: string | undefined
  readonly computed: readonly ComputedMember[]
  /** Stretches of the original that are gone. */
  readonly ignored: readonly Range[]
  /** Stretches that are evaluated with the class. */
  readonly forDefinition: readonly Range[]
  /** Instances have `#private` members. */
  readonly hasPrivateMembers: boolean
  /** The class itself has. */
  readonly hasPrivateStatics: boolean
}

/**
 * Static fields and blocks are taken out, for they ran when the class was defined: what they left
 * on the class travels as its properties. The superclass and the keys of computed members, which
 * may be any expressions, become names. Lines stay where they are.
 */
export function rewriteClass({ text, root }: ParsedSource): RewrittenClass {
  const edits: { range: Range; replacement: string }[] = []
  const forDefinition: Range[] = []
  const computed: ComputedMember[] = []
  const superclass = root['superClass'] as SyntaxNode | null
  const superclassName = nameOfSuperclass(superclass, text)
  if (superclass !== null && superclassName !== undefined) {
    edits.push({ range: [superclass.start, superclass.end], replacement: superclassName })
  }
  let hasPrivateMembers = false
  let hasPrivateStatics = false
  for (const member of (root['body'] as SyntaxNode)['body'] as SyntaxNode[]) {
    const range: Range = [member.start, member.end]
    const key = member['key'] as SyntaxNode | undefined
    const isPrivate = key?.type === 'PrivateIdentifier'
    const isStatic = member['static'] === true
    const isStaticField = member.type === 'PropertyDefinition' && isStatic
    hasPrivateMembers ||= isPrivate && !isStatic
    hasPrivateStatics ||= isPrivate && isStatic
    if (member.type === 'StaticBlock' || isStaticField) {
      if (isPrivate || (!isStaticField && usesPrivate(member))) forDefinition.push(range)
      else edits.push({ range, replacement: '' })
    } else if (member['computed'] === true && key!.type !== 'Literal') {
      const name = unusedName(`$key${computed.length}`, text)
      edits.push({ range: [key!.start, key!.end], replacement: name })
      const isField = member.type === 'PropertyDefinition'
      const source = isField ? '' : text.slice(...range).replace(/^static\s+/, '')
      computed.push({ name, source, isStatic, shown: `[${text.slice(key!.start, key!.end)}]` })
    }
  }
  return {
    text: apply(text, edits),
    superclassName,
    computed,
    ignored: edits.map(({ range }) => range),
    forDefinition,
    hasPrivateMembers,
    hasPrivateStatics,
  }
}

function nameOfSuperclass(superclass: SyntaxNode | null, text: string): string | undefined {
  if (superclass === null || superclass.type === 'Literal') return undefined
  if (superclass.type === 'Identifier') return superclass['name'] as string
  return unusedName('$superclass', text)
}

function unusedName(wish: string, text: string): string {
  let name = wish
  while (text.includes(name)) name += '$'
  return name
}

function usesPrivate(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  if ((node as SyntaxNode).type === 'PrivateIdentifier') return true
  return Object.values(node).some(usesPrivate)
}

function apply(text: string, edits: readonly { range: Range; replacement: string }[]): string {
  let result = ''
  let position = 0
  for (const { range, replacement } of edits) {
    const [start, end] = range
    const lines = text.slice(start, end).replace(/[^\n]/g, '')
    result += text.slice(position, start) + replacement + lines
    position = end
  }
  return result + text.slice(position)
}
