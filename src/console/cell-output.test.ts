import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import type { KernelOutput } from '../kernel-client/mod.ts'
import { CellOutput, type OutputPlace } from './cell-output.ts'

class PlayedPlace implements OutputPlace {
  readonly colours = false
  readonly images = undefined
  readonly columns = 20
  readonly rows: number | undefined
  readonly written: string[] = []
  /** Lets nothing through while it is set. */
  blocked: Promise<void> | undefined

  constructor(rows: number | undefined) {
    this.rows = rows
  }

  save(extension: string): string {
    return `/tmp/picture.${extension}`
  }

  async write(_: string, text: string): Promise<void> {
    await this.blocked
    this.written.push(text)
  }

  get text(): string {
    return this.written.join('')
  }
}

async function show(place: PlayedPlace, ...outputs: KernelOutput[]): Promise<string> {
  const output = new CellOutput(place, { resultLabel: (count) => `Out[${count}]: ` })
  for (const one of outputs) output.add(one)
  await output.finish()
  return place.text
}

const out = (text: string): KernelOutput => ({ type: 'stream', name: 'stdout', text })
const display = (text: string, displayId?: string, update = false): KernelOutput => ({
  type: 'display',
  data: { 'text/plain': text },
  metadata: {},
  displayId,
  update,
})
const result = (text: string): KernelOutput => ({
  type: 'result',
  executionCount: 3,
  data: { 'text/plain': text },
  metadata: {},
  displayId: undefined,
})

test('a result has a line of its own, and one of many lines begins below its label', async () => {
  assert.equal(await show(new PlayedPlace(24), out('no end'), result('7')), 'no end\nOut[3]: 7\n')
  assert.equal(await show(new PlayedPlace(24), result('{\n}')), 'Out[3]: \n{\n}\n')
})

test('the next prompt stands on a new line', async () => {
  assert.equal(await show(new PlayedPlace(24), out('x')), 'x\n')
  assert.equal(await show(new PlayedPlace(24), out('x\n')), 'x\n')
})

test('on a screen, clear_output takes back what the cell has shown', async () => {
  const clear: KernelOutput = { type: 'clear', wait: false }
  const text = await show(new PlayedPlace(24), out(`1\n${'x'.repeat(25)}`), clear, out('2\n'))
  assert.equal(text, `1\n${'x'.repeat(25)}\r\x1b[2A\x1b[J2\n`)
})

test('clear_output that waits does so until there is something new', async () => {
  const clear: KernelOutput = { type: 'clear', wait: true }
  assert.equal(await show(new PlayedPlace(24), out('1\n'), clear), '1\n')
  assert.equal(
    await show(new PlayedPlace(24), out('1\n'), clear, out('2\n')),
    '1\n\r\x1b[1A\x1b[J2\n',
  )
})

test('a display that changes is drawn anew with what stands below it', async () => {
  const text = await show(
    new PlayedPlace(24),
    display('0 %', 'bar'),
    out('log\n'),
    display('50 %', 'bar', true),
  )
  assert.equal(text, '0 %\nlog\n\r\x1b[2A\x1b[J50 %\nlog\n')
})

test('where nothing can be taken back, the new state is appended', async () => {
  const outputs = [display('0 %', 'bar'), display('50 %', 'bar', true)]
  assert.equal(await show(new PlayedPlace(undefined), ...outputs), '0 %\n50 %\n')
  const tall = out('line\n'.repeat(30))
  const text = await show(new PlayedPlace(24), ...outputs.toSpliced(1, 0, tall))
  assert.ok(text.endsWith('line\n50 %\n'))
})

test('an error without a traceback has its name and text, colours only where they are wanted', async () => {
  const error = { ename: 'Error', evalue: 'boom', traceback: [] }
  assert.equal(await show(new PlayedPlace(24), { type: 'error', error }), 'Error: boom\n')
  const coloured = { ...error, traceback: ['\x1b[31mred\x1b[0m', 'line'] }
  assert.equal(await show(new PlayedPlace(24), { type: 'error', error: coloured }), 'red\nline\n')
})

test('an output that cannot be shown says so, and the next one is shown', async () => {
  const place = new PlayedPlace(24)
  place.save = () => {
    throw new Error('disk full')
  }
  const picture: KernelOutput = {
    type: 'display',
    data: { 'image/png': 'AAAA' },
    metadata: {},
    displayId: undefined,
    update: false,
  }
  assert.equal(await show(place, picture, out('next\n')), '[not shown: disk full]\nnext\n')
})

test('what comes faster than the screen takes it is counted, not kept', async () => {
  const place = new PlayedPlace(24)
  let open = () => {}
  place.blocked = new Promise((resolve) => {
    open = resolve
  })
  const output = new CellOutput(place, { resultLabel: () => '' })
  const chunk = 'x'.repeat(limits.consoleBacklogCharsMax / 4)
  for (let i = 0; i < 6; i++) output.add(out(chunk))
  output.add(result('end'))
  open()
  await output.finish()
  assert.match(place.text, /end\n/)
  assert.match(place.text, new RegExp(`\\[${chunk.length * 2} characters came faster`))
})

test('after an interrupt, only the last of what waits is shown', async () => {
  const place = new PlayedPlace(24)
  const output = new CellOutput(place, { resultLabel: () => '' })
  for (let i = 0; i < 100; i++) output.add(out(`${i} ${'x'.repeat(1_000)}\n`))
  output.hurry()
  await output.finish()
  assert.match(place.text, /\n99 x+\n\n\[\d+ characters came faster/)
  assert.ok(place.text.length < limits.consoleLastCharsMax * 1.5)
})
