import { limits } from '../base/mod.ts'
import { BoundedCache } from './bounded-cache.ts'
import { type ParsedSource, parseSource } from './parse-source.ts'
import { type ComputedMember, type RewrittenClass, rewriteClass } from './rewrite-class.ts'
import { surveyTree } from './survey-tree.ts'
import { type SyntaxNode, tools } from './tools.ts'

/** A name that a function uses and does not declare itself. */
export interface FreeName {
  readonly name: string
  /** The properties read from it, when it is used for nothing else: `fs` in `fs.readFileSync`. */
  readonly members: ReadonlySet<string> | undefined
  /** The text needs the value in order to be evaluated, not only when the function is called. */
  readonly isForDefinition: boolean
  readonly isAssigned: boolean
}

/** What the source of a function says about it. */
export interface Analysis {
  /** An expression that makes the function, given its free names. */
  readonly text: string
  readonly free: readonly FreeName[]
  readonly isClass: boolean
  /** Under which name the text expects the superclass; undefined when there is none. */
  readonly superclassName: string | undefined
  readonly computed: readonly ComputedMember[]
  /** The source declares `#private` members, so instances have more than their properties. */
  readonly hasPrivateMembers: boolean
  /** It declares private static members, which live as long as the class. */
  readonly hasPrivateStatics: boolean
  /** The source is no valid strict code. */
  readonly sloppy: boolean
}

/** Why the source of a function cannot travel. */
export interface Refusal {
  readonly refusal: string
}

const analyses = new BoundedCache<string, Analysis | Refusal>(limits.analysedSourcesMax)

/** Analyses `source`, as `Function.prototype.toString` gives it. Remembered by source. */
export function analyseSource(source: string): Analysis | Refusal {
  const known = analyses.get(source)
  if (known !== undefined) return known
  const analysis = analyse(source)
  analyses.set(source, analysis)
  return analysis
}

function analyse(source: string): Analysis | Refusal {
  const parsed = parseSource(source)
  if ('refusal' in parsed) return parsed
  const survey = surveyTree(parsed.root)
  if (survey.refusal !== undefined) return { refusal: survey.refusal }
  const isClass = parsed.root.type === 'ClassExpression'
  const { ignored, forDefinition, ...rewritten } = isClass ? rewriteClass(parsed) : same(parsed)
  const free = freeNames(parsed, survey.members, ignored, forDefinition)
  return {
    ...rewritten,
    free: free.filter(({ name }) => name !== rewritten.superclassName),
    isClass,
    sloppy: parsed.sloppy,
  }
}

function same({ text }: ParsedSource): RewrittenClass {
  return {
    text,
    superclassName: undefined,
    computed: [],
    ignored: [],
    forDefinition: [],
    hasPrivateMembers: false,
    hasPrivateStatics: false,
  }
}

/** A stretch of source, by its first position and the one after its last. */
export type Range = readonly [start: number, end: number]

function freeNames(
  { program, sloppy }: ParsedSource,
  members: ReadonlyMap<SyntaxNode, string>,
  ignored: readonly Range[],
  forDefinition: readonly Range[],
): FreeName[] {
  const { globalScope } = tools.eslintScope.analyze(program, {
    ecmaVersion: 2024,
    sourceType: sloppy ? 'script' : 'module',
    fallback: 'iteration',
  })
  const found = new Map<string, { -readonly [K in keyof Use]: Use[K] }>()
  for (const use of globalScope?.through ?? []) {
    const { identifier } = use
    if (isWithin(identifier, ignored)) continue
    const member = members.get(identifier)
    const isForDefinition = isWithin(identifier, forDefinition)
    const isAssigned = use.isWrite()
    const known = found.get(identifier.name)
    if (known === undefined) {
      const only = member === undefined ? undefined : new Set([member])
      found.set(identifier.name, { members: only, isForDefinition, isAssigned })
    } else {
      if (member === undefined) known.members = undefined
      else known.members?.add(member)
      known.isForDefinition ||= isForDefinition
      known.isAssigned ||= isAssigned
    }
  }
  return Array.from(found, ([name, use]) => ({ name, ...use }))
}

interface Use {
  readonly members: Set<string> | undefined
  readonly isForDefinition: boolean
  readonly isAssigned: boolean
}

function isWithin(node: SyntaxNode, ranges: readonly Range[]): boolean {
  return ranges.some(([start, end]) => node.start >= start && node.end <= end)
}
