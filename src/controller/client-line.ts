import type { TaskStore } from '../hub/mod.ts'
import type { Router } from '../sockets/mod.ts'

/** The controller's side of one channel to all clients, as a channel uses it. */
export interface ClientLine {
  onMessage: ((frames: Uint8Array[]) => void) | undefined
  trySend(frames: readonly Uint8Array[]): unknown
}

/**
 * Lets replies go only when the store has what they tell: a client that has seen the end of a
 * task finds its record, even if the controller is killed at that moment. The order stays.
 */
export function keptFirst(router: Router, store: TaskStore): ClientLine {
  return {
    set onMessage(handler: ((frames: Uint8Array[]) => void) | undefined) {
      router.onMessage = handler
    },
    trySend: (frames) => store.whenKept(() => router.trySend(frames)),
  }
}
