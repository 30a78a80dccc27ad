import type { DeathCause } from '../jupyter/mod.ts'
import type { EngineDescription } from './engine-directory.ts'

/** What a client tells its listeners, by event. */
export interface ClientEvents {
  readonly engineRegistered: EngineDescription
  readonly engineUnregistered: {
    readonly engine: EngineDescription
    /** How its process ended, where that was seen. */
    readonly cause: DeathCause | undefined
  }
  /** The connection to the controller broke; the client tries again by itself. */
  readonly disconnected: { readonly address: string }
  /** It is back, and the client has asked what it missed. */
  readonly reconnected: { readonly address: string }
  /** Nothing more will come. `error` is what every open promise was rejected with. */
  readonly closed: { readonly error: Error }
}

type Listener<T> = (detail: T) => void

/** Listeners by event. One that throws does not keep the others from hearing. */
export class ClientEmitter {
  readonly #listeners = new Map<keyof ClientEvents, Set<Listener<never>>>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Returns a function that ends the listening. */
  on<E extends keyof ClientEvents>(event: E, listener: Listener<ClientEvents[E]>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  emit<E extends keyof ClientEvents>(event: E, detail: ClientEvents[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        ;(listener as Listener<ClientEvents[E]>)(detail)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
