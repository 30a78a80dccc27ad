import type { Key } from '../line-editor/mod.ts'

/** A `keypress` event of `node:readline`. */
export interface Keypress {
  readonly name?: string | undefined
  readonly ctrl?: boolean | undefined
  readonly meta?: boolean | undefined
  readonly shift?: boolean | undefined
  readonly sequence?: string | undefined
}

/** Enter with a modifier, as terminals that tell it apart send it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const modifiedEnter = /^\x1b\[13;\d+u$/

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what does not stand for itself
const control = /[\x00-\x1f\x7f]/

const names: Readonly<Record<string, string>> = { return: 'enter' }

function key(name: string, change: Partial<Key> = {}): Key {
  return { name, ctrl: false, alt: false, shift: false, text: '', ...change }
}

/** Turns Node's keypresses into keys, and what comes between the marks of a paste into one. */
export class KeyReader {
  #pasted: string | undefined

  /** Undefined when the press is a part of something, or stands for nothing. */
  read(press: Keypress): Key | undefined {
    const { name, sequence = '' } = press
    if (name === 'paste-start') {
      this.#pasted = ''
      return undefined
    }
    if (name === 'paste-end') {
      const text = this.#pasted ?? ''
      this.#pasted = undefined
      return text === '' ? undefined : key('paste', { text })
    }
    if (this.#pasted !== undefined) {
      this.#pasted += sequence
      return undefined
    }
    return single(press)
  }
}

function single({ name, ctrl, meta, shift, sequence = '' }: Keypress): Key | undefined {
  const modifiers = { ctrl: ctrl === true, alt: meta === true, shift: shift === true }
  if (modifiedEnter.test(sequence)) return key('enter', { alt: true })
  if (sequence === '\n') return key('j', { ctrl: true })
  if (sequence === '\x1f') return key('_', { ctrl: true })
  if (name === 'escape') return key('escape')
  const plain = !modifiers.ctrl && !modifiers.alt
  if (plain && sequence !== '' && !control.test(sequence)) return key('text', { text: sequence })
  if (name === undefined || name === '' || name === 'undefined') return undefined
  // Shift is in the letter itself.
  return key(names[name] ?? name, { ...modifiers, shift: modifiers.shift && name.length > 1 })
}
