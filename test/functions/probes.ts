import { EventEmitter } from 'node:events'
import fs, { existsSync } from 'node:fs'
import * as path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as helpers from './probe-helpers.ts'
import { add, counter, type Shape } from './probe-helpers.ts'

/** Something that is sent, and what its receiver does with it. */
export interface Probe {
  /** A sentence of behaviour. */
  readonly title: string
  readonly sent: unknown
  /** Runs where the value arrived. */
  readonly use: (arrived: never) => unknown
  /** What `use` returns, or resolves to. */
  readonly expected: unknown
}

function probe<T>(title: string, sent: T, use: (arrived: T) => unknown, expected: unknown): Probe {
  return { title, sent, use, expected }
}

const three = 3
const table = new Float64Array(1_000).fill(2)
const settings = { rate: 10, nested: { list: [1, 2, 3] }, when: new Date(5) }
let mutable = 1
mutable += 1

function square(x: number): number {
  return x * x
}
const cube = (x: number): number => square(x) * x

function isEven(n: number): boolean {
  return n === 0 || isOdd(n - 1)
}
function isOdd(n: number): boolean {
  return n !== 0 && isEven(n - 1)
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1)
}

class Animal {
  static population = 7
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  get loud(): string {
    return this.name.toUpperCase()
  }
  describe(): string {
    return `${this.name} of ${Animal.population}`
  }
  static create(name: string): Animal {
    return new Animal(name)
  }
}

class Dog extends Animal {
  override describe(): string {
    return `dog ${super.describe()}`
  }
}

class Account {
  static #opened = 0
  #balance = 0
  static {
    Account.#opened = 10
  }
  deposit(amount: number): this {
    this.#balance += this.#rounded(amount)
    return this
  }
  #rounded(amount: number): number {
    return Math.round(amount)
  }
  get balance(): number {
    return this.#balance
  }
  static opened(): number {
    return ++Account.#opened
  }
}

const key = Symbol.for('iparallel.probe')
class Keyed {
  [key](): string {
    return 'by symbol'
  }
  *[Symbol.iterator](): Generator<number> {
    yield* [three, 4]
  }
}

function withMixin(Base: typeof Animal): typeof Animal {
  return class extends Base {
    override describe(): string {
      return `mixed ${super.describe()}`
    }
  }
}
class Mixed extends withMixin(Animal) {}

class NotFound extends Error {
  override readonly name = 'NotFound'
  constructor(what: string) {
    super(`${what} not found`)
  }
}

class Bus extends EventEmitter {
  greet(): string {
    let heard = ''
    this.on('hello', (text: string) => (heard = text))
    this.emit('hello', 'hi')
    return heard
  }
}

const methods = {
  factor: three,
  times(x: number): number {
    return x * this.factor
  },
  get tripled(): number {
    return this.factor * three
  },
  async later(x: number): Promise<number> {
    return x + three
  },
  *upTo(n: number): Generator<number> {
    for (let i = 0; i < n; i++) yield i * three
  },
  ['computed name'](): string {
    return 'computed'
  },
}

function makeCounter(start: number): () => number {
  let count = start
  return () => ++count
}

function makeAdder(a: number) {
  return (b: number) => (c: number) => a + b + c
}

const Color = { Red: 'red', Blue: 'blue' } as const

const self: { again?: () => unknown } = {}
self.again = () => self

const bound = function (this: { x: number }, a: number, b: number): number {
  return this.x + a + b
}.bind({ x: 1 }, 2)

const withProperties = Object.assign((x: number): number => x + withProperties.offset, {
  offset: 100,
})

export const probes: readonly Probe[] = [
  probe(
    'an arrow function without captures runs',
    (x: number) => x * 2,
    (f) => f(21),
    42,
  ),
  probe(
    'a captured constant travels',
    (x: number) => x * three,
    (f) => f(2),
    6,
  ),
  probe(
    'a captured variable travels with its value at the time',
    () => mutable,
    (f) => f(),
    2,
  ),
  probe(
    'a captured function travels',
    (x: number) => cube(x),
    (f) => f(2),
    8,
  ),
  probe(
    'a captured object keeps its types',
    () => settings,
    (f) => f(),
    settings,
  ),
  probe(
    'a captured typed array travels',
    () => table.reduce((a, b) => a + b),
    (f) => f(),
    2_000,
  ),
  probe('a function declaration calls itself', factorial, (f) => f(5), 120),
  probe(
    'a named function expression calls itself',
    function down(n: number): number {
      return n === 0 ? three : down(n - 1)
    },
    (f) => f(4),
    3,
  ),
  probe('functions that call each other travel together', isEven, (f) => f(10), true),
  probe('a closure of a closure keeps every level', makeAdder(1)(2), (f) => f(3), 6),
  probe(
    'a closure starts at the count it had, and counts on',
    makeCounter(5),
    (f) => [f(), f()],
    [6, 7],
  ),
  probe(
    'default parameters see captured values',
    (a = three, b = square(a)) => a + b,
    (f) => f(),
    12,
  ),
  probe(
    'destructured parameters and rest arguments work',
    ({ a, ...others }: Record<string, number>, [b = three]: number[], ...rest: number[]) => [
      a,
      others,
      b,
      rest,
    ],
    (f) => f({ a: 1, c: 2 }, [], 4, 5),
    [1, { c: 2 }, 3, [4, 5]],
  ),
  probe(
    'an async function works',
    async (x: number) => (await Promise.resolve(x)) + three,
    (f) => f(1),
    4,
  ),
  probe(
    'a generator function works',
    function* (n: number) {
      for (let i = 0; i < n; i++) yield i + three
    },
    (f) => [...f(3)],
    [3, 4, 5],
  ),
  probe(
    'an async generator function works',
    async function* (n: number) {
      for (let i = 0; i < n; i++) yield Promise.resolve(i)
    },
    async (f) => {
      const seen: number[] = []
      for await (const value of f(3)) seen.push(value)
      return seen
    },
    [0, 1, 2],
  ),
  probe(
    'a method works with the object it is called on',
    methods.times,
    (f) => f.call({ ...methods, factor: 5 } as never, 2),
    10,
  ),
  probe(
    'an object with methods travels',
    { factor: 4, times: methods.times },
    (o) => o.times.call(o as never, 2),
    8,
  ),
  probe('an async method works', methods.later, (f) => f(1), 4),
  probe('a generator method works', methods.upTo, (f) => [...f(3)], [0, 3, 6]),
  probe('a method with a computed name works', methods['computed name'], (f) => f(), 'computed'),
  probe(
    'a getter works',
    Object.getOwnPropertyDescriptor(methods, 'tripled')!.get!,
    (f) => f.call({ factor: 2 }),
    6,
  ),
  probe('a class travels', Animal, (C) => new C('cat').loud, 'CAT'),
  probe(
    'a class keeps its static fields and methods',
    Animal,
    (C) => C.create('cow').describe(),
    'cow of 7',
  ),
  probe('a class brings its superclass', Dog, (C) => new C('rex').describe(), 'dog rex of 7'),
  probe(
    'a subclass is an instance of the superclass it came with',
    [Dog, Animal] as const,
    ([D, A]) => new D('x') instanceof A,
    true,
  ),
  probe(
    'a class keeps private members',
    Account,
    (C) => new C().deposit(1.4).deposit(2).balance,
    3,
  ),
  probe('a class keeps private static members', Account, (C) => C.opened(), 11),
  probe(
    'a class keeps members with computed names',
    Keyed,
    (C) => [...new C(), new C()[Symbol.for('iparallel.probe') as typeof key]()],
    [3, 4, 'by symbol'],
  ),
  probe(
    'a class may extend the result of a function',
    Mixed,
    (C) => new C('m').describe(),
    'mixed m of 7',
  ),
  probe(
    'a class may extend Error',
    NotFound,
    (C) => [new C('it').message, new C('it') instanceof Error],
    ['it not found', true],
  ),
  probe('a class may extend a class of Node', Bus, (C) => new C().greet(), 'hi'),
  probe('an instance of a class travels', new Dog('rex'), (dog) => [dog.describe(), dog.loud], [
    'dog rex of 7',
    'REX',
  ]),
  probe(
    'captured instances keep their class',
    () => new Dog('a').loud,
    (f) => f(),
    'A',
  ),
  probe(
    'a captured class can be told by instanceof',
    (x: unknown) => x instanceof Animal,
    (f) => f({}),
    false,
  ),
  probe(
    'an error class can be thrown and caught by the function',
    () => {
      try {
        throw new NotFound('x')
      } catch (error) {
        return error instanceof NotFound
      }
    },
    (f) => f(),
    true,
  ),
  probe('a bound function keeps what it is bound to', bound, (f) => f(3), 6),
  probe('a function keeps its own properties', withProperties, (f) => [f(1), f.offset], [101, 100]),
  probe('a builtin function is found again', Math.hypot, (f) => [f(3, 4), f === Math.hypot], [
    5,
    true,
  ]),
  probe(
    'a method of a builtin is found again',
    Array.prototype.slice,
    (f) => f.call([1, 2, 3] as never, 1),
    [2, 3],
  ),
  probe(
    'captured builtins under other names are found again',
    (() => {
      const { max, min } = Math
      const write = JSON.stringify
      return (xs: number[]) => write([max(...xs), min(...xs)])
    })(),
    (f) => f([1, 2, 3]),
    '[3,1]',
  ),
  probe(
    'a captured builtin object is found again',
    (() => {
      const maths = Math
      return () => maths.sqrt(16)
    })(),
    (f) => f(),
    4,
  ),
  probe(
    'globals are those of the receiver',
    () => typeof setTimeout + typeof structuredClone,
    (f) => f(),
    'functionfunction',
  ),
  probe(
    'a named import of a builtin module works',
    () => existsSync(path.sep),
    (f) => f(),
    true,
  ),
  probe(
    'a default import of a builtin module works',
    () => fs.existsSync('/no/such/file'),
    (f) => f(),
    false,
  ),
  probe(
    'a namespace import of a builtin module works',
    () => path.basename('/a/b.c'),
    (f) => f(),
    'b.c',
  ),
  probe(
    'an import under another name works',
    async () => {
      await sleep(1)
      return 'awake'
    },
    (f) => f(),
    'awake',
  ),
  probe(
    "a named import of the user's own module works",
    (x: number) => add(x, 1),
    (f) => f(2),
    3,
  ),
  probe(
    "a namespace import of the user's own module works",
    () => helpers.add(1, helpers.one),
    (f) => f(),
    2,
  ),
  probe(
    'an imported function brings what its module holds',
    () => counter(),
    (f) => [f(), f()],
    [11, 12],
  ),
  probe(
    'a dynamic import of a builtin module works',
    async () => (await import('node:path')).extname('a.b'),
    (f) => f(),
    '.b',
  ),
  probe(
    'a captured table of constants travels',
    (x: number): Shape => ({ color: Color.Blue, x }),
    (f) => f(1),
    { color: 'blue', x: 1 },
  ),
  probe(
    'cycles through captured values close again',
    self.again,
    (f) => (f() as { again: unknown }).again === f,
    true,
  ),
  probe(
    'functions within data share what they captured',
    (() => {
      const shared = { hits: 0 }
      return { hit: () => ++shared.hits, read: () => shared.hits }
    })(),
    (o) => [o.hit(), o.hit(), o.read()],
    [1, 2, 2],
  ),
  probe('a function keeps its name', cube, (f) => f.name, 'cube'),
  probe(
    'a function keeps its length',
    (a: number, b: number) => a + b,
    (f) => f.length,
    2,
  ),
  probe(
    'regular expressions, templates and symbols in the source work',
    (x: string) => {
      const match = /(?<word>\p{L}+)/u.exec(x)
      return `${match?.groups?.['word']}!${String(Symbol.for('s').description)}`
    },
    (f) => f('12 ab'),
    'ab!s',
  ),
  probe(
    'a function that returns functions works',
    (x: number) => [() => x, () => x * three],
    (f) => f(2).map((g) => g()),
    [2, 6],
  ),
  probe(
    'optional chaining, nullish values and labels work',
    (o?: { a?: { b?: number } }) => {
      let steps = 0
      outer: for (let i = 0; i < three; i++) {
        for (let j = 0; ; j++) {
          steps++
          if (j === i) continue outer
        }
      }
      return [o?.a?.b ?? three, steps]
    },
    (f) => f({}),
    [3, 6],
  ),
  probe(
    'a catch binding and a block variable hide captured ones',
    () => {
      const seen: unknown[] = [three]
      {
        const three = 'inner'
        seen.push(three)
      }
      try {
        throw 'thrown'
      } catch (three) {
        seen.push(three)
      }
      return seen
    },
    (f) => f(),
    [3, 'inner', 'thrown'],
  ),
]
