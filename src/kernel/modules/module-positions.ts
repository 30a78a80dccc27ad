import { readFileSync, statSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import { limits } from '../../base/mod.ts'
import { lowerSyntax } from '../cell/lower-syntax.ts'
import { typedColumn } from '../cell/typed-column.ts'
import { isTypeScriptFile, type ModuleFormat, stripModuleTypes } from './transform-module.ts'

interface Transformed {
  readonly signature: string
  /** The position in the file of one in what was made of it; all from 1. */
  readonly typed: (line: number, column: number) => readonly [line: number, column: number]
}

const files = new Map<string, Transformed>()

function transformed(path: string, format: ModuleFormat): Transformed {
  const { mtimeMs, size } = statSync(path)
  const signature = `${format} ${mtimeMs} ${size}`
  const known = files.get(path)
  if (known?.signature === signature) return known
  const source = readFileSync(path, 'utf8')
  const stripped = stripModuleTypes(source, path, format)
  const fresh: Transformed = {
    signature,
    typed: stripped === undefined ? byMap(source, path, format) : byLines(source, stripped),
  }
  files.set(path, fresh)
  const [oldest] = files.keys()
  if (files.size > limits.positionFilesMax) files.delete(oldest!)
  return fresh
}

function byLines(source: string, stripped: string): Transformed['typed'] {
  const typed = source.split('\n')
  const made = stripped.split('\n')
  return (line, column) => [line, typedColumn(made[line - 1] ?? '', typed[line - 1] ?? '', column)]
}

function byMap(source: string, path: string, format: ModuleFormat): Transformed['typed'] {
  const changes = format === 'commonjs' ? ({ format: 'cjs' } as const) : {}
  const map = new SourceMap(lowerSyntax(source, path, changes, false).map)
  return (line, column) => {
    const entry = map.findEntry(line - 1, column - 1)
    if (!('originalLine' in entry)) return [line, column]
    return [entry.originalLine + 1, entry.originalColumn + 1]
  }
}

/**
 * A line of a stack as V8 gives it with the position in the TypeScript file rather than in what
 * was made of it, and without the version of the module. It is as the file is now.
 */
export function correctModuleFrame(line: string): string {
  const [, before, address, place, end] =
    /^(\s*at (?:async )?(?:.* \()?)(\S.*?)(?:\?reload=\d+)?:(\d+:\d+)(\)?)$/.exec(line) ?? []
  if (address === undefined) return line
  if (!isTypeScriptFile(address)) return `${before}${address}:${place}${end}`
  const isImported = address.startsWith('file:')
  const path = isImported ? fileURLToPath(address) : address
  try {
    const [row, column] = place!.split(':').map(Number)
    const { typed } = transformed(path, isImported ? 'module' : 'commonjs')
    return `${before}${path}:${typed(row!, column!).join(':')}${end}`
  } catch {
    return `${before}${path}:${place}${end}`
  }
}
