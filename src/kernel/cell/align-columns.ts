const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The numbers of one segment of a source map: base 64 digits of 5 bits, the lowest first. */
function decodeSegment(segment: string): number[] {
  const numbers: number[] = []
  let value = 0
  let shift = 0
  for (const character of segment) {
    const digit = digits.indexOf(character)
    value |= (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(value & 1 ? -(value >> 1) : value >> 1)
    value = 0
    shift = 0
  }
  return numbers
}

/**
 * Puts spaces before the tokens of `code` that moved to the left, so that each stands in the
 * column in which it was written. Only whitespace between tokens changes.
 * Source: "Source Map Revision 3 Proposal", `mappings`.
 */
export function alignColumns(code: string, mappings: string): string {
  let sourceLine = 0
  let sourceColumn = 0
  const lines = code.split('\n')
  const aligned = mappings.split(';').map((segments, line) => {
    const text = lines[line] ?? ''
    let out = ''
    let taken = 0
    let generatedColumn = 0
    for (const segment of segments.split(',')) {
      const [column, , lineStep = 0, columnStep = 0] = decodeSegment(segment)
      if (column === undefined) continue
      generatedColumn += column
      sourceLine += lineStep
      sourceColumn += columnStep
      const missing = sourceColumn - (out.length + generatedColumn - taken)
      if (sourceLine !== line || missing <= 0) continue
      out += text.slice(taken, generatedColumn) + ' '.repeat(missing)
      taken = generatedColumn
    }
    return out + text.slice(taken)
  })
  return [...aligned, ...lines.slice(aligned.length)].join('\n')
}
