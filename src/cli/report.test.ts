import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentError } from '../base/mod.ts'
import {
  AlreadyRunningError,
  ConfigError,
  NoControllerError,
  NotRunningError,
  UsageError,
} from '../cluster/mod.ts'
import { errorText, exitCodeOf, styled } from './report.ts'

const codes: readonly (readonly [error: unknown, code: number])[] = [
  [new UsageError('x'), 2],
  [new ConfigError({ source: '--ip' }, 'x'), 2],
  [new ConfigError({ source: 'x.toml', line: 1 }, 'x'), 1],
  [new AlreadyRunningError('x'), 10],
  [new NotRunningError('x'), 11],
  [new NoControllerError('x'), 12],
  [new ArgumentError('x'), 1],
  [new TypeError('x'), 1],
  ['thrown', 1],
]
for (const [error, code] of codes) {
  test(`${error instanceof Error ? error.name : error} (${code}) has its exit code`, () => {
    assert.equal(exitCodeOf(error), code)
  })
}

test('an error of ours is its message, without the stack', () => {
  assert.equal(errorText('ipcluster', new ArgumentError('no'), false), 'ipcluster: no\n')
})

test('with --debug the stack is there, too', () => {
  assert.match(errorText('ipcluster', new ArgumentError('no'), true), /no\n {4}at /)
})

test('an error that nobody foresaw shows its stack', () => {
  assert.match(errorText('ipcluster', new TypeError('no'), false), /TypeError: no\n {4}at /)
})

test('an error of the operating system is its message, without the stack', () => {
  const error = Object.assign(new Error('EROFS: read-only file system, mkdir /x'), {
    code: 'EROFS',
    syscall: 'mkdir',
  })
  assert.equal(errorText('ipcluster', error, false), `ipcluster: ${error.message}\n`)
})

test('a wrong command line points to the help of the command', () => {
  const text = errorText('ipcluster start', new UsageError('no'), false)
  assert.equal(text, "ipcluster: no\nTry 'ipcluster start --help'.\n")
})

test('colours are for terminals that want them', () => {
  const stream = (isTTY: boolean, depth: number) =>
    ({ isTTY, getColorDepth: () => depth }) as unknown as NodeJS.WriteStream
  const before = process.env['NO_COLOR']
  delete process.env['NO_COLOR']
  assert.equal(styled('red', 'x', stream(true, 24)), '\u001b[31mx\u001b[39m')
  assert.equal(styled('red', 'x', stream(true, 1)), 'x')
  assert.equal(styled('red', 'x', stream(false, 24)), 'x')
  process.env['NO_COLOR'] = '1'
  assert.equal(styled('red', 'x', stream(true, 24)), 'x')
  if (before === undefined) delete process.env['NO_COLOR']
  else process.env['NO_COLOR'] = before
})
