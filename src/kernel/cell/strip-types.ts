import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
let sucrase: typeof import('sucrase') | undefined

function loadSucrase(): typeof import('sucrase') {
  sucrase ??= require('sucrase') as typeof import('sucrase')
  return sucrase
}

/**
 * The JavaScript of TypeScript source, line by line; undefined when more has to be done than to
 * leave types out. Imports that look unused stay, because a later cell may use them.
 * @throws sucrase's `SyntaxError`, with the offset in `pos`.
 */
export function stripTypes(source: string): string | undefined {
  const { code } = loadSucrase().transform(source, {
    transforms: ['typescript'],
    keepUnusedImports: true,
    disableESTransforms: true,
  })
  return hasNamespaces(source, code) ? undefined : code
}

/** Sucrase takes every namespace for a mere type, and leaves it out without a word. */
function hasNamespaces(source: string, stripped: string): boolean {
  const lines = stripped.split('\n')
  return source.split('\n').some((line, i) => {
    const heads = line.matchAll(/(?<!\bdeclare\s+)\b(?:namespace|module)\s+[\w$.]+\s*\{/g)
    return [...heads].some(([head]) => lines[i]?.includes(head) !== true)
  })
}

/** What JSX would be turned into calls of. */
const jsxMark = '__iparallelJsx'

/** Whether it is JSX that makes the source unreadable. */
export function isJsx(source: string): boolean {
  if (!/<[\w$>]/.test(source)) return false
  try {
    const { code } = loadSucrase().transform(source, {
      transforms: ['typescript', 'jsx'],
      jsxPragma: jsxMark,
      jsxFragmentPragma: jsxMark,
      production: true,
    })
    return code.includes(jsxMark)
  } catch {
    return false
  }
}
