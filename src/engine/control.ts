import { messageOf } from '../base/mod.ts'
import {
  abortRequest,
  encodeFailure,
  type JsonObject,
  type Message,
  type Session,
  shutdownRequest,
  signalRequest,
} from '../jupyter/mod.ts'
import type { Router, SocketContext } from '../sockets/mod.ts'
import type { Desk } from './desk.ts'
import type { Evaluator } from './evaluator.ts'
import { type IoPub, RequestOutput } from './iopub.ts'
import { Refusals } from './refusals.ts'
import type { Shell } from './shell.ts'

export interface ControlOptions {
  readonly context: SocketContext
  readonly session: Session
  readonly socket: Router
  readonly iopub: IoPub
  readonly shell: Shell
  readonly evaluator: Evaluator
  readonly desk: Desk
  /** Says on iopub when a request is worked on, as front ends expect; default false. */
  readonly announces?: boolean
  /** Called after the answer to a shutdown request was handed to the socket. */
  readonly onShutdown: (restart: boolean) => void
  /** A signal that is not an interrupt, by its name. */
  readonly onSignal: (signal: string) => void
}

const signalNames: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  10: 'SIGUSR1',
  12: 'SIGUSR2',
  15: 'SIGTERM',
}

/** What a process can be sent by name on the systems that there are. */
const knownSignals: ReadonlySet<string> = new Set(
  (
    'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM CHLD CONT STOP TSTP ' +
    'TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS BREAK'
  )
    .split(' ')
    .map((name) => `SIG${name}`),
)

/**
 * The engine's second line, which answers while user code runs: abort, clear, interrupt, signals,
 * shutdown. Source: protocol reference §10.
 */
export class Control {
  readonly #options: ControlOptions
  readonly #refusals: Refusals

  constructor(options: ControlOptions) {
    this.#options = options
    this.#refusals = new Refusals(options.context.logger)
    options.socket.onMessage = (frames) => void this.#receive(frames)
  }

  async #receive(frames: readonly Uint8Array[]): Promise<void> {
    const { session, iopub, announces = false } = this.#options
    let request: Message
    try {
      request = session.unpack(frames)
    } catch (error) {
      this.#refusals.report('a control request', error)
      return
    }
    const output = announces ? new RequestOutput(iopub, request) : undefined
    output?.state('busy')
    let content: JsonObject
    try {
      content = await this.#perform(request)
    } catch (error) {
      content = encodeFailure({
        status: 'error',
        ename: error instanceof Error ? error.name : 'Error',
        evalue: messageOf(error),
        traceback: [],
        engineInfo: { engineUuid: session.id },
      })
    }
    this.#options.socket.trySend(
      session.pack(`${request.header.msgType.replace(/_request$/, '')}_reply`, {
        idents: request.idents,
        parent: request,
        content,
        metadata: { engine: session.id },
      }),
    )
    output?.state('idle')
    if (request.header.msgType === shutdownRequest.msgType && content['status'] === 'ok') {
      this.#options.onShutdown(content['restart'] === true)
    }
  }

  async #perform(request: Message): Promise<JsonObject> {
    const { shell, evaluator, iopub, desk } = this.#options
    switch (request.header.msgType) {
      case 'abort_request':
        shell.abort(abortRequest.decode(request.content))
        return { status: 'ok' }
      case 'clear_request':
        await evaluator.clear()
        return { status: 'ok' }
      case 'interrupt_request':
        evaluator.interrupt()
        return { status: 'ok' }
      case 'signal_request':
        this.#signal(signalRequest.decode(request.content).signal)
        return { status: 'ok' }
      case 'shutdown_request': {
        const { restart } = shutdownRequest.decode(request.content)
        const content = { status: 'ok', restart }
        const reply = { msgType: 'shutdown_reply', encode: () => content, decode: () => content }
        iopub.publish('shutdown', reply, content, request)
        return content
      }
      default: {
        const content = await desk.answer(request)
        if (content !== undefined) return content
        throw new RangeError(`control request '${request.header.msgType}' is not known`)
      }
    }
  }

  #signal(signal: number | string): void {
    // As for a process: whether it is there at all.
    if (signal === 0) return
    const name = typeof signal === 'number' ? signalNames[signal] : signal.toUpperCase()
    if (name === undefined || !knownSignals.has(name)) {
      throw new RangeError(`signal ${JSON.stringify(signal)} is not known`)
    }
    if (name === 'SIGINT') this.#options.evaluator.interrupt()
    else this.#options.onSignal(name)
  }
}
