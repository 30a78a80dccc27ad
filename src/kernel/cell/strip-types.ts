import { createRequire } from 'node:module'
import { alignColumns } from './align-columns.ts'

const require = createRequire(import.meta.url)
let sucrase: typeof import('sucrase') | undefined

/**
 * The JavaScript of TypeScript source: same lines, and the same columns except after something
 * that TypeScript generates code for, such as an enum. Imports that look unused stay, because a
 * later cell may use them.
 * @throws sucrase's `SyntaxError`, with the offset in `pos`.
 */
export function stripTypes(source: string): string {
  sucrase ??= require('sucrase') as typeof import('sucrase')
  const { code, sourceMap } = sucrase.transform(source, {
    transforms: ['typescript'],
    keepUnusedImports: true,
    disableESTransforms: true,
    filePath: 'cell',
    sourceMapOptions: { compiledFilename: 'cell' },
  })
  return sourceMap === undefined ? code : alignColumns(code, sourceMap.mappings)
}
