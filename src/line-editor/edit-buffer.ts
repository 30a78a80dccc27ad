import { limits } from '../base/mod.ts'
import { graphemes, textWidth } from './text-width.ts'

interface Snapshot {
  readonly text: string
  readonly cursor: number
}

const wordCharacter = /[\p{L}\p{N}_$]/u

/** Text of any number of lines with a cursor in it, an undo list and a kill ring of one. */
export class EditBuffer {
  #text = ''
  #cursor = 0
  #killed = ''
  /** Where the cursor wants to be when it moves from line to line; undefined after other moves. */
  #goalColumn: number | undefined
  #undo: Snapshot[] = []
  /** Letters typed in a row are undone at once. */
  #typing = false

  get text(): string {
    return this.#text
  }

  /** An index into `text`, in units of UTF-16. */
  get cursor(): number {
    return this.#cursor
  }

  get beforeCursor(): string {
    return this.#text.slice(0, this.#cursor)
  }

  get onFirstLine(): boolean {
    return this.#lineStart === 0
  }

  get onLastLine(): boolean {
    return this.#lineEnd === this.#text.length
  }

  /** The line that the cursor stands on, up to the cursor. */
  get lineBeforeCursor(): string {
    return this.#text.slice(this.#lineStart, this.#cursor)
  }

  /** Replaces everything; what was there can be had back by `undo`. */
  set(text: string, cursor: number = text.length): void {
    this.#remember()
    this.#text = text
    this.#move(cursor)
  }

  /** Empties it, and forgets the past. */
  reset(): void {
    this.#text = ''
    this.#undo = []
    this.#typing = false
    this.#move(0)
  }

  insert(text: string): void {
    const typing = text.length === 1 && wordCharacter.test(text)
    if (!typing || !this.#typing) this.#remember()
    this.#replace(this.#cursor, this.#cursor, text)
    this.#typing = typing
  }

  replace(start: number, end: number, text: string): void {
    this.#remember()
    this.#replace(start, end, text)
  }

  deleteBack(): void {
    this.#cut(this.#before(this.#cursor), this.#cursor)
  }

  deleteForward(): void {
    this.#cut(this.#cursor, this.#after(this.#cursor))
  }

  left(): void {
    this.#move(this.#before(this.#cursor))
  }

  right(): void {
    this.#move(this.#after(this.#cursor))
  }

  wordLeft(): void {
    this.#move(this.#wordStart())
  }

  wordRight(): void {
    this.#move(this.#wordEnd())
  }

  lineStart(): void {
    this.#move(this.#lineStart)
  }

  lineEnd(): void {
    this.#move(this.#lineEnd)
  }

  textStart(): void {
    this.#move(0)
  }

  textEnd(): void {
    this.#move(this.#text.length)
  }

  /** To the line above, as near to the same column as that goes; false on the first one. */
  up(): boolean {
    if (this.onFirstLine) return false
    const end = this.#lineStart - 1
    this.#toLine(this.#text.lastIndexOf('\n', end - 1) + 1, end)
    return true
  }

  /** As `up`, to the line below. */
  down(): boolean {
    if (this.onLastLine) return false
    const start = this.#lineEnd + 1
    const end = this.#text.indexOf('\n', start)
    this.#toLine(start, end === -1 ? this.#text.length : end)
    return true
  }

  /** At the end of a line, the line break goes. */
  killToLineEnd(): void {
    const end = this.#lineEnd
    this.#kill(this.#cursor, end === this.#cursor ? Math.min(end + 1, this.#text.length) : end)
  }

  killToLineStart(): void {
    const start = this.#lineStart
    this.#kill(start === this.#cursor ? Math.max(0, start - 1) : start, this.#cursor)
  }

  killWordBack(): void {
    this.#kill(this.#wordStart(), this.#cursor)
  }

  killWordForward(): void {
    this.#kill(this.#cursor, this.#wordEnd())
  }

  /** Inserts what was killed last. */
  yank(): void {
    this.insert(this.#killed)
  }

  undo(): void {
    const snapshot = this.#undo.pop()
    if (snapshot === undefined) return
    this.#text = snapshot.text
    this.#move(snapshot.cursor)
  }

  get #lineStart(): number {
    return this.#cursor === 0 ? 0 : this.#text.lastIndexOf('\n', this.#cursor - 1) + 1
  }

  get #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#cursor)
    return end === -1 ? this.#text.length : end
  }

  #before(at: number): number {
    const start = at === 0 ? 0 : this.#text.lastIndexOf('\n', at - 1) + 1
    if (start === at) return Math.max(0, at - 1)
    return at - graphemes(this.#text.slice(start, at)).at(-1)!.length
  }

  #after(at: number): number {
    if (at >= this.#text.length) return at
    const end = this.#text.indexOf('\n', at)
    if (end === at) return at + 1
    return at + graphemes(this.#text.slice(at, end === -1 ? undefined : end))[0]!.length
  }

  #wordStart(): number {
    let at = this.#cursor
    while (at > 0 && !wordCharacter.test(this.#text[at - 1]!)) at--
    while (at > 0 && wordCharacter.test(this.#text[at - 1]!)) at--
    return at
  }

  #wordEnd(): number {
    const { length } = this.#text
    let at = this.#cursor
    while (at < length && !wordCharacter.test(this.#text[at]!)) at++
    while (at < length && wordCharacter.test(this.#text[at]!)) at++
    return at
  }

  #toLine(start: number, end: number): void {
    const goal = this.#goalColumn ?? textWidth(this.lineBeforeCursor)
    let at = start
    let column = 0
    for (const grapheme of graphemes(this.#text.slice(start, end))) {
      const width = textWidth(grapheme)
      if (column + width > goal) break
      column += width
      at += grapheme.length
    }
    this.#move(at)
    this.#goalColumn = goal
  }

  #move(cursor: number): void {
    this.#cursor = Math.max(0, Math.min(cursor, this.#text.length))
    this.#goalColumn = undefined
    this.#typing = false
  }

  #replace(start: number, end: number, text: string): void {
    this.#text = this.#text.slice(0, start) + text + this.#text.slice(end)
    this.#move(start + text.length)
  }

  #cut(start: number, end: number): void {
    if (start === end) return
    this.#remember()
    this.#replace(start, end, '')
  }

  #kill(start: number, end: number): void {
    if (start === end) return
    this.#killed = this.#text.slice(start, end)
    this.#cut(start, end)
  }

  #remember(): void {
    if (this.#undo.at(-1)?.text === this.#text) return
    this.#undo.push({ text: this.#text, cursor: this.#cursor })
    if (this.#undo.length > limits.undoStepsMax) this.#undo.shift()
  }
}
