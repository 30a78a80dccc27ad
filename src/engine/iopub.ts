import { limits, StdinNotImplementedError, utf8 } from '../base/mod.ts'
import {
  clearOutput,
  displayData,
  type ExecutionState,
  errorOutput,
  executeInput,
  executeResult,
  type JsonObject,
  type Message,
  type MessageSpec,
  type Session,
  status,
  stream,
  updateDisplayData,
} from '../jupyter/mod.ts'
import type { Pub } from '../sockets/mod.ts'
import type { Failure, MimeBundle, Output } from './evaluator.ts'

/** Text in one stream message; longer output is cut into several. */
const streamCharsMax = 1_048_576

/** Publishes what one request shows. Topics and contents: protocol reference §9. */
export class RequestOutput implements Output {
  readonly #iopub: IoPub
  readonly #request: Message
  #count = 0
  #streamed = 0

  constructor(iopub: IoPub, request: Message) {
    this.#iopub = iopub
    this.#request = request
  }

  /** Messages published so far for this request, states not counted. */
  get count(): number {
    return this.#count
  }

  stream(name: 'stdout' | 'stderr', text: string): void {
    for (let at = 0; at < text.length; at += streamCharsMax) {
      const piece = text.slice(at, at + streamCharsMax)
      this.#streamed += piece.length
      if (this.#streamed > limits.outputBytesMax * 16) return
      this.#publish(name, stream, { name, text: piece })
    }
  }

  executeInput(code: string, executionCount: number): void {
    this.#publish('execute_input', executeInput, { code, executionCount })
  }

  executeResult(data: MimeBundle, metadata: MimeBundle, executionCount: number): void {
    this.#publish('execute_result', executeResult, {
      data: data as JsonObject,
      metadata: metadata as JsonObject,
      executionCount,
    })
  }

  display(data: MimeBundle, metadata: MimeBundle, transient: MimeBundle, update: boolean): void {
    this.#publish('displaypub', update ? updateDisplayData : displayData, {
      data: data as JsonObject,
      metadata: metadata as JsonObject,
      transient: transient as JsonObject,
    })
  }

  clearOutput(wait: boolean): void {
    this.#publish('clear_output', clearOutput, { wait })
  }

  /** There is no stdin channel through a controller. Source: protocol reference §15. */
  async input(_prompt: string, password: boolean): Promise<string> {
    throw new StdinNotImplementedError(password)
  }

  error(failure: Failure): void {
    this.#publish('error', errorOutput, failure)
  }

  state(executionState: ExecutionState): void {
    this.#iopub.publish('status', status, { executionState }, this.#request)
  }

  #publish<T>(topic: string, spec: MessageSpec<T>, value: T): void {
    this.#count++
    this.#iopub.publish(topic, spec, value, this.#request)
  }
}

/** The engine's outgoing news, each under the topic `engine.N.<what>`. */
export class IoPub {
  readonly #session: Session
  readonly #socket: Pub
  readonly #engineId: number

  constructor(session: Session, socket: Pub, engineId: number) {
    this.#session = session
    this.#socket = socket
    this.#engineId = engineId
  }

  /** Hands everything to the operating system now. */
  flush(): void {
    this.#socket.flush()
  }

  publish<T>(topic: string, spec: MessageSpec<T>, value: T, parent?: Message): void {
    this.#socket.trySend(
      this.#session.pack(spec.msgType, {
        idents: [utf8(`engine.${this.#engineId}.${topic}`)],
        content: spec.encode(value),
        metadata: { engine: this.#session.id },
        parent,
      }),
    )
  }
}
