import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCommandLine } from './arguments.ts'
import type { Command } from './option.ts'

function read(command: Command, ...args: string[]): Record<string, unknown> {
  const { options } = parseCommandLine(command, args)
  return Object.fromEntries(options.map(({ key, value }) => [key, value]))
}

const same: readonly (readonly string[])[] = [
  ['-n', '4'],
  ['-n4'],
  ['-n=4'],
  ['--n=4'],
  ['--n', '4'],
  ['--Cluster.n=4'],
  ['--Cluster.n', '4'],
]
for (const args of same) {
  test(`'${args.join(' ')}' asks for four engines`, () => {
    assert.deepEqual(read('start', ...args), { 'Cluster.n': 4 })
  })
}

test('values may follow an equals sign or a space', () => {
  const expected = { 'BaseIPythonApplication.profile': 'x', 'IPController.ip': '*' }
  assert.deepEqual(read('controller', '--profile=x', '--ip', '*'), expected)
})

test('a flag needs no value, takes one, and can be negated', () => {
  const key = 'BaseParallelApplication.log_to_file'
  assert.deepEqual(read('engine', '--log-to-file'), { [key]: true })
  assert.deepEqual(read('engine', '--log-to-file=False'), { [key]: false })
  assert.deepEqual(read('engine', '--no-log-to-file'), { [key]: false })
})

test('a shortcut stands for a value', () => {
  assert.deepEqual(read('controller', '--debug', '--nodb'), {
    'Application.log_level': 10,
    'IPController.db_class': 'nodb',
  })
})

test('--secure takes back the empty key of a file', () => {
  assert.deepEqual(read('controller', '--secure'), { 'Session.key': null })
  assert.deepEqual(read('controller', '--no-secure'), { 'Session.key': '' })
})

test('the same flag means another key in another command', () => {
  assert.deepEqual(read('start', '--ip=x'), { 'Cluster.controller_ip': 'x' })
  assert.deepEqual(read('stop', '--all'), { 'IPClusterStop.all_cluster_ids': true })
  assert.deepEqual(read('clean', '--all'), { 'IPClusterClean.all_profiles': true })
})

test('old names of keys work on the command line, too', () => {
  assert.deepEqual(read('engine', '--IPEngineApp.url_file=x'), { 'IPEngine.url_file': 'x' })
})

test('what follows -- is left alone', () => {
  const line = parseCommandLine('start', ['-n', '2', '--', '--hwm=5', 'x'])
  assert.deepEqual(line.rest, ['--hwm=5', 'x'])
  assert.deepEqual(line.words, [])
})

test('words before -- are kept in order', () => {
  assert.deepEqual(parseCommandLine('stop', ['a', '--debug', 'b']).words, ['a', 'b'])
})

test('--help, -h and --version are switches', () => {
  assert.ok(parseCommandLine('list', ['--help']).switches.has('help'))
  assert.ok(parseCommandLine('list', ['-h']).switches.has('help'))
  assert.ok(parseCommandLine('list', ['--version']).switches.has('version'))
})

test('a negative number is a value, not an option', () => {
  assert.throws(() => read('engine', '--id', '-1'), /--id is "-1", expected a whole number/)
})

const refused: readonly (readonly [Command, string, RegExp])[] = [
  ['controller', '--pong=3', /no option --pong; did you mean --ping\?/],
  ['controller', '-n4', /no option -n$/],
  ['engines', '--ip=x', /no option --ip$/],
  ['start', '--reuse', /no option --reuse; ipcontroller has one.*ipcluster start -- --reuse$/],
  ['start', '-n', /-n needs a value: -n …/],
  ['start', '--profile --debug', /--profile needs a value/],
  ['start', '-n 0', /-n is "0", expected a whole number from 1/],
  ['start', '-n x', /-n is "x", expected a whole number from 1/],
  ['start', '-n 2.5', /-n is "2.5", expected a whole number/],
  ['controller', '--IPController.pi=3', /did you mean --IPController\.ip\?/],
  ['controller', '--IPControler.iip=3', /did you mean --IPController\.ip\?/],
  ['controller', '--SSHLauncher.user=x', /--SSHLauncher\.user is not supported/],
  ['controller', '--ports=1-x', /--ports is "1-x", expected port numbers/],
  ['controller', '--debug=maybe --reuse=maybe', /--reuse is "maybe", expected true or false/],
]
for (const [command, args, message] of refused) {
  test(`'${command} ${args}' is refused: ${message.source}`, () => {
    assert.throws(() => read(command, ...args.split(' ')), message)
  })
}
