import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ArgumentError, messageOf } from '../../base/mod.ts'
import { ConfigError } from '../errors.ts'
import { readPythonFile } from './python-file.ts'
import { lineAt, type SourceContent, settingsOf } from './raw-setting.ts'

/** The forms of a configuration file; where there are several, a later one wins. */
const configExtensions: readonly string[] = ['.py', '.json', '.toml', '.js', '.mjs', '.ts']

const require = createRequire(import.meta.url)

/** The configuration files of this name that are in a folder, in the order they are read. */
export function configFilesIn(dir: string, app: string): string[] {
  return configExtensions
    .map((extension) => join(dir, `${app}_config${extension}`))
    .filter((path) => existsSync(path))
}

/** A template in which nothing was uncommented yet: no need to load a parser for it. */
function setsNothing(text: string): boolean {
  return !/^(?![ \t\r]*(?:#|\[[\w.]+\][ \t]*(?:#.*)?\r?$|$))/m.test(text)
}

function readToml(text: string, path: string): SourceContent {
  if (setsNothing(text)) return { settings: [], warnings: [] }
  const { parse, TomlError } = require('smol-toml') as typeof import('smol-toml')
  try {
    return { settings: settingsOf(parse(text), path, text), warnings: [] }
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const [first, ...block] = cause.message.split('\n').filter((line) => line.trim() !== '')
    const why = first!.replace(/^Invalid TOML document: /, '')
    throw new ConfigError(
      { source: path, line: cause.line },
      `${why} (column ${cause.column}); expected TOML, such as ip = '127.0.0.1'\n${block.join('\n')}`,
      { cause },
    )
  }
}

function readJson(text: string, path: string): SourceContent {
  let tables: unknown
  try {
    tables = JSON.parse(text)
  } catch (cause) {
    const offset = /position (\d+)/.exec(messageOf(cause))?.[1]
    const line = offset === undefined ? {} : { line: lineAt(text, Number(offset)) }
    throw new ConfigError({ source: path, ...line }, `expected JSON: ${messageOf(cause)}`, {
      cause,
    })
  }
  return tablesOf(tables, path, text)
}

function tablesOf(tables: unknown, path: string, text: string): SourceContent {
  if (typeof tables !== 'object' || tables === null || Array.isArray(tables)) {
    throw new ConfigError(
      { source: path },
      "expected an object of objects, such as { IPController: { ip: '*' } }",
    )
  }
  return { settings: settingsOf(tables as Record<string, unknown>, path, text), warnings: [] }
}

async function importModule(text: string, path: string): Promise<SourceContent> {
  try {
    const module = await loadModule(text, path)
    const tables = module.default
    if (tables === undefined) {
      throw new ArgumentError("expected 'export default { IPController: { … } }'")
    }
    return tablesOf(typeof tables === 'function' ? await tables() : tables, path, text)
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    const line = lineOfSyntaxError(cause, text)
    // The one who strips types says the file's name, too.
    const why = messageOf(cause).replace(`Error transforming ${path}: `, '')
    throw new ConfigError({ source: path, ...line }, why, { cause })
  }
}

/** V8 tells the line of a syntax error only on the screen, so a parser that tells it has a look. */
function lineOfSyntaxError(error: unknown, text: string): { line?: number } {
  if (!(error instanceof SyntaxError)) return {}
  const found = error as { loc?: { line: number } }
  if (found.loc !== undefined) return { line: found.loc.line }
  const { parse } = require('acorn') as typeof import('acorn')
  try {
    parse(text, { sourceType: 'module', ecmaVersion: 'latest' })
    return {}
  } catch (second) {
    const { loc } = second as { loc?: { line: number } }
    return loc === undefined ? {} : { line: loc.line }
  }
}

interface ConfigModule {
  readonly default?: unknown
}

/** Copies made so far: two in one millisecond are two modules. */
let copies = 0

/**
 * Imports through a short-lived copy beside the file: so it is a module whatever a `package.json`
 * above says, its imports are found from where it lies, and a program can read it twice.
 */
async function loadModule(text: string, path: string): Promise<ConfigModule> {
  const typescript = extname(path) === '.ts'
  if (!typescript && !/^\s*(?:export|import)\b/m.test(text)) return import(pathToFileURL(path).href)
  const code = typescript ? stripTypes(text, path) : text
  const copy = `${path}.${process.pid}-${Date.now()}-${copies++}.mjs`
  writeFileSync(copy, code, { mode: 0o600, flag: 'wx' })
  try {
    return await import(pathToFileURL(copy).href)
  } finally {
    rmSync(copy, { force: true })
  }
}

function stripTypes(text: string, path: string): string {
  const { transform } = require('sucrase') as typeof import('sucrase')
  return transform(text, { transforms: ['typescript'], filePath: path }).code
}

/** UTF-8, or the UTF-16 that PowerShell writes. */
function decoded(bytes: Buffer): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
  return bytes.toString(isWide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '')
}

/**
 * Reads a configuration file of any form; `.js` and `.ts` are imported, Python's is never executed.
 * @throws {ConfigError} naming file, line and what was expected.
 */
export async function readConfigFile(path: string): Promise<SourceContent> {
  let text: string
  try {
    text = decoded(readFileSync(path))
  } catch (cause) {
    throw new ConfigError({ source: path }, `cannot be read: ${messageOf(cause)}`, { cause })
  }
  switch (extname(path)) {
    case '.toml':
      return readToml(text, path)
    case '.json':
      return readJson(text, path)
    case '.py':
      return readPythonFile(text, path)
    case '.js':
    case '.mjs':
    case '.ts':
      return importModule(text, path)
    default:
      throw new ConfigError(
        { source: path },
        `expected a file that ends in one of ${configExtensions.join(', ')}`,
      )
  }
}
