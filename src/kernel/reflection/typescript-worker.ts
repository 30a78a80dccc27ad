/**
 * The thread in which TypeScript's language service works: it takes a second to load and a hundred
 * megabytes, which is nothing for the thread that runs cells.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { LanguageAnswer, LanguageQuestion } from './typescript-completer.ts'

/** What is used of the package `typescript`, of which 5 and 6 have it and 7 has not. */
interface TypeScript {
  readonly version: string
  createLanguageService?(host: object, registry: unknown): LanguageService
  createDocumentRegistry(): unknown
  getDefaultLibFilePath(options: object): string
  readonly ScriptSnapshot: { fromString(text: string): unknown }
  readonly sys: {
    fileExists(path: string): boolean
    readFile(path: string): string | undefined
    readDirectory(...args: unknown[]): string[]
    directoryExists(path: string): boolean
    getDirectories(path: string): string[]
  }
}

interface LanguageService {
  getCompletionsAtPosition(
    file: string,
    position: number,
    options: object,
  ):
    | {
        readonly isMemberCompletion: boolean
        readonly entries: readonly {
          readonly name: string
          readonly kind: string
          readonly sortText: string
        }[]
      }
    | undefined
}

/** Numbers of TypeScript's own enums: ESNext, ESNext, bundler. */
const compilerOptions = {
  target: 99,
  // Without the names of browsers.
  lib: ['lib.esnext.d.ts'],
  module: 99,
  moduleResolution: 100,
  strict: true,
  allowJs: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
}

const { folder } = workerData as { readonly folder: string }
const port = parentPort!

/** @throws {Error} saying what to install. */
function loadTypeScript(): TypeScript & Required<Pick<TypeScript, 'createLanguageService'>> {
  const hint =
    '--completer=typescript needs TypeScript 5 or 6 in the project: npm install --save-dev ' +
    'typescript@5.9'
  let typescript: TypeScript
  try {
    typescript = createRequire(join(folder, 'cell'))('typescript') as TypeScript
  } catch (cause) {
    throw new Error(`${hint} (none was found from ${folder})`, { cause })
  }
  if (typescript.createLanguageService === undefined) {
    throw new Error(
      `${hint} (the one that is there, ${typescript.version}, has no language service to call: ` +
        'TypeScript 7 has none)',
    )
  }
  return typescript as ReturnType<typeof loadTypeScript>
}

/** Completes in a file that is never written: it stands in the working folder for imports' sake. */
class Completer {
  readonly #file = join(folder, '.iparallel-cell.ts')
  readonly #service: LanguageService
  #text = ''
  #version = 0

  constructor() {
    const typescript = loadTypeScript()
    const { sys } = typescript
    const host = {
      getCompilationSettings: () => compilerOptions,
      getScriptFileNames: () => [this.#file],
      getScriptVersion: (path: string) => (path === this.#file ? String(this.#version) : '0'),
      getScriptSnapshot: (path: string) => {
        const text = path === this.#file ? this.#text : sys.readFile(path)
        return text === undefined ? undefined : typescript.ScriptSnapshot.fromString(text)
      },
      getCurrentDirectory: () => folder,
      getDefaultLibFileName: (options: object) => typescript.getDefaultLibFilePath(options),
      fileExists: (path: string) => path === this.#file || sys.fileExists(path),
      readFile: (path: string) => (path === this.#file ? this.#text : sys.readFile(path)),
      readDirectory: (...args: unknown[]) => sys.readDirectory(...args),
      directoryExists: (path: string) => sys.directoryExists(path),
      getDirectories: (path: string) => sys.getDirectories(path),
    }
    this.#service = typescript.createLanguageService(host, typescript.createDocumentRegistry())
  }

  complete({ text, position }: LanguageQuestion): Omit<LanguageAnswer, 'id'> {
    this.#text = text
    this.#version++
    const found = this.#service.getCompletionsAtPosition(this.#file, position, {
      includeCompletionsForModuleExports: false,
      includeCompletionsWithInsertText: false,
    })
    if (found === undefined) return { matches: [] }
    const entries = found.entries.toSorted((a, b) => (a.sortText < b.sortText ? -1 : 1))
    return { matches: entries.map(({ name, kind }) => ({ text: name, type: kind })) }
  }
}

let completer: Completer | undefined
let failure: string | undefined

port.on('message', (question: LanguageQuestion) => {
  const { id } = question
  const answer = (rest: Omit<LanguageAnswer, 'id'>): void => {
    port.postMessage({ id, ...rest } satisfies LanguageAnswer)
  }
  if (failure !== undefined) {
    answer({ failure })
    return
  }
  try {
    completer ??= new Completer()
  } catch (error) {
    failure = (error as Error).message
    answer({ failure })
    return
  }
  try {
    answer(completer.complete(question))
  } catch {
    // A fault of the language service with this text; the next may be better.
    answer({ matches: [] })
  }
})
