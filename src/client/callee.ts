import { ArgumentError } from '../base/mod.ts'
import { PythonName, pythonFunctionOf } from '../pickle/mod.ts'
import { Reference } from '../serialize/mod.ts'
import type { EngineDescription } from './engine-directory.ts'
import { WrongLanguageError } from './errors.ts'
import type { AnyFunction } from './remote-function.ts'

/** What engines can do by themselves: all of them, but `bindKernel` is ours only. */
export type Builtin = 'push' | 'pull' | 'bindKernel'

/** What engines are asked to call. */
export type Callee = AnyFunction | Reference | PythonName | Builtin

/** What a program gave: a text names a function of Python's. @throws {ArgumentError} */
export function calleeOf(fn: AnyFunction | string | Reference): Callee {
  return typeof fn === 'string' ? pythonFunctionOf(fn) : applicable(fn)
}

/** What `apply` was given. @throws {ArgumentError} when it cannot be applied. */
export function applicable(fn: unknown): AnyFunction | Reference {
  if (typeof fn === 'function' || fn instanceof Reference) return fn as AnyFunction | Reference
  throw new ArgumentError(
    typeof fn === 'string'
      ? `apply takes a function; Python's go by name through call('${fn}', …)`
      : `what engines call is a function, not ${fn === null ? 'null' : typeof fn}`,
  )
}

/** What an engine must speak to be able to call it; undefined for what each has its own way to. */
export function languageOf(callee: Callee): string | undefined {
  if (typeof callee === 'function' || callee === 'bindKernel') return 'typescript'
  return typeof callee === 'string' ? undefined : callee.language
}

/**
 * To be asked before anything is sent.
 * @throws {WrongLanguageError} naming an engine that cannot call it.
 */
export function assertSpoken(callee: Callee, engines: readonly EngineDescription[]): void {
  const language = languageOf(callee)
  if (language === undefined) return
  const other = engines.find((engine) => engine.language !== language)
  if (other !== undefined) throw new WrongLanguageError(describe(callee), language, other)
}

/** `the TypeScript function square`, `Python's numpy.sum`. */
export function describe(callee: Callee): string {
  if (typeof callee === 'function') return `the TypeScript function ${callee.name}`.trimEnd()
  if (callee instanceof PythonName) return `Python's ${callee.name}`
  return typeof callee === 'string' ? callee : `the expression ${callee.expression}`
}
