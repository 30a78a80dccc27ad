import type { Session } from 'node:inspector'
import { tools } from './tools.ts'

type AnyFunction = (...args: never[]) => unknown

/** What V8 knows about a function that the language does not show. */
export interface FunctionInternals {
  /** From the innermost scope to the outermost; without the global one. Values are live. */
  readonly scopes: readonly Readonly<Record<string, unknown>>[]
  readonly scriptId: string | undefined
}

/** What a function made by `bind` consists of. */
export interface BoundParts {
  readonly target: AnyFunction
  readonly self: unknown
  readonly args: readonly unknown[]
}

interface RemoteObject {
  readonly objectId?: string
  readonly description?: string
  readonly value?: unknown
}

interface InternalProperty {
  readonly name: string
  readonly value?: RemoteObject
}

/** Through which values pass between this code and the inspector. */
interface Slot {
  input: unknown
  output: unknown
}

const slotKey = Symbol.for('iparallel.scope-reader')
/** How many frames of the stack are looked at; our own are about 20. */
const framesMax = 100
const objectGroup = 'iparallel'

/**
 * Reads a function's scopes through the inspector, within this process and at once: no debugger is
 * enabled, nothing pauses, nobody else's session is touched.
 */
export class ScopeReader {
  readonly #session: Session
  readonly #slot: Slot
  readonly #slotId: string

  constructor() {
    this.#session = new tools.inspector.Session()
    this.#session.connect()
    this.#slot = { input: undefined, output: undefined }
    this.#slotId = this.#publish()
  }

  read(fn: AnyFunction): FunctionInternals {
    return this.#inspect(fn, (properties) => {
      const scopes = this.#fetch(properties, '[[Scopes]]') as ArrayLike<Scope> | undefined
      const location = find(properties, '[[FunctionLocation]]')?.value as { scriptId: string }
      return {
        scopes: Array.from(scopes ?? [])
          .filter(({ description }) => description !== 'Global')
          .map(({ object }) => object),
        scriptId: location?.scriptId,
      }
    })
  }

  /** Undefined when `fn` was not made by `bind`. */
  readBound(fn: AnyFunction): BoundParts | undefined {
    return this.#inspect(fn, (properties) => {
      if (find(properties, '[[TargetFunction]]') === undefined) return undefined
      const args = this.#fetch(properties, '[[BoundArgs]]') as ArrayLike<unknown>
      return {
        target: this.#fetch(properties, '[[TargetFunction]]') as AnyFunction,
        self: this.#fetch(properties, '[[BoundThis]]'),
        args: Array.from(args),
      }
    })
  }

  /** Files by script id, of the scripts that are running now: cheap, but not all of them. */
  runningScripts(): Map<string, string> {
    const found = new Map<string, string>()
    const { stackTraceLimit } = Error
    // Not by assignment, which throws where a program has frozen the class.
    Reflect.set(Error, 'stackTraceLimit', framesMax)
    // While this is on, and no longer, V8 keeps script ids with the stack of an error.
    this.#post('Runtime.enable', {})
    const error = new Error()
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
    this.#withId(error, (errorObjectId) => {
      const { exceptionDetails } = this.#post<ExceptionDetails>('Runtime.getExceptionDetails', {
        errorObjectId,
      })
      for (const { scriptId, url } of exceptionDetails?.stackTrace?.callFrames ?? []) {
        found.set(scriptId, url)
      }
    })
    this.#post('Runtime.disable', {})
    return found
  }

  /** Files by script id, of every script in this process: takes 0.1 ms for each of them. */
  allScripts(): Map<string, string> {
    const found = new Map<string, string>()
    const note = ({ params }: { params: { scriptId: string; url: string } }): void => {
      found.set(params.scriptId, params.url)
    }
    this.#session.on('Debugger.scriptParsed', note)
    this.#post('Debugger.enable', {})
    this.#post('Debugger.disable', {})
    this.#session.off('Debugger.scriptParsed', note)
    return found
  }

  /** Makes the slot known to the inspector. */
  #publish(): string {
    // Expressions are evaluated in the main context. A test runner may run this code in another
    // one, with a globalThis of its own: then they meet at a class of the inspector module.
    const places = [globalThis, tools.inspector.Session] as unknown as Record<symbol, unknown>[]
    for (const place of places) place[slotKey] = this.#slot
    const key = `[Symbol.for('${slotKey.description}')]`
    const module = "process.getBuiltinModule('node:inspector')"
    const expression = `globalThis${key} ?? ${module}.Session${key}`
    const { result } = this.#post<{ result: RemoteObject }>('Runtime.evaluate', { expression })
    for (const place of places) delete place[slotKey]
    return result.objectId!
  }

  #inspect<T>(fn: AnyFunction, use: (properties: readonly InternalProperty[]) => T): T {
    return this.#withId(fn, (objectId) => {
      const { internalProperties = [] } = this.#post<{ internalProperties?: InternalProperty[] }>(
        'Runtime.getProperties',
        { objectId, ownProperties: true },
      )
      return use(internalProperties)
    })
  }

  #withId<T>(value: object, use: (objectId: string) => T): T {
    this.#slot.input = value
    const { result } = this.#post<{ result: RemoteObject }>('Runtime.callFunctionOn', {
      objectId: this.#slotId,
      functionDeclaration: 'function () { return this.input }',
      objectGroup,
    })
    try {
      return use(result.objectId!)
    } finally {
      this.#slot.input = undefined
      this.#slot.output = undefined
      this.#post('Runtime.releaseObjectGroup', { objectGroup })
    }
  }

  /** The value itself, where the inspector gives only a description of it. */
  #fetch(properties: readonly InternalProperty[], name: string): unknown {
    const remote = find(properties, name)
    if (remote?.objectId === undefined) return remote?.value
    this.#post('Runtime.callFunctionOn', {
      objectId: this.#slotId,
      functionDeclaration: 'function (value) { this.output = value }',
      arguments: [{ objectId: remote.objectId }],
    })
    return this.#slot.output
  }

  #post<T>(method: string, params: object): T {
    let answer: unknown
    let failure: Error | null = null
    // The callback runs before `post` returns, for the session is in this very thread.
    this.#session.post(method, params, (error, result) => {
      failure = error
      answer = result
    })
    if (failure !== null) throw failure
    return answer as T
  }
}

interface Scope {
  readonly description: string
  readonly object: Readonly<Record<string, unknown>>
}

interface ExceptionDetails {
  readonly exceptionDetails?: {
    readonly stackTrace?: {
      readonly callFrames: readonly { readonly scriptId: string; readonly url: string }[]
    }
  }
}

function find(properties: readonly InternalProperty[], name: string): RemoteObject | undefined {
  return properties.find((property) => property.name === name)?.value
}
