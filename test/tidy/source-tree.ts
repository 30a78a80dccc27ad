import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly name: string
  /** For a file under src: its folder, `zmtp`. */
  readonly folder: string | undefined
  readonly text: string
  readonly lines: readonly string[]
  /** What its import and export statements name. */
  readonly imports: readonly string[]
}

/** Every `.ts` file below one of the top folders. */
export function sourceFiles(top: string): SourceFile[] {
  return readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = `${top}/${name.split(sep).join('/')}`
      const text = readFileSync(join(root, path), 'utf8')
      const parts = path.split('/')
      return {
        path,
        name: parts.at(-1)!,
        folder: top === 'src' ? parts[1] : undefined,
        text,
        lines: text.split('\n'),
        imports: [...text.matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'/gm)].map(
          (match) => match[1]!,
        ),
      }
    })
}

export interface FolderWall {
  readonly pure: boolean
  readonly references: ReadonlySet<string>
}

/** What a folder's `tsconfig.json` lets it import. */
export function wallOf(folder: string): FolderWall {
  const config = JSON.parse(readFileSync(join(root, 'src', folder, 'tsconfig.json'), 'utf8')) as {
    extends: string
    references: { path: string }[]
  }
  return {
    pure: config.extends.endsWith('tsconfig.pure.json'),
    references: new Set(config.references.map(({ path }) => path.replace('../', ''))),
  }
}
