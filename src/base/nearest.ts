/** Edits between two words: a letter more, less, or another, or two that changed places. */
function distance(a: string, b: string): number {
  let beforeThat: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const least = Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      current.push(isSwap ? Math.min(least, beforeThat[j - 2]! + 1) : least)
    }
    beforeThat = previous
    previous = current
  }
  return previous[b.length]!
}

/** The known name that a mistyped one probably means; undefined when none is close. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > 100) return undefined
  let best: string | undefined
  let least = (word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3))) + 1
  for (const candidate of known) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase())
    // Where every letter differs, nothing speaks for it.
    if (edits < Math.min(least, word.length, candidate.length)) {
      least = edits
      best = candidate
    }
  }
  return best
}
