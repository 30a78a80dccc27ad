import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from '../base/mod.ts'
import { Codec } from './codec.ts'
import { UnserializableError } from './errors.ts'
import { capturing, fakeFunctions } from './fake-functions.test.ts'

const codec = new Codec(fakeFunctions)

function refusal(value: unknown): UnserializableError {
  try {
    codec.encode(value)
  } catch (thrown) {
    assert.ok(thrown instanceof UnserializableError, String(thrown))
    assert.equal(thrown.code, 'IPAR_UNSERIALIZABLE')
    assert.equal(thrown.retry, 'never')
    return thrown
  }
  throw new Error('it was encoded')
}

class Later {
  #result = 1
  // biome-ignore lint/suspicious/noThenProperty: what this is about
  then(done: (result: number) => void): void {
    done(this.#result)
  }
}

class Secret {
  #hidden = 1
  get shown(): number {
    return this.#hidden
  }
}

const refused: [what: string, value: unknown, reason: RegExp][] = [
  ['a Promise', Promise.resolve(1), /Promise; await it/],
  ['a WeakMap', new WeakMap(), /WeakMap/],
  ['a WeakSet', new WeakSet(), /WeakSet/],
  ['a WeakRef', new WeakRef({}), /WeakRef/],
  ['a local symbol', Symbol('mine'), /Symbol\(mine\); use Symbol\.for/],
  ['a Proxy of an object', new Proxy({}, {}), /Proxy/],
  ['a Proxy of an array', new Proxy([], {}), /Proxy/],
  ['a running generator', (function* () {})(), /running generator/],
  ['an iterator', [1].values(), /running iterator/],
  ['shared memory', new SharedArrayBuffer(8), /SharedArrayBuffer/],
  ['a native function', Math.max, /native code/],
  [
    'an instance of a class of the platform',
    new TextDecoder(),
    /instance of class TextDecoder|native/,
  ],
  ['an instance with private members', new Secret(), /class Secret, which has #private members$/],
  ['what can be awaited', new Later(), /class Later, which has #private members; await it first/],
  [
    'an object whose prototype is no class',
    Object.create({ a: 1 }),
    /prototype is an object of its own/,
  ],
]

for (const [what, value, reason] of refused) {
  test(`${what} is refused, with the reason`, () => {
    assert.match(refusal(value).reason, reason)
  })
}

test('a getter that throws is reported with its place and its cause', () => {
  const cause = new Error('no')
  const value = {
    list: [
      {
        get broken(): never {
          throw cause
        },
      },
    ],
  }
  const error = refusal(value)
  assert.equal(error.path, 'value.list[0].broken')
  assert.equal(error.cause, cause)
})

test('the path leads through properties, elements, maps, sets, errors and captures', () => {
  const bad = Promise.resolve()
  const cases: [unknown, string][] = [
    [bad, 'value'],
    [{ settings: { socket: bad } }, 'value.settings.socket'],
    [[0, [bad]], 'value[1][0]'],
    [{ 'two words': bad }, 'value["two words"]'],
    [new Map([['key', bad]]), 'value.get("key")'],
    [new Map([[3, { x: bad }]]), 'value.get(3).x'],
    [new Set([1, bad]), 'value[1]'],
    [new Error('e', { cause: { by: bad } }), 'value.cause.by'],
    [{ f: capturing(() => 1, { db: { handle: bad } }) }, 'value.f captures db.handle'],
  ]
  for (const [value, path] of cases) assert.equal(refusal(value).path, path)
})

test('the path begins with what the caller calls the value', () => {
  assert.throws(() => codec.encode([{ a: Symbol() }], 'args'), { path: 'args[0].a' })
})

test('the path of what comes after an object is not within it', () => {
  assert.equal(refusal([{ deep: { er: [1, 2, 3] } }, 5, Symbol()]).path, 'value[2]')
})

test('a value may nest as deep as the limit, and no deeper', () => {
  const nest = (levels: number): unknown => {
    let value: unknown = 'core'
    for (let i = 0; i < levels; i++) value = { value }
    return value
  }
  const { value } = codec.decode(codec.encode(nest(limits.valueNestingMax)))
  assert.deepEqual(Object.keys(value as object), ['value'])
  const { reason, message, path } = refusal(nest(limits.valueNestingMax + 1))
  assert.match(reason, /nested more than/)
  assert.match(message, /^value\.value\..* … .*\.value cannot travel/)
  assert.ok(message.length < 300 && path.length > 4000)
})

test('after a refusal the codec goes on working', () => {
  refusal({ a: [Symbol()] })
  assert.deepEqual(codec.decode(codec.encode({ a: 1 })).value, { a: 1 })
})
