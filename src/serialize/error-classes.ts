/** The error classes of the language, by which a receiver makes an error again. */
export const errorClasses: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError: AggregateError as unknown as ErrorConstructor,
}

/** Own properties that an error has without listing them. */
export const hiddenErrorFields = ['name', 'message', 'stack', 'cause', 'errors'] as const
