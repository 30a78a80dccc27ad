import process from 'node:process'

/**
 * Node warns once that the way in which cells import is experimental. Users of cells have not
 * chosen it, and can do nothing about it: they are not told.
 */
export class LoaderWarning implements Disposable {
  readonly #emitWarning = process.emitWarning

  constructor() {
    const original = this.#emitWarning
    process.emitWarning = ((warning: unknown, ...rest: never[]) => {
      if (String(warning).startsWith('vm.USE_MAIN_CONTEXT_DEFAULT_LOADER')) return
      original.call(process, warning as string, ...rest)
    }) as typeof process.emitWarning
  }

  [Symbol.dispose](): void {
    process.emitWarning = this.#emitWarning
  }
}
