/** What may stand in the place of what was typed from `start` to the cursor. */
export interface Completion {
  readonly start: number
  readonly matches: readonly Match[]
}

export interface Match {
  readonly text: string
  /** What it is, as front ends know it: `function`, `class`, `instance`, `keyword`, `path`. */
  readonly type: string
}

/** Those that begin with what was typed; if none does, case is ignored. */
export function matching(names: readonly string[], typed: string): string[] {
  const exact = names.filter((name) => name.startsWith(typed))
  if (exact.length > 0) return exact
  const lower = typed.toLowerCase()
  return names.filter((name) => name.toLowerCase().startsWith(lower))
}
