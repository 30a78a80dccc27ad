import type { MimeBundle } from '../../engine/mod.ts'

/** How a value is displayed. */
export interface DisplayOptions {
  /** The place to show it in: another display with the same id can update it. Default: a new one. */
  readonly id?: string
  /** Replaces what is shown under `id` rather than showing it once more. */
  readonly update?: boolean
  /** What the front end should know about the data, by media type. */
  readonly metadata?: MimeBundle
  readonly transient?: MimeBundle
}

/** A place in the front end in which something is shown, and something else can be. */
export class DisplayHandle<T = unknown, O extends DisplayOptions = DisplayOptions> {
  readonly id: string
  /** Settles when it has been sent. Cells and calls wait for it by themselves before they end. */
  readonly shown: Promise<void>
  readonly #replace: (value: T, options: Partial<O>) => void

  constructor(id: string, shown: Promise<void>, replace: (value: T, options: Partial<O>) => void) {
    this.id = id
    this.shown = shown
    this.#replace = replace
    // A cell fails with what went wrong; nobody needs to wait here.
    shown.catch(() => {})
  }

  /** Whatever `value` is: no trap of a proxy is run. */
  static is(value: unknown): value is DisplayHandle {
    return typeof value === 'object' && value !== null && #replace in value
  }

  /** Shows another value in this place, in the same form and with the same options. */
  update(value: T, options: Partial<O> = {}): void {
    this.#replace(value, options)
  }
}
