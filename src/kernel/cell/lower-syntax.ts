import type { SourceMapPayload } from 'node:module'
import { createRequire } from 'node:module'
import process from 'node:process'
import type { Message, TransformOptions } from 'esbuild'
import { messageOf } from '../../base/mod.ts'
import { cellSyntaxError } from './syntax-error.ts'

const require = createRequire(import.meta.url)

/** JavaScript that this version of Node runs, and where each part of it comes from. */
export interface LoweredSource {
  readonly text: string
  readonly map: SourceMapPayload
}

/** What only the compiler can make of TypeScript, or of JavaScript that Node does not have yet. */
const mayNeedLowering =
  /@\s*[\p{ID_Start}$_(]|\b(?:namespace|module)\s+[\w$.]+\s*\{|\b(?:using|accessor)\s+[\w$#[]/u

export function mightNeedLowering(source: string): boolean {
  return mayNeedLowering.test(source)
}

/** Whether this Node knows `using`. */
let hasUsing: boolean | undefined

export function runtimeHasUsing(): boolean {
  if (hasUsing === undefined) {
    try {
      new Function('{ using a = null }')
      hasUsing = true
    } catch {
      hasUsing = false
    }
  }
  return hasUsing
}

function options(keepsImports: boolean): TransformOptions {
  return {
    loader: 'ts',
    target: `node${process.versions.node}`,
    sourcemap: 'external',
    logLevel: 'silent',
    // A cell's imports may be used by a later cell only.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: keepsImports } },
    supported: { 'top-level-await': true },
  }
}

/**
 * Compiles what cannot be done by leaving types out: namespaces, decorators, and, where Node does
 * not know it, `using`. The text is laid out anew. `keepsImports`: also those that look unused.
 * @throws {SyntaxError} whose stack shows the line and points at the column.
 */
export function lowerSyntax(
  source: string,
  name: string,
  changes: TransformOptions = {},
  keepsImports = true,
): LoweredSource {
  const { transformSync } = require('esbuild') as typeof import('esbuild')
  try {
    const { code, map } = transformSync(source, { ...options(keepsImports), ...changes })
    return { text: code, map: JSON.parse(map) as SourceMapPayload }
  } catch (thrown) {
    const [error] = (thrown as { errors?: readonly Message[] }).errors ?? []
    if (error === undefined) throw new SyntaxError(`esbuild failed: ${messageOf(thrown)}`)
    const { location, text } = error
    const line = location?.line ?? 1
    throw cellSyntaxError(name, source, { line, column: (location?.column ?? 0) + 1 }, text)
  }
}
