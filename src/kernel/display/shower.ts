import { createRequire } from 'node:module'
import type { MimeBundle, Output } from '../../engine/mod.ts'
import { asBundle } from '../display.ts'
import { DisplayHandle, type DisplayOptions } from './display-handle.ts'

/** What showing things needs of the evaluator. */
export interface DisplayHost {
  /** Where what is shown goes now; undefined before anything ran. */
  readonly output: Output | undefined
  /** The request does not end before the promise settles, and fails when it rejects. */
  track(shown: Promise<unknown>): void
}

export interface Shown {
  readonly data: MimeBundle
  /** By media type. */
  readonly metadata?: MimeBundle
}

/** A way to show values of a kind. */
export type Form<T, O extends DisplayOptions = DisplayOptions> = (
  value: T,
  options: O,
) => Shown | Promise<Shown>

/** Display ids are the front end's: they must not collide with those of another process. */
let idPrefix: string | undefined
let lastId = 0

/** Cryptography takes long to load: only those who show something should wait for it. */
function randomPrefix(): string {
  const crypto = createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto')
  return crypto.randomBytes(8).toString('hex')
}

function newId(): string {
  idPrefix ??= randomPrefix()
  return `${idPrefix}-${++lastId}`
}

/** Shows values on the output of the request that runs, in the order in which that was asked for. */
export class Shower {
  readonly #host: DisplayHost
  /** What is still being prepared. */
  #last: Promise<unknown> | undefined

  constructor(host: DisplayHost) {
    this.#host = host
  }

  /** @throws whatever `form` throws at once; later, the request fails with it. */
  show<T, O extends DisplayOptions>(form: Form<T, O>, value: T, options: O): DisplayHandle<T, O> {
    const id = options.id ?? newId()
    const put = (next: T, nextOptions: O): Promise<void> =>
      this.#send(form(next, nextOptions), nextOptions, id)
    return new DisplayHandle(id, put(value, options), (next, changes) => {
      void put(next, { ...options, ...changes, update: true })
    })
  }

  clear(wait: boolean): void {
    const clear = () => this.#host.output?.clearOutput(wait)
    if (this.#last === undefined) clear()
    else void this.#later(Promise.resolve(), clear)
  }

  #send(shown: Shown | Promise<Shown>, options: DisplayOptions, id: string): Promise<void> {
    const { output } = this.#host
    const { metadata, transient, update = false } = options
    const send = (ready: Shown): void => {
      const whole = asBundle({ ...ready.metadata, ...metadata })
      output?.display(ready.data, whole, asBundle({ ...transient, display_id: id }), update)
    }
    if (shown instanceof Promise || this.#last !== undefined) {
      return this.#later(Promise.resolve(shown), send)
    }
    send(shown)
    return Promise.resolve()
  }

  /** Does `act` with what comes of `ready`, and after everything that was to be done before. */
  #later<T>(ready: Promise<T>, act: (value: T) => void): Promise<void> {
    const done = Promise.all([ready, this.#last]).then(([value]) => act(value))
    const settled = done
      .catch(() => {})
      .then(() => {
        if (this.#last === settled) this.#last = undefined
      })
    this.#last = settled
    this.#host.track(done)
    return done
  }
}
