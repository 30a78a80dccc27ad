/** One key, or one piece of text, as a person gave it. */
export interface Key {
  /**
   * `enter`, `tab`, `backspace`, `delete`, `left`, `right`, `up`, `down`, `home`, `end`, `pageup`,
   * `pagedown`, `escape`; a letter with `ctrl` or `alt`; `text` for what stands for itself, and
   * `paste` for text that was pasted.
   */
  readonly name: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
  /** What to insert, for `text` and `paste`. */
  readonly text: string
}
