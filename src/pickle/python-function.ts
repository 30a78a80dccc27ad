import { ArgumentError } from '../base/mod.ts'
import { Reference } from '../serialize/mod.ts'

/**
 * Python source text of one expression, evaluated in the namespace of the engine that it comes to.
 * Where an engine does not speak Python, it is refused.
 */
export class PythonExpression extends Reference {
  /** What engines have to speak. */
  override get language(): 'python' {
    return 'python'
  }
}

/** Something that Python can import, by its full name. */
export class PythonName {
  readonly name: string
  readonly language = 'python'

  /** @throws {ArgumentError} for what is no name with a dot. */
  constructor(name: string) {
    if (!dotted.test(name)) {
      throw new ArgumentError(
        `'${name}' names nothing that Python could import: give module.name, ` +
          "or an expression: py('lambda x: x * 2')",
      )
    }
    this.name = name
  }
}

const dotted = /^[\p{ID_Start}_]\p{ID_Continue}*(\.[\p{ID_Start}_]\p{ID_Continue}*)+$/u
const undotted = /^[\p{ID_Start}_]\p{ID_Continue}*$/u

/**
 * A function, or any other value, in Python's source text: to be called by `apply`, `map` and
 * `call` of views, or as an argument. Names in it are those of the engine's namespace.
 *
 * `view.map(py('lambda x: x * 2'), [1, 2, 3])`
 * @throws {ArgumentError} for what is no text.
 */
export function py(source: string): PythonExpression {
  if (typeof source !== 'string' || source.trim() === '') {
    throw new ArgumentError("py takes an expression of Python: py('lambda x: x * 2')")
  }
  return new PythonExpression(source.trim())
}

/**
 * What a text means where a function of Python is wanted: something to be imported when it has
 * dots, else a name of the engine's namespace, or a builtin.
 * @throws {ArgumentError}
 */
export function pythonFunctionOf(name: string): PythonName | PythonExpression {
  return undotted.test(name) ? new PythonExpression(name) : new PythonName(name)
}

/** Keyword arguments of a call; see `kwargs`. */
export class KeywordArguments {
  readonly values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values
  }
}

/** As the last argument of a call of Python: `view.call('numpy.sum', matrix, kwargs({ axis: 0 }))` */
export function kwargs(values: Readonly<Record<string, unknown>>): KeywordArguments {
  return new KeywordArguments({ ...values })
}
