import assert from 'node:assert/strict'
import { test } from 'node:test'
import { text, utf8 } from '../base/mod.ts'
import {
  decodeCommand,
  decodeErrorReason,
  decodePing,
  encodeCommand,
  encodeError,
  encodePing,
} from './command.ts'

test('a command keeps its name and data', () => {
  const command = decodeCommand(encodeCommand('SUBSCRIBE', utf8('abc')))
  assert.deepEqual(command, { name: 'SUBSCRIBE', data: utf8('abc') })
})

test('a body without a whole name is not a command', () => {
  for (const body of [[], [0], [0, 65], [5, 82, 69]]) {
    assert.equal(decodeCommand(Uint8Array.from(body)), undefined)
  }
})

test('the time to live of a PING travels in tenths of a second, rounded up and bounded', () => {
  const ttl = (ms: number): number =>
    decodePing(decodeCommand(encodePing(ms, new Uint8Array(0)))!.data)!.ttlMs
  assert.deepEqual([0, 1, 250, 30_000, 1e9].map(ttl), [0, 100, 300, 30_000, 6_553_500])
})

test('the context of a PING is cut to sixteen bytes', () => {
  const data = decodeCommand(encodePing(0, new Uint8Array(40)))!.data
  assert.equal(decodePing(data)!.context.length, 16)
})

test('a PING without its time to live is malformed', () => {
  assert.equal(decodePing(Uint8Array.of(1)), undefined)
})

test('the reason of an ERROR is cut to what fits and printed without control characters', () => {
  const { data } = decodeCommand(encodeError(`no\n\x1b[31m${'x'.repeat(300)}`))!
  assert.equal(data.length, 256)
  assert.ok(decodeErrorReason(data).startsWith('no??[31mxxx'))
  assert.equal(text(data.subarray(1, 3)), 'no')
})
