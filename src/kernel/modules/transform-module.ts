import { createRequire } from 'node:module'
import { lowerSyntax, mightNeedLowering } from '../cell/lower-syntax.ts'
import { cellSyntaxError, positionOf, wordsOfV8 } from '../cell/syntax-error.ts'

const require = createRequire(import.meta.url)

export type ModuleFormat = 'module' | 'commonjs'

/** Whether a file has types that Node cannot be relied on to leave out. */
export function isTypeScriptFile(path: string): boolean {
  return /\.[cm]?ts$/.test(path) && !/\.d\.[cm]?ts$/.test(path)
}

/**
 * The JavaScript of a TypeScript file, line by line; undefined when the compiler has to lay it out
 * anew. As with `tsc`, imports of which nothing is used as a value go.
 * @throws {SyntaxError} which shows the line and points at the column.
 */
export function stripModuleTypes(
  source: string,
  path: string,
  format: ModuleFormat,
): string | undefined {
  if (mightNeedLowering(source)) return undefined
  const { transform } = require('sucrase') as typeof import('sucrase')
  try {
    return transform(source, {
      transforms: format === 'commonjs' ? ['typescript', 'imports'] : ['typescript'],
      disableESTransforms: true,
    }).code
  } catch (error) {
    const { pos, message } = error as { pos?: unknown; message: string }
    if (typeof pos !== 'number') throw error
    throw cellSyntaxError(path, source, positionOf(source, pos), wordsOfV8(message, source, pos))
  }
}

/** A TypeScript file in JavaScript. @throws {SyntaxError} which names the file. */
export function transformModule(source: string, path: string, format: ModuleFormat): string {
  return (
    stripModuleTypes(source, path, format) ??
    lowerSyntax(source, path, format === 'commonjs' ? { format: 'cjs' } : {}, false).text
  )
}
