import type { Reference } from '../serialize/mod.ts'

/** A function that can travel; it may be async. */
// biome-ignore lint/suspicious/noExplicitAny: a function of any arguments
export type AnyFunction = (...args: any[]) => unknown

/** Arguments as the function takes them, or expressions that the engine evaluates in their place. */
export type Arguments<A extends readonly unknown[]> = { [K in keyof A]: A[K] | Reference }

/** What comes back when the function has run and was awaited. */
export type Returned<F extends AnyFunction> = Awaited<ReturnType<F>>
