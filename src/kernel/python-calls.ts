import {
  type ForeignHelper,
  type PythonObject,
  readPythonCallee,
  unpackPythonCall,
  writePythonValue,
} from '../pickle/mod.ts'
import { type BuiltinCall, evaluateExpression } from './builtin-calls.ts'
import type { Namespace } from './namespace.ts'

/** Python's bytecode came to an engine that has no Python. */
class WrongLanguageError extends Error {
  override readonly name = 'WrongLanguageError'

  constructor(what: string) {
    super(
      `this engine speaks TypeScript, so it cannot run ${what}. Send it TypeScript in source text ` +
        "with view.execute(), call what its namespace has with Reference('name'), or leave it out " +
        'of the view.',
    )
  }
}

/**
 * Calls by clients of Python's. They send their own helpers, such as that of `push`, as bytecode;
 * it is recognised by its name, and ours does the work. Source: protocol reference §14.4.
 *
 * Loaded with the first such call: most engines never get one.
 */
export class PythonCalls {
  readonly #namespace: Namespace
  readonly #builtins: ReadonlyMap<string, BuiltinCall>

  constructor(namespace: Namespace, builtins: ReadonlyMap<string, BuiltinCall>) {
    this.#namespace = namespace
    this.#builtins = builtins
  }

  /**
   * Makes the call. What it returns may be a promise.
   * @throws {WrongLanguageError} for code of Python's, as function or as argument.
   * @throws {MalformedError} when the frames are no call.
   */
  call(frames: readonly Uint8Array[]): unknown {
    const wanted = readPythonCallee(frames)
    if (wanted.kind === 'foreign') throw new WrongLanguageError(wanted.what)
    const { callee, args, keywords } = unpackPythonCall(frames, {
      reference: (expression) => evaluateExpression(this.#namespace, expression),
      foreign: refuse,
    })
    if (callee.kind === 'reference') return this.#callReference(callee.expression, args, keywords)
    if (callee.kind === 'helper') return this.#help(callee.helper, args, keywords)
    throw new WrongLanguageError(callee.what)
  }

  /** The result as Python's clients read it. @throws {UnserializableError} */
  encode(value: unknown): Uint8Array[] {
    return writePythonValue(value, 'result')
  }

  #help(name: ForeignHelper, args: readonly unknown[], keywords: unknown): unknown {
    // Neither bytecode nor the forms of dill or cloudpickle can run here: there is nothing to set.
    if (name === 'setPickler') return undefined
    if (name === 'mapNamed') return this.#mapNamed(args)
    const call = this.#builtins.get(`iparallel:${name}`)!
    if (name === 'push') return call(keywords ?? {})
    const [first, ...rest] = args
    return call(first instanceof Set ? [...first] : first, ...rest)
  }

  /** The map of a broadcast view: it has scattered the sequences, under names for this once. */
  #mapNamed([fn, ...names]: readonly unknown[]): unknown {
    const sequences = names.map((name) => {
      const sequence = this.#namespace.read(String(name))
      this.#namespace.forget(String(name))
      return sequence
    })
    return this.#builtins.get('iparallel:map')!(fn, ...sequences)
  }

  /** Where Python names arguments, JavaScript has an object as the last one. */
  #callReference(expression: string, args: readonly unknown[], keywords: unknown): unknown {
    const fn = evaluateExpression(this.#namespace, expression)
    if (typeof fn !== 'function') throw new TypeError(`${expression} is not a function`)
    return (fn as BuiltinCall)(...args, ...(keywords === undefined ? [] : [keywords]))
  }
}

function refuse({ type, args }: PythonObject): never {
  throw new WrongLanguageError(`the ${type} ${args.join(' ')} of Python's`)
}
