/**
 * Positions in text: on the wire they count Unicode code points, in strings here UTF-16 units.
 * Source: Jupyter messaging 5.2, `cursor_pos`.
 */
export function codePointsOf(text: string, units: number): number {
  let points = 0
  for (let i = 0; i < Math.min(units, text.length); points++) i += widthAt(text, i)
  return points
}

/** Inverse of `codePointsOf`; positions beyond the end are the end. */
export function codeUnitsOf(text: string, points: number): number {
  let units = 0
  for (let i = 0; i < points && units < text.length; i++) units += widthAt(text, units)
  return units
}

function widthAt(text: string, index: number): number {
  return text.codePointAt(index)! > 0xffff ? 2 : 1
}
