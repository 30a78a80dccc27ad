import type { IparallelError } from '../base/mod.ts'

/** Part of a map's options: `E` is `true` where errors take the place of items. */
export interface ReturnExceptions<E extends boolean> {
  readonly returnExceptions?: E
}

/** An item of a map's result: what the function returns, or an error where errors are returned. */
export type MapItem<R, E extends boolean> = Awaited<R> | (E extends true ? IparallelError : never)
