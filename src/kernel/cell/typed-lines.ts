import { cellSyntaxError } from './syntax-error.ts'

/**
 * What `compile` gives, which compiles `text`: what magics have made of `source`. An error of
 * syntax shows the line as it was typed.
 * @throws whatever `compile` throws.
 */
export function withTypedLines<T>(source: string, text: string, name: string, compile: () => T): T {
  if (text === source) return compile()
  try {
    return compile()
  } catch (thrown) {
    const at = thrown instanceof SyntaxError ? /^.*:(\d+)\n/.exec(thrown.stack ?? '') : null
    const line = Number(at?.[1])
    if (at === null || source.split('\n')[line - 1] === text.split('\n')[line - 1]) throw thrown
    const { message } = thrown as SyntaxError
    const isAwait = message.startsWith('await is only valid')
    const told = isAwait ? 'Magics are only valid at the top level and in async functions' : message
    throw cellSyntaxError(name, source, { line }, told)
  }
}
