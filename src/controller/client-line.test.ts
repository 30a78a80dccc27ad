import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryTaskStore, NoTaskStore } from '../hub/mod.ts'
import type { Router } from '../sockets/mod.ts'
import { keptFirst } from './client-line.ts'

/** As much of a socket as the line uses. */
class FakeRouter {
  onMessage: ((frames: Uint8Array[]) => void) | undefined
  readonly sent: number[] = []

  trySend(frames: readonly Uint8Array[]): boolean {
    this.sent.push(frames[0]![0]!)
    return true
  }
}

class SlowStore extends NoTaskStore {
  readonly waiting: (() => void)[] = []
  override whenKept(callback: () => void): void {
    this.waiting.push(callback)
  }
}

test('a reply waits until the record is kept, and replies keep their order', () => {
  const router = new FakeRouter()
  const store = new SlowStore()
  const line = keptFirst(router as unknown as Router, store)
  line.trySend([Uint8Array.of(1)])
  line.trySend([Uint8Array.of(2)])
  assert.deepEqual(router.sent, [])
  for (const callback of store.waiting) callback()
  assert.deepEqual(router.sent, [1, 2])
})

test('nothing waits for a store in memory, and requests come through', () => {
  const router = new FakeRouter()
  const line = keptFirst(router as unknown as Router, new MemoryTaskStore())
  line.trySend([Uint8Array.of(1)])
  assert.deepEqual(router.sent, [1])
  let heard = 0
  line.onMessage = () => heard++
  router.onMessage!([])
  assert.equal(heard, 1)
})
