import { createRequire } from 'node:module'
import { cellSyntaxError } from './syntax-error.ts'

const require = createRequire(import.meta.url)
let sucrase: typeof import('sucrase') | undefined

/**
 * The JavaScript of TypeScript source, line by line. Imports that look unused stay, because a later
 * cell may use them.
 * @throws sucrase's `SyntaxError`, with the offset in `pos`, or one about what cannot be stripped.
 */
export function stripTypes(source: string, name: string): string {
  sucrase ??= require('sucrase') as typeof import('sucrase')
  const { code } = sucrase.transform(source, {
    transforms: ['typescript'],
    keepUnusedImports: true,
    disableESTransforms: true,
  })
  refuseNamespaces(source, code, name)
  return code
}

/** Sucrase takes every namespace for a mere type, and would leave it out without a word. */
function refuseNamespaces(source: string, stripped: string, name: string): void {
  const lines = stripped.split('\n')
  for (const [i, line] of source.split('\n').entries()) {
    const [head] = /^\s*(?:export\s+)?(?:namespace|module)\s+[\w$.]+\s*\{/.exec(line) ?? []
    if (head === undefined || lines[i]?.slice(0, head.length).trim() !== '') continue
    throw cellSyntaxError(
      name,
      source,
      { line: i + 1, column: 1 + line.search(/\S/) },
      'A TypeScript namespace cannot be run here: write an object or a module instead.',
    )
  }
}
