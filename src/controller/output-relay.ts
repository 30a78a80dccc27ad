import { text } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'
import type { Pub, Sub } from '../sockets/mod.ts'
import type { MessageGate } from './message-gate.ts'

export interface OutputRelayOptions {
  readonly gate: MessageGate
  readonly engines: Sub
  readonly clients: Pub
  /** Something that belongs into a task's record. */
  readonly onOutput: (message: Message) => void
  /** An engine says that it ends. */
  readonly onShutdown: (message: Message) => void
}

/** The last part of the topics whose messages a task's record keeps. */
const recordedTopics = new Set(['stdout', 'stderr', 'error', 'execute_input', 'execute_result'])

/**
 * Passes all that engines publish on to all clients. Most of it is states, which nobody here
 * reads: only what is recorded is checked and parsed. Source: protocol reference §9.
 */
export class OutputRelay {
  readonly #options: OutputRelayOptions

  constructor(options: OutputRelayOptions) {
    this.#options = options
    options.engines.onMessage = options.gate.guard('iopub', (frames) => this.#receive(frames))
  }

  #receive(frames: Uint8Array[]): void {
    const { clients, gate, onOutput, onShutdown } = this.#options
    clients.trySend(frames)
    const topic = frames[0]
    if (topic === undefined || topic.length > 256) return
    const name = text(topic)
    const what = name.slice(name.lastIndexOf('.') + 1)
    const isShutdown = what === 'shutdown'
    if (!isShutdown && !recordedTopics.has(what)) return
    const message = gate.admit(frames, 'iopub')
    if (message === undefined) return
    if (!isShutdown) gate.read(message, 'iopub', () => onOutput(message))
    else if (message.header.msgType === 'shutdown_reply') onShutdown(message)
  }
}
