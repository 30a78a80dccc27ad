import { eastAsianWidth } from 'get-east-asian-width'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Text that needs no segmenter: one unit, one character, one column. */
const plain = /^[\x20-\x7e]*$/

/** What a person takes for one character each. */
export function graphemes(text: string): string[] {
  return plain.test(text) ? [...text] : Array.from(segmenter.segment(text), (each) => each.segment)
}

/** Marks, joiners and controls: they take no column of their own. */
const invisible = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u
const emoji = /\p{Emoji_Presentation}|️/u

/** Columns of a terminal that one grapheme takes. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && plain.test(grapheme)) return 1
  if (invisible.test(grapheme)) return 0
  if (emoji.test(grapheme)) return 2
  return eastAsianWidth(grapheme.codePointAt(0)!)
}

/** Columns that text without escape sequences takes on one line. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme)
  return width
}
