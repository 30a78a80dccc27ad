/** Both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export function positionOf(source: string, offset: number): Position {
  const before = source.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** What V8 would say where a parser, acorn or sucrase, says `message` of what stands at `pos`. */
export function wordsOfV8(message: string, source: string, pos: number): string {
  const plain = message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '')
  if (plain !== 'Unexpected token') {
    return plain
      .replace(/^Unsyntactic (break|continue)$/, 'Illegal $1 statement')
      .replace(/^Assigning to rvalue$/, 'Invalid left-hand side in assignment')
  }
  if (/(?<![\w$.])await\s+$/.test(source.slice(0, pos))) {
    return 'await is only valid in async functions and at the top level'
  }
  const token = /^(?:[\w$]+|.)/u.exec(source.slice(pos))?.[0]
  return token === undefined ? 'Unexpected end of input' : `Unexpected token '${token}'`
}

/**
 * A `SyntaxError` whose stack shows the line of the cell and points at the column, if that is
 * known, as Node does for a file.
 */
export function cellSyntaxError(
  name: string,
  source: string,
  { line, column }: { readonly line: number; readonly column?: number },
  message: string,
): SyntaxError {
  const text = (source.split('\n')[line - 1] ?? '').trimEnd()
  // A tab in the text must be a tab above the caret too, or the caret points elsewhere.
  const caret = column === undefined ? '' : `${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^\n`
  const error = new SyntaxError(message)
  error.stack = `${name}:${line}\n${text}\n${caret}\nSyntaxError: ${message}`
  return error
}
