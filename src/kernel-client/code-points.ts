/**
 * Positions in code: Jupyter counts Unicode code points, JavaScript units of UTF-16.
 * Source: Jupyter messaging 5.3, "cursor_pos".
 */
export function codePointOffset(code: string, unitOffset: number): number {
  let count = 0
  for (let at = 0; at < unitOffset && at < code.length; count++) {
    at += code.codePointAt(at)! > 0xffff ? 2 : 1
  }
  return count
}

/** The opposite of {@link codePointOffset}; beyond the end it is the end. */
export function unitOffset(code: string, codePoints: number): number {
  let at = 0
  for (let count = 0; count < codePoints && at < code.length; count++) {
    at += code.codePointAt(at)! > 0xffff ? 2 : 1
  }
  return at
}
