import type { ParsedSource } from './parse-source.ts'
import type { Range } from './source-analysis.ts'
import type { SyntaxNode } from './tools.ts'

/** A class's source, changed so that evaluating it runs nothing of the user's. */
export interface RewrittenClass {
  readonly text: string
  readonly superclassName: string | undefined
  /** Stretches of the original that are gone. */
  readonly ignored: readonly Range[]
  /** Stretches that are evaluated with the class. */
  readonly forDefinition: readonly Range[]
  /** Instances have `#private` members. */
  readonly hasPrivateMembers: boolean
}

/**
 * Static fields and blocks are taken out, for they ran when the class was defined: what they left
 * on the class travels as its properties. The superclass, which may be any expression, becomes a
 * name. Lines stay where they are.
 */
export function rewriteClass({ text, root }: ParsedSource): RewrittenClass {
  const edits: { range: Range; replacement: string }[] = []
  const forDefinition: Range[] = []
  const superclass = root['superClass'] as SyntaxNode | null
  const superclassName = nameFor(superclass, text)
  if (superclass !== null && superclassName !== undefined) {
    edits.push({ range: [superclass.start, superclass.end], replacement: superclassName })
  }
  let hasPrivateMembers = false
  for (const member of (root['body'] as SyntaxNode)['body'] as SyntaxNode[]) {
    const range: Range = [member.start, member.end]
    const key = member['key'] as SyntaxNode | undefined
    const isPrivate = key?.type === 'PrivateIdentifier'
    hasPrivateMembers ||= isPrivate && member['static'] !== true
    if (member.type === 'StaticBlock') {
      if (usesPrivate(member)) forDefinition.push(range)
      else edits.push({ range, replacement: '' })
    } else if (member.type === 'PropertyDefinition' && member['static'] === true) {
      if (isPrivate) forDefinition.push(range)
      else edits.push({ range, replacement: '' })
    } else if (member['computed'] === true) {
      forDefinition.push([key!.start, key!.end])
    }
  }
  return {
    text: apply(text, edits),
    superclassName,
    ignored: edits.map(({ range }) => range),
    forDefinition,
    hasPrivateMembers,
  }
}

function nameFor(superclass: SyntaxNode | null, text: string): string | undefined {
  if (superclass === null || superclass.type === 'Literal') return undefined
  if (superclass.type === 'Identifier') return superclass['name'] as string
  let name = '$superclass'
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
