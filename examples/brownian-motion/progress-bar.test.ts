import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { ProgressBar, type Terminal } from './progress-bar.ts'

class PlayedTerminal implements Terminal {
  readonly isTTY: boolean
  readonly columns: number
  text = ''

  constructor(isTTY: boolean, columns = 80) {
    this.isTTY = isTTY
    this.columns = columns
  }

  write(text: string): void {
    this.text += text
  }

  /** What each drawing left to be seen. */
  get drawings(): string[] {
    return this.text
      .split('\r')
      .slice(1)
      .map((part) => stripVTControlCharacters(part))
  }
}

function makeBar(terminal: Terminal): ProgressBar {
  return new ProgressBar(terminal, 'working', (done) => `${done} items`)
}

describe('on a terminal', () => {
  test('the bar grows in place, within the width', () => {
    const terminal = new PlayedTerminal(true, 72)
    const bar = makeBar(terminal)
    for (let i = 0; i <= 4; i++) bar.update(i, 4, i)
    const { drawings } = terminal
    assert.equal(drawings.length, 5)
    assert.ok(drawings.every((line) => line.trimEnd().length <= 72))
    assert.match(drawings[2]!, /^working ━+─+ {2,}50 % {2}2 items {2}2 s left$/)
    const full = drawings.map((line) => line.split('━').length - 1)
    assert.deepEqual(
      full,
      full.toSorted((one, other) => one - other),
    )
  })

  test('the last drawing ends the line and tells the time', () => {
    const terminal = new PlayedTerminal(true)
    makeBar(terminal).update(3, 3, 12.34)
    assert.match(terminal.drawings[0]!, /100 % {2}3 items {2}done in 12.3 s\n$/)
  })

  test('it is not drawn more than 20 times a second, but always at the end', () => {
    const terminal = new PlayedTerminal(true)
    const bar = makeBar(terminal)
    for (let i = 0; i <= 1000; i++) bar.update(i, 1000, i / 1000)
    assert.ok(terminal.drawings.length <= 21)
    assert.match(terminal.drawings.at(-1)!, /100 %/)
  })

  test('without room for a bar the numbers remain', () => {
    const terminal = new PlayedTerminal(true, 36)
    makeBar(terminal).update(1, 2, 1)
    assert.match(terminal.drawings[0]!, /^working +50 % {2}1 items {2}1 s left$/)
  })

  test('in a narrow terminal it stays on one line', () => {
    for (const columns of [34, 24, 18, 10]) {
      const terminal = new PlayedTerminal(true, columns)
      makeBar(terminal).update(1, 2, 1)
      const [line] = terminal.drawings
      assert.match(line!, /^working +50 %/)
      assert.ok(columns === 10 || line!.length < columns)
    }
  })

  test('a bar that is left half way ends its line', () => {
    const terminal = new PlayedTerminal(true)
    {
      using bar = makeBar(terminal)
      bar.update(1, 2, 1)
    }
    assert.ok(terminal.text.endsWith('\n'))
  })

  test('a bar that never showed, or is done, leaves no empty line', () => {
    const terminal = new PlayedTerminal(true)
    makeBar(terminal)[Symbol.dispose]()
    assert.equal(terminal.text, '')
    const bar = makeBar(terminal)
    bar.update(1, 1, 1)
    const { text } = terminal
    bar[Symbol.dispose]()
    assert.equal(terminal.text, text)
  })
})

describe('elsewhere', () => {
  test('a plain line comes for each tenth', () => {
    const terminal = new PlayedTerminal(false)
    const bar = makeBar(terminal)
    for (let i = 0; i <= 100; i++) bar.update(i, 100, i)
    const lines = terminal.text.trimEnd().split('\n')
    assert.equal(lines.length, 10)
    assert.match(lines[0]!, /^working +10 % {2}10 items {2}90 s left$/)
    assert.equal(stripVTControlCharacters(terminal.text), terminal.text)
  })

  test('few steps give few lines', () => {
    const terminal = new PlayedTerminal(false)
    const bar = makeBar(terminal)
    for (let i = 0; i <= 3; i++) bar.update(i, 3, i)
    assert.equal(terminal.text.trimEnd().split('\n').length, 3)
  })
})
