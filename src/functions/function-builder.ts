import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { constants, Script, type ScriptOptions } from 'node:vm'
import { ArgumentError, limits } from '../base/mod.ts'
import type { BuiltFunction, FunctionDescription } from '../serialize/mod.ts'
import { BoundedCache } from './bounded-cache.ts'
import type { ClassTable } from './class-table.ts'
import { workingFolder } from './working-folder.ts'

/** Functions that every engine has, by the name after `iparallel:`. */
export type NamedFunctions = Readonly<Record<string, (...args: never[]) => unknown>>

export interface FunctionBuilderOptions {
  /** From where `import()` and packages are resolved; by default the working folder of the moment. */
  readonly folder?: string
  readonly named?: NamedFunctions
}

type AnyFunction = (...args: never[]) => unknown

type Values = Readonly<Record<string, unknown>>

/** Given what the definition needs, makes the function and what sets its captured variables. */
type Factory = (definition: Values) => [value: unknown, bind: (captures: Values) => void]

const ownRequire = createRequire(import.meta.url)

/** Puts functions together again. */
export class FunctionBuilder {
  readonly #classes: ClassTable
  readonly #factories = new BoundedCache<string, Factory>(limits.compiledSourcesMax)
  readonly #fixedFolder: string | undefined
  readonly #named: NamedFunctions

  constructor(classes: ClassTable, { folder, named = {} }: FunctionBuilderOptions = {}) {
    this.#classes = classes
    this.#fixedFolder = folder
    this.#named = named
  }

  get #folder(): string {
    return this.#fixedFolder ?? workingFolder()
  }

  build(description: FunctionDescription): BuiltFunction {
    switch (description.kind) {
      case 'builtin':
        return { value: this.#builtin(description.text), bind() {} }
      case 'import':
        return { value: this.#import(description), bind() {} }
      case 'source':
        return this.#source(description)
    }
  }

  #builtin(path: string): unknown {
    if (path === 'iparallel:require') return createRequire(join(this.#folder, 'applied.js'))
    if (path === 'iparallel:import') {
      const text = '(specifier, options) => import(specifier, options)'
      return this.#source({ kind: 'source', text, name: 'import' }).value
    }
    const [, name] = /^iparallel:(.*)$/.exec(path) ?? []
    const value = name === undefined ? follow(globalThis, path) : ownValue(this.#named, name)
    if (value === undefined) {
      throw new ArgumentError(`There is no ${path} in Node ${process.version}.`)
    }
    return value
  }

  #import({ text, member }: FunctionDescription): unknown {
    const module = this.#load(text)
    if (member === undefined) return module
    const value = (module as Readonly<Record<string, unknown>>)[member]
    if (value !== undefined) return value
    throw new ArgumentError(`${text}, as it is installed here, does not export ${member}.`)
  }

  #load(specifier: string): unknown {
    const require = createRequire(join(this.#folder, 'applied.js'))
    try {
      return require(specifier) as unknown
    } catch (thrown) {
      const file = installedFile(require, specifier)
      if (file !== undefined) return require(file) as unknown
      // An engine that was installed globally has its own package, though the folder does not.
      if (/^iparallel(\/|$)/.test(specifier)) return ownRequire(specifier) as unknown
      throw thrown
    }
  }

  #source(description: FunctionDescription): BuiltFunction {
    const { definition = {}, captures = {}, properties = {}, name, identity } = description
    const here = identity === undefined ? undefined : this.#classes.find(identity)
    if (here !== undefined) return this.#again(here, captures, properties)
    const [value, bindCaptures] = this.#factory(description)(definition)
    if (typeof value === 'function') {
      if (name !== undefined && value.name !== name) {
        Object.defineProperty(value, 'name', { value: name, configurable: true })
      }
      if (identity !== undefined)
        this.#classes.arrived(identity, value as AnyFunction, bindCaptures)
    }
    return {
      value,
      bind() {
        bindCaptures(captures)
        defineProperties(value as object, properties)
      },
    }
  }

  /** A class that is here: one of this process's own as it is, any other as it is at its sender. */
  #again(owner: AnyFunction, captures: Values, properties: Values): BuiltFunction {
    const bindCaptures = this.#classes.binderOf(owner)
    if (bindCaptures === undefined) return { value: owner, bind() {} }
    return {
      value: owner,
      bind() {
        bindCaptures(captures)
        defineProperties(owner, properties)
      },
    }
  }

  #factory({ text, name, sloppy, definition = {}, captures = {} }: FunctionDescription): Factory {
    const first = Object.keys(definition).join()
    const later = Object.keys(captures).join()
    const mode = sloppy === true ? '' : '"use strict";'
    // Values pass through `arguments`, for any name of ours could hide one that the text uses.
    const head = `(function () {${mode}${first && `let {${first}} = arguments[0];`}${later && `let ${later};`}`
    const assign = later && `({${later}} = arguments[0])`
    const code = `${head} return [\n${text}\n, function () { ${assign} }]})`
    const origin = this.#origin(name, text)
    const key = `${origin.filename}\n${code}`
    const known = this.#factories.get(key)
    if (known !== undefined) return known
    const script = new Script(code, { lineOffset: -1, ...origin })
    const factory = script.runInThisContext() as Factory
    this.#factories.set(key, factory)
    return factory
  }

  /** What stacks show. Code that imports needs a file from which its imports are resolved. */
  #origin(name: string | undefined, text: string): ScriptOptions & { filename: string } {
    const shown = name === undefined || name === '' ? 'anonymous' : name
    if (!/\bimport\s*\(/.test(text)) return { filename: `applied:${shown}` }
    return {
      filename: join(this.#folder, `applied-${encodeURIComponent(shown)}`),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }
  }
}

/** A class that is here already may have been frozen meanwhile: then it stays as it is. */
function defineProperties(target: object, properties: Values): void {
  for (const [key, value] of Object.entries(properties)) {
    Reflect.defineProperty(target, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
}

function follow(start: object, path: string): unknown {
  if (path === 'globalThis') return start
  let value: unknown = start
  for (const name of path.split('.')) {
    value =
      value === undefined || value === null ? undefined : (value as Record<string, unknown>)[name]
  }
  return value
}

function ownValue(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

/** A file of an installed package that the package's `exports` keep to themselves. */
function installedFile(require: NodeJS.Require, specifier: string): string | undefined {
  if (!/^(@[^/]+\/)?[^/]+\/.+$/.test(specifier)) return undefined
  const folders = require.resolve.paths(specifier) ?? []
  return folders.map((folder) => join(folder, specifier)).find((file) => existsSync(file))
}
