import { CompletionMenu, commonPrefix } from './completion-menu.ts'
import { EditBuffer } from './edit-buffer.ts'
import { InputHistory } from './input-history.ts'
import type { Key } from './key.ts'
import { ReverseSearch } from './reverse-search.ts'

/** What the editor cannot do by itself. */
export type EditorRequest =
  /** Enter: run it, or `newline` when it is not complete. */
  | 'submit'
  | 'complete'
  | 'inspect'
  /** Ctrl-C: the text is cleared already. */
  | 'interrupt'
  /** Ctrl-D on an empty line. */
  | 'leave'
  | 'clear-screen'
  | 'suspend'

/** What to show. */
export interface EditorView {
  readonly text: string
  readonly cursor: number
  readonly menu:
    | { readonly candidates: readonly string[]; readonly selected: number | undefined }
    | undefined
  /** Stands in place of the prompt while the history is searched. */
  readonly search: { readonly query: string; readonly failed: boolean } | undefined
}

export interface LineEditorOptions {
  readonly history?: InputHistory
  /** What Tab inserts where there is nothing to complete; default two spaces. */
  readonly indent?: string
  /** One line only: Enter always submits, pasted line breaks become spaces. */
  readonly singleLine?: boolean
}

type Action = (editor: LineEditor) => EditorRequest | undefined

/** An editor of code without a terminal: keys go in, a view comes out. */
export class LineEditor {
  readonly buffer: EditBuffer = new EditBuffer()
  readonly history: InputHistory
  readonly #indent: string
  readonly #singleLine: boolean
  #menu: CompletionMenu | undefined
  #search: ReverseSearch | undefined

  constructor(options: LineEditorOptions = {}) {
    this.history = options.history ?? new InputHistory()
    this.#indent = options.indent ?? '  '
    this.#singleLine = options.singleLine ?? false
  }

  get text(): string {
    return this.buffer.text
  }

  get view(): EditorView {
    const { text, cursor } = this.buffer
    const { candidates, selected } = this.#menu ?? {}
    return {
      text,
      cursor,
      menu: candidates === undefined ? undefined : { candidates, selected },
      search: this.#search?.view,
    }
  }

  /** @returns what somebody else must do now. */
  press(key: Key): EditorRequest | undefined {
    if (this.#search !== undefined && this.#searched(key, this.#search)) return undefined
    if (this.#menu !== undefined && this.#chosen(key, this.#menu)) return undefined
    this.#menu = undefined
    if (key.name === 'text' || key.name === 'paste') {
      if (key.name === 'text' && /^[)\]}]$/.test(key.text)) this.#outdent()
      this.#insert(key.text)
      return undefined
    }
    const name = `${key.ctrl ? 'ctrl-' : ''}${key.alt ? 'alt-' : ''}${key.shift ? 'shift-' : ''}`
    const bound = bindings[name + key.name] ?? (key.shift ? bindings[key.name] : undefined)
    return bound?.(this)
  }

  /** Takes what was typed away, and keeps it in the history. */
  take(): string {
    const { text } = this.buffer
    this.clear()
    return text
  }

  clear(): void {
    this.#menu = undefined
    this.#search = undefined
    this.history.reset()
    this.buffer.reset()
  }

  /** What the menu has put into the text stays. */
  closeMenu(): void {
    this.#menu = undefined
    this.#search = undefined
  }

  /** Puts text there, ready to be edited. */
  set(text: string): void {
    this.buffer.set(text)
  }

  /** Enter on code that is not complete. */
  newline(indent: string): void {
    this.buffer.insert(`\n${indent}`)
  }

  /** A new line as deep as this one. */
  continueLine(): void {
    if (this.#singleLine) return
    this.newline(/^[ \t]*/.exec(this.buffer.lineBeforeCursor)![0])
  }

  /**
   * What can stand between `start` and `end` of the text. What all candidates have in common is
   * inserted; when more than one remains, they become a menu.
   */
  offer(candidates: readonly string[], start: number, end: number): void {
    const distinct = [...new Set(candidates)]
    if (distinct.length === 0 || end < start) return
    const typed = this.text.slice(start, end)
    const common = commonPrefix(distinct)
    const original = common.length > typed.length || distinct.length === 1 ? common : typed
    if (original !== typed) this.buffer.replace(start, end, original)
    if (distinct.length > 1) this.#menu = new CompletionMenu(distinct, start, original)
  }

  /** Up: a line up, or an older entry of the history. */
  up(): void {
    if (this.buffer.up()) return
    // A recalled entry of many lines leaves the cursor at its end; what counts is how it began.
    const older = this.history.older(this.text, this.buffer.lineBeforeCursor)
    if (older !== undefined) this.buffer.set(older)
  }

  down(): void {
    if (this.buffer.down()) return
    const newer = this.history.newer(this.text)
    if (newer !== undefined) this.buffer.set(newer)
  }

  tab(): EditorRequest | undefined {
    if (this.#singleLine) return undefined
    if (this.buffer.lineBeforeCursor.trim() !== '') return 'complete'
    this.buffer.insert(this.#indent)
    return undefined
  }

  submit(): EditorRequest | undefined {
    if (this.#singleLine || this.buffer.onLastLine) return 'submit'
    this.continueLine()
    return undefined
  }

  backspace(): void {
    const before = this.buffer.lineBeforeCursor
    // Within the indentation, a step of it goes.
    const step = before !== '' && /^ +$/.test(before) ? this.#indent.length : 1
    const extra = before.length % step
    for (let i = extra === 0 ? step : extra; i > 0; i--) this.buffer.deleteBack()
  }

  /** Ctrl-D: leaves when there is nothing, else it is Delete. */
  leaveOrDelete(): EditorRequest | undefined {
    if (this.text === '') return 'leave'
    this.buffer.deleteForward()
    return undefined
  }

  startSearch(): void {
    this.#search = new ReverseSearch(this.history, this.text, this.buffer.cursor)
  }

  /** A bracket that closes, at the beginning of its line, stands under the line that opened it. */
  #outdent(): void {
    const before = this.buffer.lineBeforeCursor
    const isIndented = /^ +$/.test(before) && this.text.includes('\n')
    if (isIndented && before.length >= this.#indent.length) this.backspace()
  }

  #insert(text: string): void {
    const clean = text.replace(/\r\n?/g, '\n')
    this.buffer.insert(this.#singleLine ? clean.replace(/\n/g, ' ') : clean)
  }

  /** A key while the history is searched; false when it ends the search and means something else. */
  #searched(key: Key, search: ReverseSearch): boolean {
    const result = search.press(key)
    if (result === 'unknown') {
      this.#search = undefined
      return key.name === 'escape'
    }
    if (result === 'cancelled') this.#search = undefined
    this.buffer.set(search.text, search.cursor)
    return true
  }

  /** A key while the menu is open; false when it closes the menu and means something else. */
  #chosen(key: Key, menu: CompletionMenu): boolean {
    const plain = !key.ctrl && !key.alt
    const shown = menu.shown
    if (plain && (key.name === 'down' || (key.name === 'tab' && !key.shift))) menu.step(1)
    else if (plain && (key.name === 'up' || key.name === 'tab')) menu.step(-1)
    else if (key.name === 'escape') this.#menu = undefined
    else if (plain && key.name === 'enter' && menu.selected !== undefined) {
      this.#menu = undefined
      return true
    } else return false
    const text = this.#menu === undefined ? menu.original : menu.shown
    this.buffer.replace(menu.start, menu.start + shown.length, text)
    return true
  }
}

/** An action that asks for nothing. */
function edit(change: (buffer: EditBuffer) => unknown): Action {
  return ({ buffer }) => {
    change(buffer)
    return undefined
  }
}

function own(change: (editor: LineEditor) => void): Action {
  return (editor) => {
    change(editor)
    return undefined
  }
}

function interrupt(editor: LineEditor): EditorRequest {
  editor.clear()
  return 'interrupt'
}

/** As in a shell: Emacs' keys, and those of the arrow block. */
const bindings: Readonly<Record<string, Action>> = {
  enter: (editor) => editor.submit(),
  'alt-enter': own((editor) => editor.continueLine()),
  'ctrl-j': own((editor) => editor.continueLine()),
  tab: (editor) => editor.tab(),
  'shift-tab': () => 'inspect',
  backspace: own((editor) => editor.backspace()),
  'ctrl-h': own((editor) => editor.backspace()),
  delete: edit((buffer) => buffer.deleteForward()),
  left: edit((buffer) => buffer.left()),
  'ctrl-b': edit((buffer) => buffer.left()),
  right: edit((buffer) => buffer.right()),
  'ctrl-f': edit((buffer) => buffer.right()),
  up: own((editor) => editor.up()),
  'ctrl-p': own((editor) => editor.up()),
  down: own((editor) => editor.down()),
  'ctrl-n': own((editor) => editor.down()),
  home: edit((buffer) => buffer.lineStart()),
  'ctrl-a': edit((buffer) => buffer.lineStart()),
  end: edit((buffer) => buffer.lineEnd()),
  'ctrl-e': edit((buffer) => buffer.lineEnd()),
  'ctrl-home': edit((buffer) => buffer.textStart()),
  'ctrl-end': edit((buffer) => buffer.textEnd()),
  pageup: edit((buffer) => buffer.textStart()),
  pagedown: edit((buffer) => buffer.textEnd()),
  'ctrl-left': edit((buffer) => buffer.wordLeft()),
  'alt-left': edit((buffer) => buffer.wordLeft()),
  'alt-b': edit((buffer) => buffer.wordLeft()),
  'ctrl-right': edit((buffer) => buffer.wordRight()),
  'alt-right': edit((buffer) => buffer.wordRight()),
  'alt-f': edit((buffer) => buffer.wordRight()),
  'ctrl-k': edit((buffer) => buffer.killToLineEnd()),
  'ctrl-u': edit((buffer) => buffer.killToLineStart()),
  'ctrl-w': edit((buffer) => buffer.killWordBack()),
  'alt-backspace': edit((buffer) => buffer.killWordBack()),
  'alt-d': edit((buffer) => buffer.killWordForward()),
  'ctrl-y': edit((buffer) => buffer.yank()),
  'ctrl-_': edit((buffer) => buffer.undo()),
  'alt-u': edit((buffer) => buffer.undo()),
  'ctrl-r': own((editor) => editor.startSearch()),
  'ctrl-d': (editor) => editor.leaveOrDelete(),
  'ctrl-c': interrupt,
  'ctrl-l': () => 'clear-screen',
  'ctrl-z': () => 'suspend',
}
