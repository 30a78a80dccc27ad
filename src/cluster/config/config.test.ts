import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Config } from './config.ts'
import type { OptionValue } from './option.ts'
import { optionTable } from './option-table.ts'
import { checkText, checkValue } from './option-value.ts'

const place = { source: 'x.toml', line: 7 }

function configOf(name: string, value: unknown): Config {
  const config = new Config()
  config.add([{ name, value, place }])
  return config
}

test('every key stands once in the table', () => {
  const keys = optionTable.map(({ key }) => key)
  assert.equal(new Set(keys).size, keys.length)
})

test('no flag has two meanings in one command', () => {
  const seen = new Map<string, string>()
  for (const { key, commands, flags = [], shortcuts = {} } of optionTable) {
    for (const command of commands) {
      for (const flag of [...flags, ...Object.keys(shortcuts)]) {
        const name = `${command} ${flag}`
        assert.equal(seen.get(name), undefined, `${name}: ${seen.get(name)} and ${key}`)
        seen.set(name, key)
      }
    }
  }
})

for (const option of optionTable.filter((each) => each.default !== undefined)) {
  test(`the default of ${option.key} is a value that it takes`, () => {
    const fallback = option.default as OptionValue
    if (option.key === 'IPController.registration_timeout') assert.equal(fallback, 0)
    assert.deepEqual(checkValue(option, fallback, place), fallback)
  })
}

test('a later setting wins, and knows where it comes from', () => {
  const config = configOf('IPController.ip', 'a')
  config.add([{ name: 'IPController.ip', value: 'b', place: { source: 'y' } }])
  assert.equal(config.text('IPController.ip'), 'b')
  assert.deepEqual(config.place('IPController.ip'), { source: 'y' })
})

test('None takes a setting back', () => {
  const config = configOf('TaskScheduler.hwm', 5)
  config.add([{ name: 'TaskScheduler.hwm', value: null, place }])
  assert.equal(config.number('TaskScheduler.hwm'), 1)
})

const oldNames: readonly (readonly [old: string, current: string])[] = [
  ['HubFactory.ip', 'IPController.ip'],
  ['IPControllerApp.reuse_files', 'IPController.reuse_files'],
  ['EngineFactory.timeout', 'IPEngine.timeout'],
  ['IPEngineApp.url_file', 'IPEngine.url_file'],
  ['IPClusterEngines.n', 'Cluster.n'],
]
for (const [old, current] of oldNames) {
  test(`${old} of old configurations is ${current}, with a word about it`, () => {
    const value = { ip: 'x', reuse_files: true, timeout: 1, url_file: 'x', n: 2 }[
      old.split('.')[1]!
    ]
    const config = configOf(old, value)
    assert.equal(config.value(current), value)
    assert.match(
      config.warnings[0]!,
      new RegExp(`^x.toml:7: ${old} is an old name; it is ${current}`),
    )
  })
}

test('a key of a base class can be set through the class of the program', () => {
  assert.equal(
    configOf('IPEngine.log_to_file', true).flag('BaseParallelApplication.log_to_file'),
    true,
  )
})

test('camelCase names are understood', () => {
  assert.equal(configOf('IPEngine.urlFile', 'x').text('IPEngine.url_file'), 'x')
})

test('an unknown key is warned of, with the nearest known one', () => {
  assert.deepEqual(configOf('IPController.pi', 1).warnings, [
    'x.toml:7: there is no option IPController.pi; did you mean IPController.ip?',
  ])
})

test('the version number in a JSON file of Python is no unknown key', () => {
  assert.deepEqual(configOf('version', 1).warnings, [])
})

test('a key of a launcher that is not there is warned of with the reason', () => {
  assert.match(configOf('SlurmLauncher.qos', 'x').warnings[0]!, /has no effect: this launcher/)
})

test('what is not supported is refused, not ignored', () => {
  assert.throws(() => configOf('IPEngine.use_mpi', true), {
    code: 'IPAR_UNSUPPORTED',
    message: /^x\.toml:7: IPEngine\.use_mpi is not supported: MPI/,
  })
})

test('what is not supported may be set to its default', () => {
  assert.deepEqual(configOf('IPEngine.use_mpi', false).warnings, [])
})

const wrong: readonly (readonly [name: string, value: unknown, expected: string])[] = [
  ['IPController.ip', 5, 'text'],
  ['IPController.reuse_files', 'yes', 'true or false'],
  ['TaskScheduler.hwm', -1, 'a whole number of at least 0'],
  ['TaskScheduler.hwm', 1.5, 'a whole number of at least 0'],
  ['IPEngine.timeout', Number.NaN, 'a number of at least 0.1'],
  ['TaskScheduler.scheme_name', 'best', 'one of leastload, lru, plainrandom'],
  ['Application.log_level', 'LOUD', 'a number from 0 to 50 or one of DEBUG'],
  ['Cluster.controller_args', 'x', 'a list of texts'],
  ['IPController.ports', '10-5', 'port numbers'],
  ['IPController.ports', [0], 'port numbers'],
  ['IPController.ports', [1.5], 'port numbers'],
  ['IPController.ports', '70000', 'port numbers'],
  ['BaseLauncher.environment', ['a'], 'a table of texts'],
]
for (const [name, value, expected] of wrong) {
  test(`${name} = ${JSON.stringify(value)} is refused, naming file, line and what was expected`, () => {
    assert.throws(
      () => configOf(name, value),
      (error: Error) => {
        assert.ok(error.message.startsWith(`x.toml:7: ${name} is `), error.message)
        assert.ok(error.message.includes(`, expected ${expected}`), error.message)
        return true
      },
    )
  })
}

const ports: readonly (readonly [given: unknown, expected: readonly number[]])[] = [
  ['10101-10103,10110', [10101, 10102, 10103, 10110]],
  [' 1 - 2 , 5', [1, 2, 5]],
  ['', []],
  [10101, [10101]],
  [
    [10101, '10103-10104'],
    [10101, 10103, 10104],
  ],
]
for (const [given, expected] of ports) {
  test(`ports can be written as ${JSON.stringify(given)}`, () => {
    assert.deepEqual(configOf('IPController.ports', given).numbers('IPController.ports'), expected)
  })
}

test('a class of Python can be named by its path', () => {
  const config = configOf('IPController.db_class', 'ipyparallel.controller.dictdb.NoDB')
  assert.equal(config.text('IPController.db_class'), 'nodb')
})

test('texts of the command line become the types of their options', () => {
  const read = (key: string, text: string) =>
    checkText(optionTable.find((option) => option.key === key)!, text, place)
  assert.equal(read('TaskScheduler.hwm', '3'), 3)
  assert.equal(read('IPController.reuse_files', 'True'), true)
  assert.deepEqual(read('Cluster.controller_args', "['--hwm=2', '--debug']"), [
    '--hwm=2',
    '--debug',
  ])
  assert.deepEqual(read('Cluster.controller_args', '--hwm=2 --debug'), ['--hwm=2', '--debug'])
  assert.deepEqual(read('BaseLauncher.environment', "{'A': 'b'}"), { A: 'b' })
})

test('quotes that a shell left around a value are none of it', () => {
  const read = (key: string, text: string) =>
    checkText(optionTable.find((option) => option.key === key)!, text, place)
  assert.equal(read('IPController.ip', "'*'"), '*')
  assert.equal(read('Session.key', "''"), '')
  assert.equal(read('TaskScheduler.hwm', '"3"'), 3)
  assert.equal(read('IPEngine.startup_command', "'a' + 'b'"), "'a' + 'b'")
})
