import { Server, Socket, type SocketConstructorOpts } from 'node:net'
import type { ByteStream, ByteStreamHandlers, Listener } from '../sockets/mod.ts'
import { ReadBuffer } from './read-buffer.ts'

/** A TCP connection or a pipe of Node as a `ByteStream`. */
export class NetStream implements ByteStream {
  readonly remote: string
  readonly #socket: Socket
  readonly #reads: ReadBuffer | undefined
  #blocked = false
  #paused = false
  #rest: NodeJS.Immediate | undefined
  #cause: Error | undefined

  /** `reads`: the buffer that the socket was made with; without one, Node's own is used. */
  constructor(socket: Socket, remote: string, reads: ReadBuffer | undefined) {
    this.#socket = socket
    this.remote = remote
    this.#reads = reads
    if (reads !== undefined) reads.onShareTaken = () => this.#letOthers()
    // From the first moment: an error that nobody hears ends the process.
    socket.on('error', (error) => {
      this.#cause = error
    })
  }

  start(handlers: ByteStreamHandlers): void {
    const socket = this.#socket
    if (this.#reads !== undefined) this.#reads.start(handlers)
    else socket.on('data', (bytes: Buffer) => handlers.data(plainBytes(bytes))).resume()
    socket
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
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#rest === undefined) this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Reads on when every other connection had its turn. */
  #letOthers(): void {
    if (this.#rest !== undefined || this.#paused) return
    this.#socket.pause()
    this.#rest = setImmediate(() => {
      this.#rest = undefined
      if (!this.#paused) this.#socket.resume()
    })
  }
}

/** The same memory: `slice` of a `Buffer` gives a view, where everybody else's gives a copy. */
function plainBytes({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
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

/** A server that gives each connection a `ReadBuffer`, which Node has an option for only when connecting. */
export function createBufferedServer(
  onConnection: (socket: Socket, reads: ReadBuffer | undefined) => void,
): Server {
  return new Server({ noDelay: true, pauseOnConnect: true }, (accepted) => {
    const reads = new ReadBuffer()
    const socket = adopted(accepted, reads)
    if (socket === undefined) onConnection(accepted, undefined)
    else onConnection(socket, reads)
  })
}

/**
 * Another socket around the same connection, one that reads into `reads`. Node lets a socket be
 * made from a handle, but its documentation does not say so: where that has changed, `undefined`,
 * and the accepted socket serves as well, a little slower.
 */
function adopted(accepted: Socket, reads: ReadBuffer): Socket | undefined {
  const holder = accepted as unknown as { _handle?: { useUserBuffer?: unknown } | null }
  const handle = holder._handle
  if (typeof handle?.useUserBuffer !== 'function') return undefined
  holder._handle = null
  return new Socket({ handle, onread: reads.options } as SocketConstructorOpts)
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
