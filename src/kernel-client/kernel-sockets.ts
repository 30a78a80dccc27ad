import { Deferred, IparallelError, limits, type SignerFactory, utf8 } from '../base/mod.ts'
import {
  type Header,
  type KernelConnectionInfo,
  kernelEndpoint,
  type Message,
  type MessageParts,
  Session,
} from '../jupyter/mod.ts'
import {
  Dealer,
  type DuplexSocket,
  encryptedFor,
  type Socket,
  type SocketContext,
  Sub,
} from '../sockets/mod.ts'
import { KernelGoneError } from './errors.ts'
import { Heartbeat } from './heartbeat.ts'

/** The platform, as the front end's side of a kernel needs it. */
export interface KernelClientPorts {
  readonly context: SocketContext
  readonly makeSigner: SignerFactory
}

/** The channels that a front end sends on. */
export type RequestChannel = 'shell' | 'control' | 'stdin'

/** The channels that messages come on. */
export type ReceivingChannel = RequestChannel | 'iopub'

export interface KernelSocketEvents {
  /** A message that is signed well. */
  readonly onMessage: (channel: ReceivingChannel, message: Message) => void
  /** By heartbeat. */
  readonly onLiveness: (alive: boolean) => void
}

/** Milliseconds between attempts to connect: the kernel may be about to listen. */
const reconnect = { firstMs: 20, maxMs: 200 }

/** A kernel and its front ends share one pair of keys. Source: `jupyter_client`'s `connect.py`. */
function encrypted(context: SocketContext, connection: KernelConnectionInfo): SocketContext {
  const { curve_publickey: publicKey, curve_secretkey: secretKey } = connection
  const own =
    secretKey === undefined || publicKey === undefined ? undefined : { secretKey, publicKey }
  return encryptedFor(context, publicKey, own)
}

/** The five sockets of a front end, and the key that their messages are signed with. */
export class KernelSockets {
  readonly session: Session
  readonly #context: SocketContext
  readonly #events: KernelSocketEvents
  readonly #senders: Readonly<Record<RequestChannel, DuplexSocket>>
  readonly #iopub: Sub
  readonly #heartbeat: Heartbeat
  /** Those that have not reached the kernel yet. */
  #unconnected = new Set<ReceivingChannel>()
  #connected = new Deferred<void>()

  /** Connects as soon as the kernel listens. */
  constructor(
    connection: KernelConnectionInfo,
    { context: given, makeSigner }: KernelClientPorts,
    events: KernelSocketEvents,
  ) {
    const context = encrypted(given, connection)
    this.#context = context
    this.#events = events
    this.session = new Session({
      key: connection.key,
      signatureScheme: connection.signature_scheme,
      makeSigner,
      clock: context.clock,
      random: context.random,
    })
    // A kernel asks for input at the identity that the cell came from.
    const options = { routingId: utf8(this.session.id), reconnect }
    const open = <T extends DuplexSocket | Sub>(channel: ReceivingChannel, socket: T): T => {
      socket.onMessage = (frames) => this.#received(channel, frames)
      this.#watch(socket, channel)
      socket.connect(kernelEndpoint(connection, channel))
      return socket
    }
    this.#iopub = open('iopub', new Sub(context, { reconnect }))
    this.#iopub.subscribe('')
    this.#senders = {
      shell: open('shell', new Dealer(context, options)),
      control: open('control', new Dealer(context, options)),
      stdin: open('stdin', new Dealer(context, options)),
    }
    this.#heartbeat = new Heartbeat({
      context,
      endpoint: kernelEndpoint(connection, 'hb'),
      intervalMs: limits.kernelBeatMs,
      silenceMs: limits.kernelSilenceMs,
      onChange: events.onLiveness,
    })
  }

  /** By heartbeat; undefined before its first echo. */
  get alive(): boolean | undefined {
    return this.#heartbeat.alive
  }

  /** Resolves when all channels have reached the kernel. */
  get connected(): Promise<void> {
    return this.#connected.promise
  }

  /** @throws {KernelGoneError} when too much waits for a kernel that takes nothing. */
  send(channel: RequestChannel, header: Header | string, parts: MessageParts): void {
    const sent = this.#senders[channel].trySend(this.session.pack(header, parts))
    if (!sent) throw new KernelGoneError(`the kernel does not take messages (${channel})`)
  }

  /** Another process will answer: nothing is known of it. */
  reset(): void {
    this.#heartbeat.reset()
    this.#connected = new Deferred()
    this.#unconnected = new Set(['shell', 'control', 'stdin', 'iopub'])
  }

  async close(): Promise<void> {
    const sockets = [...Object.values(this.#senders), this.#iopub]
    await Promise.all([...sockets.map((socket) => socket.close()), this.#heartbeat.close()])
  }

  #watch(socket: Socket, channel: ReceivingChannel): void {
    this.#unconnected.add(channel)
    socket.onEvent = ({ type }) => {
      if (type !== 'connected') return
      this.#unconnected.delete(channel)
      if (this.#unconnected.size === 0) this.#connected.resolve()
    }
  }

  #received(channel: ReceivingChannel, frames: readonly Uint8Array[]): void {
    let message: Message
    try {
      message = this.session.unpack(frames)
      // Whatever is not JSON is found here, not where somebody reads it.
      void message.parent
      void message.content
    } catch (error) {
      if (!IparallelError.is(error)) throw error
      this.#context.logger.warn(`a message of the kernel (${channel}) is dropped: ${error.message}`)
      return
    }
    this.#events.onMessage(channel, message)
  }
}
