import { ArgumentError } from '../base/mod.ts'
import { MalformedError, Reference } from '../serialize/mod.ts'
import { PickleWriter } from './pickle-writer.ts'
import { KeywordArguments, PythonName } from './python-function.ts'
import { GlobalNode, ObjectNode, type PythonNode } from './python-node.ts'
import { byCodePoint, guarded, lengthOf, readNode, readValue } from './python-value.ts'
import { type PythonHooks, referenceIn, ValueMaker } from './value-maker.ts'
import { writePythonValue } from './write-python-value.ts'

/** Functions of ipyparallel itself that do the work of its clients on an engine. */
export type PythonHelper = 'push' | 'pull' | 'execute' | 'map'

const helpers: Readonly<Record<PythonHelper, readonly [module: string, name: string]>> = {
  push: ['ipyparallel.util', '_push'],
  pull: ['ipyparallel.util', '_pull'],
  execute: ['ipyparallel.util', '_execute'],
  map: ['ipyparallel.client.remotefunction', '_map'],
}

/**
 * Helpers that only clients of Python's ask for: `mapNamed` is a map over sequences that were sent
 * before, under names; `setPickler` says how functions travel from now on.
 */
export type ForeignHelper = PythonHelper | 'mapNamed' | 'setPickler'

/** By full name, as clients of Python's send them. */
const foreignHelpers: ReadonlyMap<string, ForeignHelper> = new Map([
  ...Object.entries(helpers).map(
    ([helper, [module, name]]) => [`${module}.${name}`, helper as PythonHelper] as const,
  ),
  // ipyparallel 7 has a lambda for its map.
  ['ipyparallel.client.remotefunction.<lambda>', 'map'],
  ['ipyparallel.client.view._broadcast_map', 'mapNamed'],
  ['ipyparallel.client.view.BroadcastView._broadcast_map', 'mapNamed'],
  ['ipyparallel.serialize.canning.use_dill', 'setPickler'],
  ['ipyparallel.serialize.canning.use_cloudpickle', 'setPickler'],
  ['ipyparallel.serialize.canning.use_pickle', 'setPickler'],
])

/** What can be called on an engine that speaks Python. */
export type PythonCallee = PythonName | Reference | PythonHelper

/** The frames of a callee, for any number of calls. */
export function packPythonFunction(callee: PythonCallee): Uint8Array[] {
  if (callee instanceof Reference) return writePythonValue(callee, 'the function')
  const writer = new PickleWriter('the function')
  if (callee instanceof PythonName) {
    // It finds out by itself which part of the name is the module's.
    writer.global('pkgutil', 'resolve_name')
    writer.tuple([callee.name], (name) => writer.write(name))
    writer.out.op('reduce')
  } else {
    writer.global(...helpers[callee])
  }
  return [writer.finish()]
}

/**
 * The frames of a call: those of the function, made by `packPythonFunction`, a description, and
 * those of each argument. `kwargs` may be the last argument; `first` are the frames of one more
 * argument that stands before all. Source: protocol reference §14.1.
 * @throws {UnserializableError} with a path such as `args[0].settings`.
 */
export function packPythonCall(
  fn: readonly Uint8Array[],
  args: readonly unknown[],
  first?: readonly Uint8Array[],
): Uint8Array[] {
  const last = args.at(-1)
  const keywords = last instanceof KeywordArguments ? last.values : {}
  const positional = last instanceof KeywordArguments ? args.slice(0, -1) : args
  const names = Object.keys(keywords).sort(byCodePoint)
  const argFrames = positional.flatMap((arg, i) => {
    if (arg instanceof KeywordArguments) throw new ArgumentError('kwargs is the last argument')
    return writePythonValue(arg, `args[${i}]`)
  })
  if (first !== undefined) argFrames.unshift(...first)
  const count = positional.length + (first === undefined ? 0 : 1)
  const info = { nargs: count, narg_bufs: argFrames.length, kw_keys: names }
  return [
    ...fn,
    ...writePythonValue(info),
    ...argFrames,
    ...names.flatMap((name) => writePythonValue(keywords[name], `kwargs.${name}`)),
  ]
}

/** What a client of Python's wants to have called. */
export type ForeignCallee =
  | { readonly kind: 'helper'; readonly helper: ForeignHelper }
  /** What the expression gives is to be called. */
  | { readonly kind: 'reference'; readonly expression: string }
  /** Code of Python's; `what` is for people: `Python's os.getpid`. */
  | { readonly kind: 'foreign'; readonly what: string }

/** A call as a client of Python's sends it. */
export interface PythonCall {
  readonly callee: ForeignCallee
  readonly args: readonly unknown[]
  /** Undefined when there are none. */
  readonly keywords: Readonly<Record<string, unknown>> | undefined
}

/**
 * Reads the callee only, so that one that is of no use can be refused, whatever its arguments are.
 * @throws {MalformedError}
 */
export function readPythonCallee(frames: readonly Uint8Array[]): ForeignCallee {
  return guarded(() => calleeOf(readNode(frames, 0).node))
}

/**
 * Inverse of `packPythonCall`, also of calls of Python's clients.
 * @throws {MalformedError} and whatever the hooks throw.
 */
export function unpackPythonCall(
  frames: readonly Uint8Array[],
  hooks: PythonHooks = {},
): PythonCall {
  const { node, used } = guarded(() => readNode(frames, 0))
  const maker = new ValueMaker(lengthOf(frames), hooks)
  const info = readInfo(readValue(frames, used, maker).value)
  let at = used + 1
  const argsEnd = at + info.argFrames
  if (argsEnd > frames.length) throw new MalformedError('A frame is missing.')
  const next = (): unknown => {
    const argument = readValue(frames, at, maker)
    at += argument.used
    return argument.value
  }
  const args = Array.from({ length: info.args }, next)
  if (at !== argsEnd) throw new MalformedError('The call has other frames than it says.')
  const keywords = Object.fromEntries(info.names.map((name) => [name, next()]))
  if (at !== frames.length) throw new MalformedError('There are frames after the call.')
  return {
    callee: calleeOf(node),
    args,
    keywords: info.names.length === 0 ? undefined : keywords,
  }
}

function readInfo(value: unknown): { args: number; argFrames: number; names: string[] } {
  const { nargs, narg_bufs, kw_keys } = (value ?? {}) as Record<string, unknown>
  const isCount = (count: unknown) => Number.isSafeInteger(count) && (count as number) >= 0
  const areNames = Array.isArray(kw_keys) && kw_keys.every((name) => typeof name === 'string')
  if (
    !isCount(nargs) ||
    !isCount(narg_bufs) ||
    !areNames ||
    (nargs as number) > (narg_bufs as number)
  ) {
    throw new MalformedError('The call does not say which arguments it has.')
  }
  return { args: nargs as number, argFrames: narg_bufs as number, names: kw_keys }
}

/** What ipyparallel wraps callables in that are neither functions nor classes by name. */
const wrappers: ReadonlyMap<string, string> = new Map([
  ['ipyparallel.serialize.canning.CannedClass', 'a class of Python'],
  ['ipyparallel.serialize.canning.CannedPartial', "Python's functools.partial"],
  ['ipyparallel.serialize.canning.CannedObject', 'a dependent function of Python'],
])

function calleeOf(node: PythonNode): ForeignCallee {
  if (node instanceof GlobalNode) return named(node.module, node.name)
  if (!(node instanceof ObjectNode)) {
    throw new MalformedError('What is to be called is not a function.')
  }
  const expression = referenceIn(node)
  if (expression !== undefined) return { kind: 'reference', expression }
  const [module, name] = [node.attribute('module'), node.attribute('__name__')]
  if (typeof module === 'string' && typeof name === 'string') return named(module, name)
  const path = node.callee?.path ?? 'object'
  return { kind: 'foreign', what: wrappers.get(path) ?? `Python's ${path}` }
}

function named(module: string, name: string): ForeignCallee {
  const path = `${module}.${name}`
  const helper = foreignHelpers.get(path)
  return helper === undefined
    ? { kind: 'foreign', what: `Python's ${path}` }
    : { kind: 'helper', helper }
}
