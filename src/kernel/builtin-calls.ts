import { join } from 'node:path'
import { constants, Script, type ScriptOptions } from 'node:vm'
import { workingFolder } from '../functions/mod.ts'
import { ensureModuleHooks, mayImportFiles } from './modules/module-loader.ts'
import { isIdentifier, type Namespace } from './namespace.ts'

/** A function that every engine has under a name, for calls that clients make often. */
export type BuiltinCall = (...args: unknown[]) => unknown

/** Only what imports needs a place to import from. */
function placeOf(expression: string): ScriptOptions {
  if (!/\bimport\s*\(/.test(expression)) return { filename: 'expression' }
  if (mayImportFiles(expression)) ensureModuleHooks()
  return {
    filename: join(workingFolder(), 'expression'),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }
}

/** The value of an expression in the namespace. */
export function evaluateExpression(namespace: Namespace, expression: string): unknown {
  // By far the most frequent expression is a name, which needs no compiler.
  if (isIdentifier(expression)) return namespace.read(expression)
  const script = new Script(`(${expression}\n)`, placeOf(expression))
  return script.runInThisContext({ displayErrors: false })
}

/** Gives each own property of an object to the namespace, under its key. */
function push(namespace: Namespace, values: unknown): void {
  if (typeof values !== 'object' || values === null) {
    throw new TypeError('push takes an object: its keys become names on the engine')
  }
  const entries = Object.entries(values)
  for (const [name] of entries) {
    if (!isIdentifier(name)) {
      throw new SyntaxError(`push: ${JSON.stringify(name)} cannot be a variable's name`)
    }
    namespace.allow(name)
  }
  for (const [name, value] of entries) namespace.define(name, value)
}

/** The value of an expression, or the values of several. */
function pull(namespace: Namespace, wanted: unknown): unknown {
  const read = (expression: unknown) => {
    if (typeof expression !== 'string') throw new TypeError('pull takes names')
    return evaluateExpression(namespace, expression)
  }
  return Array.isArray(wanted) ? wanted.map(read) : read(wanted)
}

/** Calls `fn` once for each position of the sequences, with an item of each; waits for promises. */
function map(fn: unknown, ...sequences: unknown[]): unknown {
  if (typeof fn !== 'function') throw new TypeError('map: what is to be called is not a function')
  const lists = sequences.map((sequence) => Array.from(sequence as Iterable<unknown>))
  const length = Math.min(...lists.map((list) => list.length))
  const results: unknown[] = new Array(length)
  const single = lists.length === 1 ? lists[0]! : undefined
  for (let i = 0; i < length; i++) {
    const result: unknown = single ? fn(single[i]) : fn(...lists.map((list) => list[i]))
    results[i] = result
    if (result instanceof Promise) return mapOn(fn as BuiltinCall, lists, results, i)
  }
  return results
}

/** Goes on from `first`, whose result is a promise: one call after the other. */
async function mapOn(
  fn: BuiltinCall,
  lists: readonly unknown[][],
  results: unknown[],
  first: number,
): Promise<unknown[]> {
  results[first] = await results[first]
  for (let i = first + 1; i < results.length; i++) {
    results[i] = await fn(...lists.map((list) => list[i]))
  }
  return results
}

/** The builtins by name, as `packFunction` names them. `execute` runs a cell. */
export function builtinCalls(
  namespace: Namespace,
  execute: (code: string) => unknown,
): Map<string, BuiltinCall> {
  return new Map<string, BuiltinCall>([
    ['iparallel:push', (values) => push(namespace, values)],
    ['iparallel:pull', (wanted) => pull(namespace, wanted)],
    ['iparallel:execute', (code) => execute(String(code))],
    ['iparallel:map', map],
  ])
}
