import type { Server, Socket } from 'node:net'
import type { ByteStream, ByteStreamHandlers, Listener } from '../sockets/mod.ts'

/** A TCP connection or a pipe of Node as a `ByteStream`. */
export class NetStream implements ByteStream {
  readonly remote: string
  readonly #socket: Socket
  #blocked = false
  #cause: Error | undefined

  constructor(socket: Socket, remote: string) {
    this.#socket = socket
    this.remote = remote
    // From the first moment: an error that nobody hears ends the process.
    socket.on('error', (error) => {
      this.#cause = error
    })
  }

  start(handlers: ByteStreamHandlers): void {
    this.#socket
      .on('data', (bytes) => handlers.data(bytes as Uint8Array))
      .on('drain', () => {
        // Node says it after every large write, even one that the system took at once.
        if (!this.#blocked) return
        this.#blocked = false
        handlers.drain()
      })
      .on('close', () => handlers.closed(this.#cause))
  }

  write(chunks: readonly Uint8Array[]): boolean {
    const socket = this.#socket
    if (chunks.length === 1) {
      socket.write(chunks[0]!)
    } else {
      socket.cork()
      for (const chunk of chunks) socket.write(chunk)
      socket.uncork()
    }
    this.#blocked = socket.writableLength > 0 && socket.writableNeedDrain
    return !this.#blocked
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Connects `socket` and resolves when it is; a failure or the signal destroys it. */
export function connected(socket: Socket, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.destroy()
      reject(signal.reason)
    }
    if (signal.aborted) {
      abort()
      return
    }
    const settle = (): void => {
      signal.removeEventListener('abort', abort)
      socket.off('error', fail)
    }
    const fail = (error: Error): void => {
      settle()
      reject(error)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', fail)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
  })
}

/** Resolves when `server`, told to listen, does. `endpoint` is asked for then. */
export function listening(server: Server, endpoint: () => string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      // One connection that could not be accepted (too many open files) is not the server's end.
      server.on('error', () => {})
      resolve({ endpoint: endpoint(), close: () => closed(server) })
    })
  })
}

/** The address is free at once; Node's own callback would wait for every connection. */
async function closed(server: Server): Promise<void> {
  server.close()
}
