import { completePath } from './complete-path.ts'
import { type Completion, matching } from './completion.ts'

/** The magics there are, and the options of each. */
export interface MagicNames {
  readonly line: readonly string[]
  readonly cell: readonly string[]
  optionsOf(name: string): readonly string[]
  /** Whether what follows the magic is the path of a file or folder. */
  takesPath(name: string): 'file' | 'folder' | undefined
}

/** Completes magics, their options and the paths they take; undefined when the place is none. */
export async function completeMagic(
  code: string,
  at: number,
  magics: MagicNames,
): Promise<Completion | undefined> {
  const lineStart = code.lastIndexOf('\n', at - 1) + 1
  const line = code.slice(lineStart, at)
  const name = /^\s*(%%?)(\w*)$/.exec(line)
  if (name !== null) {
    const [, mark, typed] = name
    const isHead = code.slice(0, lineStart).trim() === ''
    if (mark === '%%' && !isHead) return undefined
    const start = at - typed!.length - mark!.length
    const lines = mark === '%%' ? [] : matching(magics.line, typed!).map((text) => `%${text}`)
    const cells = isHead ? matching(magics.cell, typed!).map((text) => `%%${text}`) : []
    const matches = [...lines, ...cells].map((text) => ({ text, type: 'magic' }))
    return { start, matches }
  }
  const [, magic, rest] = /^\s*%%?(\w+)\s+(.*)$/.exec(line) ?? []
  if (magic === undefined) return undefined
  const word = /\S*$/.exec(rest!)![0]
  const start = at - word.length
  if (word.startsWith('-')) {
    const options = matching(magics.optionsOf(magic), word)
    if (options.length > 0) {
      return { start, matches: options.map((text) => ({ text, type: 'magic' })) }
    }
  }
  const takes = magics.takesPath(magic)
  if (takes === undefined) return undefined
  return completePath(rest!, at - rest!.length, ({ isFolder }) => takes === 'file' || isFolder)
}
