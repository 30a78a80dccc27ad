import type * as inspector from 'node:inspector'
import { createRequire } from 'node:module'
import type * as acorn from 'acorn'

/** A node of a syntax tree, as acorn makes it. */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** A use of a name, as eslint-scope finds it. */
interface NameUse {
  readonly identifier: SyntaxNode & { readonly name: string }
  isWrite(): boolean
}

interface EslintScope {
  analyze(
    tree: unknown,
    options: { ecmaVersion: number; sourceType: 'module' | 'script'; fallback: 'iteration' },
  ): { readonly globalScope: { readonly through: readonly NameUse[] } | null }
}

const require = createRequire(import.meta.url)

let acornModule: typeof acorn | undefined
let eslintScopeModule: EslintScope | undefined
let inspectorModule: typeof inspector | undefined

/**
 * The parser, the scope analyser and the inspector, loaded when a function is first taken apart:
 * a client that only sends values starts without them.
 */
export const tools = {
  get acorn(): typeof acorn {
    acornModule ??= require('acorn') as typeof acorn
    return acornModule
  },
  get eslintScope(): EslintScope {
    eslintScopeModule ??= require('eslint-scope') as EslintScope
    return eslintScopeModule
  },
  get inspector(): typeof inspector {
    inspectorModule ??= require('node:inspector') as typeof inspector
    return inspectorModule
  },
}
