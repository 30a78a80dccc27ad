import { type Clock, Deferred, delay, limits, type SignerFactory, text } from '../base/mod.ts'
import {
  iopubWelcome,
  type KernelChannel,
  type KernelConnectionInfo,
  kernelEndpoint,
  portOf,
  Session,
  status,
  withPorts,
} from '../jupyter/mod.ts'
import { Router, type Socket, type SocketContext, Strangers, XPub } from '../sockets/mod.ts'
import { Control } from './control.ts'
import { Desk, type KernelFacts, kernelProtocolVersion } from './desk.ts'
import type { Evaluator } from './evaluator.ts'
import { IoPub } from './iopub.ts'
import { Shell } from './shell.ts'
import { Stdin } from './stdin.ts'

/** What a kernel needs of its platform. */
export interface KernelPorts {
  readonly context: SocketContext
  readonly makeSigner: SignerFactory
  readonly evaluator: Evaluator
}

export interface KernelOptions {
  /** Where to listen; a port of 0 becomes a free one. */
  readonly info: KernelConnectionInfo
  readonly facts: KernelFacts
  /** A signal other than an interrupt was asked for. */
  readonly onSignal?: (signal: string) => void
}

/** Why a kernel ended. `restart`: whoever asked is about to start another on the same ports. */
export type KernelEnd = 'shutdown' | 'restart' | 'closed'

/** Milliseconds that the last messages get to leave. */
const lingerMs = 1_000

/** Milliseconds in which front ends look whether a kernel that has just answered is still there. */
const farewellMs = 500

const unlimited = { sendHighWaterMark: 0, receiveHighWaterMark: 0 } as const

/**
 * A Jupyter kernel: the ports that a front end connects to, in front of an evaluator. It is what
 * an engine is to a controller; an engine can have one beside.
 *
 * Source: Jupyter messaging 5.4.
 */
export class Kernel {
  /** Where it listens. */
  readonly info: KernelConnectionInfo
  readonly #sockets: readonly Socket[]
  readonly #shell: Shell
  readonly #clock: Clock
  readonly #ended = new Deferred<KernelEnd>()
  #closing: Promise<KernelEnd> | undefined

  /** Settles once, when its ports are closed. */
  get ended(): Promise<KernelEnd> {
    return this.#ended.promise
  }

  /**
   * Binds the ports and starts to serve.
   * @throws {ArgumentError} for an address or a signature scheme that cannot be used.
   * @throws {BindError} when a port cannot be had.
   */
  static async start(ports: KernelPorts, options: KernelOptions): Promise<Kernel> {
    const { makeSigner } = ports
    const { clock, random } = ports.context
    const session = new Session({
      key: options.info.key,
      signatureScheme: options.info.signature_scheme,
      makeSigner,
      clock,
      random,
      username: 'kernel',
      protocolVersion: kernelProtocolVersion,
    })
    const strangers = new Strangers({
      bytesMax: limits.kernelStrangerBytesMax,
      senderOf: (frames) => session.senderOf(frames),
    })
    const context = encrypting({ ...ports.context, strangers }, options.info)
    // A front end whose connection died unseen comes back under the same name.
    const routing = { ...unlimited, handover: true }
    const sockets = {
      shell: new Router(context, routing),
      control: new Router(context, routing),
      stdin: new Router(context, routing),
      iopub: new XPub(context, { ...unlimited, verbose: true }),
      hb: new Router(context, unlimited),
    }
    try {
      const taken = await bindAll(options.info, sockets)
      return new Kernel(
        ports,
        { ...options, info: withPorts(options.info, taken) },
        session,
        sockets,
      )
    } catch (error) {
      await Promise.all(Object.values(sockets).map((socket) => socket.close({ lingerMs: 0 })))
      throw error
    }
  }

  private constructor(
    { context, evaluator }: KernelPorts,
    { info, facts, onSignal = () => {} }: KernelOptions,
    session: Session,
    sockets: KernelSockets,
  ) {
    this.info = info
    this.#clock = context.clock
    this.#sockets = Object.values(sockets)
    const iopub = new IoPub({ session, socket: sockets.iopub, topic: `kernel.${session.id}` })
    greetSubscribers(sockets.iopub, session)
    sockets.hb.onMessage = (frames) => sockets.hb.trySend(frames)
    const desk = new Desk({ facts, comms: evaluator.comms, info })
    const onShutdown = (restart: boolean) => void this.#end(restart ? 'restart' : 'shutdown')
    this.#shell = new Shell({
      context,
      session,
      socket: sockets.shell,
      iopub,
      engineId: -1,
      evaluator,
      desk,
      stdin: new Stdin(context, session, sockets.stdin),
      stopsOnError: true,
      onShutdown,
    })
    new Control({
      context,
      session,
      socket: sockets.control,
      iopub,
      shell: this.#shell,
      evaluator,
      desk,
      announces: true,
      onShutdown,
      onSignal,
    })
    iopub.publish('status', status, { executionState: 'starting' })
  }

  /** User code ends the process: its request is answered, and then the ports are closed. */
  async exit(code: number): Promise<KernelEnd> {
    if (this.#shell.answerExit(code)) await delay(this.#clock, farewellMs)
    return this.close()
  }

  /** Sends what is still buffered, and closes the ports. */
  close(): Promise<KernelEnd> {
    return this.#end('closed')
  }

  #end(reason: KernelEnd): Promise<KernelEnd> {
    this.#closing ??= this.#leave(reason)
    return this.#closing
  }

  async #leave(reason: KernelEnd): Promise<KernelEnd> {
    await Promise.all(this.#sockets.map((socket) => socket.close({ lingerMs })))
    this.#ended.resolve(reason)
    return reason
  }
}

/** The same context, whose sockets encrypt when the connection has keys. */
function encrypting(context: SocketContext, info: KernelConnectionInfo): SocketContext {
  const { curve_secretkey: secretKey, curve_publickey: publicKey } = info
  if (secretKey === undefined) return context
  const curve = {
    server: true,
    secretKey,
    ...(publicKey === undefined ? {} : { publicKey }),
  } as const
  return { ...context, curve }
}

interface KernelSockets {
  readonly shell: Router
  readonly control: Router
  readonly stdin: Router
  readonly iopub: XPub
  readonly hb: Router
}

const channels: readonly KernelChannel[] = ['shell', 'iopub', 'stdin', 'control', 'hb']

async function bindAll(
  info: KernelConnectionInfo,
  sockets: KernelSockets,
): Promise<Map<KernelChannel, number>> {
  const taken = new Map<KernelChannel, number>()
  for (const [index, channel] of channels.entries()) {
    // A path is free when its end is: Jupyter counts from 1.
    const isAnyPath = info.transport === 'ipc' && portOf(info, channel) === 0
    const wanted = isAnyPath ? withPorts(info, new Map([[channel, index + 1]])) : info
    const endpoint = await sockets[channel].bind(kernelEndpoint(wanted, channel))
    taken.set(channel, Number(/[:-](\d+)$/.exec(endpoint)?.[1]))
  }
  return taken
}

/** Each new subscriber is told when it will miss nothing any more. */
function greetSubscribers(iopub: XPub, session: Session): void {
  iopub.onMessage = ([frame]) => {
    if (frame?.[0] !== 1) return
    const topic = frame.slice(1)
    iopub.trySend(
      session.pack(iopubWelcome.msgType, {
        idents: topic.length === 0 ? [] : [topic],
        content: iopubWelcome.encode({ subscription: text(topic) }),
      }),
    )
  }
}
