import { type Probe, probe } from './probe.ts'

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

const self: { again?: () => unknown } = {}
self.again = () => self

const bound = function (this: { x: number }, a: number, b: number): number {
  return this.x + a + b
}.bind({ x: 1 }, 2)

const withProperties = Object.assign((x: number): number => x + withProperties.offset, {
  offset: 100,
})

export const functionProbes: readonly Probe[] = [
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
  probe('a bound function keeps what it is bound to', bound, (f) => f(3), 6),
  probe('a function keeps its own properties', withProperties, (f) => [f(1), f.offset], [101, 100]),
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
  probe(
    'cycles through captured values close again',
    self.again,
    (f) => (f() as { again: unknown }).again === f,
    true,
  ),
]
