import assert from 'node:assert/strict'
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import type { Output } from '../engine/mod.ts'
import { recordedOutput } from './recorded-output.test.ts'
import { type OutputStreams, Stdio } from './stdio.ts'

interface Setting {
  readonly streams: OutputStreams
  readonly written: string[]
  readonly shown: string[]
  readonly output: Output
  readonly console: Console
}

function setting(): Setting {
  const written: string[] = []
  const stream = () =>
    new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk))
        done()
      },
    })
  const streams = { stdout: stream(), stderr: stream() } as unknown as OutputStreams
  const { output, shown } = recordedOutput()
  return { streams, written, shown, output, console: new Console(streams.stdout, streams.stderr) }
}

test('what is written goes to the output of the request', () => {
  const { streams, written, shown, output } = setting()
  new Stdio(streams).attach(output)
  streams.stdout.write('a')
  streams.stderr.write('b')
  assert.deepEqual(shown, ['stdout a', 'stderr b'])
  assert.deepEqual(written, [])
})

test('the console is taken over with the streams', () => {
  const { streams, shown, output, console } = setting()
  new Stdio(streams).attach(output)
  console.log('a', { b: 1 })
  console.error('c')
  assert.deepEqual(shown, ['stdout a { b: 1 }\n', 'stderr c\n'])
})

test('before the first request everything is as it was', () => {
  const { streams, written } = setting()
  new Stdio(streams)
  streams.stdout.write('a')
  assert.deepEqual(written, ['a'])
})

test('a character that is cut in two arrives whole', () => {
  const { streams, shown, output } = setting()
  new Stdio(streams).attach(output)
  const bytes = Buffer.from('é')
  streams.stdout.write(bytes.subarray(0, 1))
  streams.stdout.write(bytes.subarray(1))
  assert.deepEqual(shown, ['stdout é'])
})

test('text in another encoding is decoded', () => {
  const { streams, shown, output } = setting()
  new Stdio(streams).attach(output)
  streams.stdout.write('6162', 'hex')
  assert.deepEqual(shown, ['stdout ab'])
})

test('whoever waits for a write is called back', async () => {
  const { streams, output } = setting()
  new Stdio(streams).attach(output)
  await new Promise((resolve) => streams.stdout.write('a', resolve))
  await new Promise((resolve) => streams.stdout.write('a', 'utf8', resolve))
})

test('the streams can be had back', () => {
  const { streams, written, shown, output } = setting()
  const stdio = new Stdio(streams)
  stdio.attach(output)
  stdio[Symbol.dispose]()
  streams.stdout.write('a')
  assert.deepEqual([written, shown], [['a'], []])
})
