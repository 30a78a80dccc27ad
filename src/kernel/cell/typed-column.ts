/** Pairs of characters that are compared at most; a longer line keeps the column that it has. */
const comparisonsMax = 1_000_000

/**
 * Columns, from 1, in a line as it was typed and in the line that was made from it, which has
 * less, such as types, and more, such as a `return`. Returns the column in `typed` of what stands
 * in `column` of `made`: by the longest common subsequence of what differs.
 */
export function typedColumn(made: string, typed: string, column: number): number {
  let start = 0
  while (start < made.length && made[start] === typed[start]) start++
  if (column <= start || made === typed) return column
  let end = 0
  const endMax = Math.min(made.length, typed.length) - start
  while (end < endMax && made.at(-1 - end) === typed.at(-1 - end)) end++
  if (column > made.length - end) return column - made.length + typed.length
  const from = made.slice(start, made.length - end)
  const to = typed.slice(start, typed.length - end)
  if (from.length * to.length > comparisonsMax) return column
  return start + 1 + matchOf(from, to, column - 1 - start)
}

/** Where in `to` the character at `index` of `from` is, or the next one that is there at all. */
function matchOf(from: string, to: string, index: number): number {
  const width = to.length + 1
  const lengths = new Uint32Array((from.length + 1) * width)
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        from[i] === to[j]
          ? 1 + lengths[(i + 1) * width + j + 1]!
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
    }
  }
  let i = 0
  let j = 0
  while (i < from.length && j < to.length) {
    const isMatch = from[i] === to[j]
    if (isMatch && i >= index) return j
    if (isMatch && lengths[i * width + j] === 1 + lengths[(i + 1) * width + j + 1]!) {
      i++
      j++
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++
    else j++
  }
  return j
}
