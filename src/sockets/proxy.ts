import { ClosedError } from '../base/mod.ts'
import { type DuplexSocket, ReceivingSocket, type SendingSocket } from './socket.ts'

/** A socket that a proxy can read from, write to, or both. */
export type ProxyEnd = DuplexSocket | ReceivingSocket | SendingSocket

/** What else a proxy does with the messages that pass. */
export interface ProxyOptions {
  /** Gets a copy of every message that passes, as far as it has room. */
  readonly capture?: DuplexSocket | SendingSocket
  /** Stops the proxy; the sockets stay open. */
  readonly signal?: AbortSignal
}

/**
 * Passes every message of each socket on to the other, as far as each can receive and send: ROUTER
 * and DEALER, XSUB and XPUB, PULL and PUSH. A side that is slow holds the other back. Resolves
 * when a socket is closed or the signal aborts. Source: zmq_proxy(3).
 */
export async function proxy(
  front: ProxyEnd,
  back: ProxyEnd,
  options: ProxyOptions = {},
): Promise<void> {
  const stop = new AbortController()
  const abort = (): void => stop.abort(options.signal?.reason)
  options.signal?.addEventListener('abort', abort)
  if (options.signal?.aborted) abort()
  const ways = [
    pass(front, back, stop.signal, options.capture),
    pass(back, front, stop.signal, options.capture),
  ]
  try {
    await Promise.race([...ways, aborted(stop.signal)])
  } finally {
    options.signal?.removeEventListener('abort', abort)
    // Neither way takes another message; one that waits for room still goes where it belongs.
    stop.abort()
  }
}

/** One way of the proxy; pends until `signal` aborts where the pattern has no such way. */
async function pass(
  from: ProxyEnd,
  to: ProxyEnd,
  signal: AbortSignal,
  capture: ProxyOptions['capture'],
): Promise<void> {
  if (!(from instanceof ReceivingSocket && 'send' in to)) {
    await aborted(signal)
    return
  }
  try {
    for (;;) {
      const frames = await from.receive({ signal })
      // Not the same array: each socket may keep its own.
      capture?.trySend(frames.slice())
      await to.send(frames)
    }
  } catch (error) {
    if (!(error instanceof ClosedError) && !signal.aborted) throw error
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
}
