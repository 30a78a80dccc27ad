import assert from 'node:assert/strict'
import { PassThrough, Writable } from 'node:stream'
import { test } from 'node:test'
import type { ReadStream, WriteStream } from 'node:tty'
import { NodeTerminal } from './terminal.ts'

interface World {
  readonly terminal: NodeTerminal
  readonly input: PassThrough
  readonly output: Writable
  readonly raw: boolean[]
  readonly written: string[]
}

/** A terminal that takes what is written as long as `takes` says so. */
function world(takes: () => boolean = () => true): World {
  const raw: boolean[] = []
  const written: string[] = []
  const setRawMode = (on: boolean) => raw.push(on)
  const input = Object.assign(new PassThrough(), { setRawMode })
  const output = new Writable({
    highWaterMark: 1,
    write: (chunk, _encoding, done) => {
      written.push(String(chunk))
      if (takes()) done()
    },
  })
  const terminal = new NodeTerminal(
    input as unknown as ReadStream,
    output as unknown as WriteStream,
  )
  return { terminal, input, output, raw, written }
}

test('keys are read one by one, and the terminal is left as it was', async () => {
  const { terminal, input, raw, written } = world()
  input.write('a\x03')
  assert.equal((await terminal.keys.next()).text, 'a')
  const { ctrl, name } = await terminal.keys.next()
  assert.deepEqual([ctrl, name], [true, 'c'])
  terminal[Symbol.dispose]()
  assert.deepEqual(raw, [true, false])
  assert.deepEqual(written, ['\x1b[?2004h', '\x1b[?2004l'])
})

test('whoever waits for a terminal that goes away waits no longer', async () => {
  const { terminal, output } = world(() => false)
  terminal.write('text')
  const drained = terminal.drained()
  output.destroy(new Error('EIO'))
  await drained
  assert.equal((await terminal.keys.next()).name, 'gone')
})
