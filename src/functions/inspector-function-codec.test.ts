import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { Script } from 'node:vm'
import { Codec, UnserializableError } from '../serialize/mod.ts'
import { inspectorFunctionCodec } from './mod.ts'

const codec = new Codec(inspectorFunctionCodec())
/** Of another process, which has no classes of this one. */
const elsewhere = new Codec(inspectorFunctionCodec())

function there<T>(value: T): T {
  return elsewhere.decode(codec.encode(value)).value as T
}

function evaluate<T>(code: string): T {
  return new Script(code).runInThisContext() as T
}

const socket = new Socket()
const promise = Promise.resolve(1)
const deep = { settings: { socket } }
const _Account_balance = new WeakMap<object, number>()
const local = Symbol('local')
const proxy = new Proxy({}, {})

class Guarded {
  #secret = 1
  reveal(): number {
    return this.#secret
  }
}
const guarded = new Guarded()

class Loud extends EventEmitter {}

class Base {
  greet(): string {
    return 'base'
  }
}
class Derived extends Base {
  override greet(): string {
    return `derived ${super.greet()}`
  }
}

const arrows = function (this: unknown, ..._args: unknown[]) {
  return {
    this: () => this,
    // biome-ignore lint/complexity/noArguments: what this is about
    arguments: () => arguments.length,
    target: () => new.target,
  }
}.call({}, 1)

const refused: [what: string, value: unknown, path: string, reason: RegExp][] = [
  ['an arrow function that uses the `this` around it', arrows.this, 'value', /`this` around it/],
  [
    'an arrow function that uses outer `arguments`',
    arrows.arguments,
    'value',
    /`arguments` around/,
  ],
  [
    'an arrow function that uses outer `new.target`',
    arrows.target,
    'value',
    /`new\.target` around/,
  ],
  ['a method that uses `super`', Derived.prototype.greet, 'value', /uses `super`; send its class/],
  [
    'a method that uses #private members',
    Guarded.prototype.reveal,
    'value',
    /#private.*send its class/,
  ],
  ['a function that uses `import.meta`', () => import.meta.url, 'value', /import\.meta/],
  [
    'a function that calls eval directly',
    // biome-ignore lint/security/noGlobalEval: what this is about
    (x: string) => eval(x),
    'value',
    /calls eval\(\) directly/,
  ],
  ['a Proxy of a function', new Proxy(() => 1, {}), 'value', /Proxy/],
  ['a capture that is a Promise', () => promise, 'value captures promise', /Promise; await it/],
  ['a capture that is a Proxy', () => proxy, 'value captures proxy', /Proxy/],
  ['a capture that is a local symbol', () => local, 'value captures local', /Symbol\.for/],
  [
    'a capture that is a handle',
    () => deep,
    'value captures deep.settings.socket',
    /class Socket, which belongs/,
  ],
  [
    'a capture with #private members',
    () => guarded,
    'value captures guarded',
    /Guarded, which has #private/,
  ],
  [
    'what a compiler made of #private members',
    () => _Account_balance,
    'value captures _Account_balance',
    /ES2022/,
  ],
  ['a capture of a capture', [() => () => promise][0], 'value captures promise', /Promise/],
  [
    'an instance of a class of Node',
    new EventEmitter(),
    'value',
    /EventEmitter, which belongs to the platform/,
  ],
  [
    'an instance of a class that extends one of Node',
    { a: [new Loud()] },
    'value.a[0]',
    /Loud, which extends EventEmitter/,
  ],
  [
    'a capture within a class',
    class {
      m() {
        return promise
      }
    },
    'value captures promise',
    /Promise/,
  ],
]

for (const [what, value, path, reason] of refused) {
  test(`${what} is refused, saying where and why`, () => {
    assert.throws(
      () => codec.encode(value),
      (error) => {
        assert.ok(error instanceof UnserializableError, String(error))
        assert.equal(error.path, path)
        assert.match(error.reason, reason)
        return true
      },
    )
  })
}

test('a class made by assigning to a prototype is refused with the remedy', () => {
  const Old = evaluate<() => void>(
    '(function () { function Old() {} Old.prototype.m = function () {}; return Old })()',
  )
  assert.throws(() => codec.encode(Old), /compile classes to ES2022 or newer/)
})

test('a computed field, whose name only instances know, is refused', () => {
  const name = `x${Math.random()}`
  class Odd {
    [name] = 1
  }
  assert.throws(() => codec.encode(Odd), /member \[name\] has a name that cannot be told/)
})

test('sloppy functions stay sloppy, strict ones strict', () => {
  const sloppy = evaluate<() => boolean>('(function () { return this === globalThis })')
  const strict = evaluate<() => boolean>(
    '(function () { "use strict"; return this === undefined })',
  )
  const inModule = function (this: unknown): boolean {
    return this === undefined
  }
  assert.deepEqual([there(sloppy)(), there(strict)(), there(inModule)()], [true, true, true])
})

test('code that is only valid without strict mode travels', () => {
  assert.equal(there(evaluate<() => number>('(() => { var let = 010; return let })'))(), 8)
})

test('names that no scope has are left to the namespace of the receiver', () => {
  const uses = evaluate<() => number>('(() => iparallelTestVariable + 1)')
  const arrived = there(uses)
  assert.throws(arrived, ReferenceError)
  const namespace = globalThis as { iparallelTestVariable?: number }
  namespace.iparallelTestVariable = 41
  assert.equal(arrived(), 42)
  delete namespace.iparallelTestVariable
})

test('captured variables of two arrivals are apart', () => {
  let count = 0
  const next = (): number => ++count
  const frames = codec.encode(next)
  const first = codec.decode(frames).value as typeof next
  const second = codec.decode(frames).value as typeof next
  assert.deepEqual([first(), first(), second(), count], [1, 2, 1, 0])
})

test('only a function that could tell one call from another is made anew for each', () => {
  const factor = 3
  const helper = (x: number): number => x * factor
  const list: number[] = []
  let count = 0
  const isStateless = (fn: unknown): boolean => codec.decode(codec.encode(fn)).isStateless
  assert.ok(isStateless((x: number) => helper(x) + Math.sqrt(factor)))
  assert.ok(!isStateless(() => list.push(1)))
  assert.ok(!isStateless(() => count++))
  class Opened {
    static #count = 0
    next(): number {
      return ++Opened.#count
    }
  }
  assert.ok(!isStateless(() => new Opened().next()))
  assert.ok(!isStateless(list.push.bind(list)))
  assert.ok(!isStateless(() => () => ([count] = [1])))
})

test('each sending takes the values of its time', () => {
  let rate = 1
  const read = (): number => rate
  const before = codec.encode(read)
  rate = 2
  const after = codec.encode(read)
  const values = [before, after].map((frames) => (codec.decode(frames).value as typeof read)())
  assert.deepEqual(values, [1, 2])
})

test('a property that is added after the first sending is sent with the next', () => {
  const f: { (): number; extra?: number } = () => 1
  codec.encode(f)
  f.extra = 5
  assert.equal(there(f).extra, 5)
})

test('a variable hides another of the same name further out', () => {
  const value = 'outer'
  const make = () => {
    const value = 'inner'
    return () => value
  }
  assert.deepEqual([there(make())(), value], ['inner', 'outer'])
})

test('a variable may have any name, also __proto__', () => {
  const __proto__ = 'own'
  assert.deepEqual(there(() => [__proto__])(), ['own'])
})

test('a local variable named like a global is captured', () => {
  const process = { pid: 'mine' }
  // biome-ignore lint/suspicious/noShadowRestrictedNames: what this is about
  const Math = { max: () => 'local' }
  assert.deepEqual(there(() => [process.pid, Math.max()])(), ['mine', 'local'])
})

test('what arrived can be sent on', () => {
  const three = 3
  const far = there(there(there((x: number) => x * three)))
  assert.equal(far(2), 6)
})

test('a stack names the function and the line in it', () => {
  const fails = () => {
    throw new Error('here')
  }
  const { stack } = ((): Error => {
    try {
      return there(fails)() as never
    } catch (error) {
      return error as Error
    }
  })()
  assert.match(stack!, /at fails \(applied:fails:2:\d+\)/)
})

test('what Vite makes of imports is recognised', async () => {
  const __vite_ssr_import_0__ = new Proxy({ join }, {})
  const __vite_ssr_dynamic_import__ = () => assert.fail('it travelled')
  const fn = async (): Promise<unknown> => {
    const path = (await (__vite_ssr_dynamic_import__ as (name: string) => unknown)(
      'node:path',
    )) as {
      join: typeof join
    }
    return path.join === __vite_ssr_import_0__.join
  }
  assert.equal(await there(fn)(), true)
})

test('globals, also those that Node loads late, are found again and not copied', () => {
  const values = {
    Headers,
    fetch,
    URL,
    AbortSignal,
    crypto,
    performance,
    console,
    JSON,
    setTimeout,
  }
  const arrived = there(values)
  for (const [name, value] of Object.entries(values)) {
    assert.equal(arrived[name as keyof typeof values], value, name)
  }
})

test('the inspector is not loaded as long as only values are sent', () => {
  const fresh = new Codec({
    ...inspectorFunctionCodec(),
    describe: () => assert.fail('describe was called'),
    describeObject: () => assert.fail('describeObject was called'),
  })
  fresh.encode([{ a: 1, b: [new Date(), new Map(), new Float64Array(5)] }, new Error('e')])
})

test('a global function that calls itself, as cells declare them, takes itself along', (t) => {
  const fn = evaluate<(n: number) => number>(
    '({ fib: (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)) }).fib',
  )
  t.after(() => Reflect.deleteProperty(globalThis, 'fib'))
  Object.assign(globalThis, { fib: fn })
  const bytes = codec.encode(fn)
  Object.assign(globalThis, { fib: () => 1 })
  const copy = codec.decode(bytes).value as typeof fn
  assert.equal(copy(10), 55)
})
