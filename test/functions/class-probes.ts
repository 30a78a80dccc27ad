import { EventEmitter } from 'node:events'
import { type Probe, probe } from './probe.ts'

const three = 3

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

export const classProbes: readonly Probe[] = [
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
]
