import assert from 'node:assert/strict'
import { emitKeypressEvents, type Interface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { KeyQueue } from './key-queue.ts'
import { type Keypress, KeyReader } from './node-keys.ts'

/** What a terminal sends, as keys: `ctrl-c`, `text(a)`. */
async function keysOf(bytes: string): Promise<string[]> {
  const stream = new PassThrough()
  const reader = new KeyReader()
  const found: string[] = []
  emitKeypressEvents(stream, { escapeCodeTimeout: 5 } as unknown as Interface)
  const seen = new Promise<void>((resolve) => {
    stream.on('keypress', (_, press: Keypress) => {
      const key = reader.read(press)
      if (key === undefined) return
      if (key.text === '■') resolve()
      const modifiers = `${key.ctrl ? 'ctrl-' : ''}${key.alt ? 'alt-' : ''}${key.shift ? 'shift-' : ''}`
      found.push(key.text === '' ? modifiers + key.name : `${key.name}(${key.text})`)
    })
  })
  stream.write(`${bytes}■`)
  await seen
  return found.slice(0, -1)
}

test('letters of any script stand for themselves', async () => {
  assert.deepEqual(await keysOf('aZ ß日🙂'), [
    'text(a)',
    'text(Z)',
    'text( )',
    'text(ß)',
    'text(日)',
    'text(🙂)',
  ])
})

test('Enter, Ctrl-J and Enter with Alt are three keys', async () => {
  assert.deepEqual(await keysOf('\r\n\x1b\r\x1b[13;2u'), [
    'enter',
    'ctrl-j',
    'alt-enter',
    'alt-enter',
  ])
})

test('control keys, arrows and their modifiers are known', async () => {
  assert.deepEqual(await keysOf('\x03\x12\x1f\x7f\t\x1b[Z\x1b[A\x1b[1;5C\x1b[3~\x1bb'), [
    'ctrl-c',
    'ctrl-r',
    'ctrl-_',
    'backspace',
    'tab',
    'shift-tab',
    'up',
    'ctrl-right',
    'delete',
    'alt-b',
  ])
})

test('what is pasted comes as one, whatever is in it', async () => {
  assert.deepEqual(await keysOf('\x1b[200~if (x) {\r\ty\r}\x1b[201~'), ['paste(if (x) {\r\ty\r})'])
})

test('keys wait until they are wanted, unless somebody takes them first', async () => {
  const keys = new KeyQueue()
  const key = (name: string) => ({ name, ctrl: false, alt: false, shift: false, text: '' })
  keys.push(key('a'))
  keys.intercept = ({ name }) => name === 'b'
  keys.push(key('b'))
  keys.push(key('c'))
  assert.equal((await keys.next()).name, 'a')
  assert.equal((await keys.next()).name, 'c')
  const next = keys.next()
  keys.push(key('d'))
  assert.equal((await next).name, 'd')
})
