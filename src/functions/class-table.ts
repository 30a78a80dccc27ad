import { randomUUID } from 'node:crypto'
import type { ClassIdentities } from '../serialize/mod.ts'

type AnyFunction = (...args: never[]) => unknown

/** Sets a class's captured variables. */
type Bind = (captures: Readonly<Record<string, unknown>>) => void

/**
 * Which class is which, here and in other processes, so that `instanceof` holds wherever an
 * instance and its class arrive, together or one after the other. Keeps no class alive.
 */
export class ClassTable implements ClassIdentities {
  readonly #origin = randomUUID()
  readonly #identities = new WeakMap<object, string>()
  readonly #classes = new Map<string, WeakRef<AnyFunction>>()
  readonly #binders = new WeakMap<object, Bind>()
  readonly #gone = new FinalizationRegistry<string>((identity) => {
    if (this.find(identity) === undefined) this.#classes.delete(identity)
  })
  #count = 0

  identityOf(owner: object): string | undefined {
    return this.#identities.get(owner)
  }

  /** The identity of a class that is to travel. */
  identify(owner: AnyFunction): string {
    const known = this.#identities.get(owner)
    if (known !== undefined) return known
    const identity = `${this.#origin}:${++this.#count}`
    this.#set(identity, owner)
    return identity
  }

  find(identity: string): AnyFunction | undefined {
    return this.#classes.get(identity)?.deref()
  }

  /** A class that was made here of what came. */
  arrived(identity: string, owner: AnyFunction, bind: Bind): void {
    this.#set(identity, owner)
    this.#binders.set(owner, bind)
  }

  /** How to give a class that arrived new captured values; those of this process have their own. */
  binderOf(owner: AnyFunction): Bind | undefined {
    return this.#binders.get(owner)
  }

  #set(identity: string, owner: AnyFunction): void {
    this.#identities.set(owner, identity)
    this.#classes.set(identity, new WeakRef(owner))
    this.#gone.register(owner, identity)
  }
}
