/** A name, or a way from one: `rc`, `rc.ids`, `list[0].name`. */
const place = String.raw`[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*|\[[^\]\n]*\])*`
const before = new RegExp(String.raw`^\s*(\?{1,2})\s*(${place})\s*$`, 'u')
const behind = new RegExp(String.raw`^\s*(${place})\s*(\?{1,2})\s*$`, 'u')

/** What `name?`, `name??` and `?name` ask about; two marks ask for more. */
export function inspectedName(
  code: string,
): { readonly code: string; readonly detail: 0 | 1 } | undefined {
  const first = before.exec(code)
  if (first !== null) return { code: first[2]!, detail: first[1] === '??' ? 1 : 0 }
  const second = behind.exec(code)
  if (second !== null) return { code: second[1]!, detail: second[2] === '??' ? 1 : 0 }
  return undefined
}

/** What people type to leave when they do not think of Ctrl-D. */
export function wantsToLeave(code: string): boolean {
  return /^\s*\.?(exit|quit)(\(\))?;?\s*$/.test(code)
}

/**
 * Whether the console does it by itself. Python's kernel knows both, and a name that is called so.
 */
export function isOwnCommand(language: string, code: string): boolean {
  return language !== 'python' && (wantsToLeave(code) || inspectedName(code) !== undefined)
}
