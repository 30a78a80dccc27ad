import { limits, StdinNotImplementedError, utf8 } from '../base/mod.ts'
import {
  clearOutput,
  commClose,
  commMessage,
  commOpen,
  displayData,
  type ExecutionState,
  errorOutput,
  executeInput,
  executeResult,
  type JsonObject,
  type Message,
  type MessageParts,
  type MessageSpec,
  type Session,
  status,
  stream,
  updateDisplayData,
} from '../jupyter/mod.ts'
import type { Pub, XPub } from '../sockets/mod.ts'
import type { CommEvent, Failure, MimeBundle, Output } from './evaluator.ts'

/** Asks for a line on behalf of a request; rejects when it cannot be had. */
export type AskForInput = (request: Message, prompt: string, password: boolean) => Promise<string>

/** There is no stdin channel through a controller. Source: protocol reference §15. */
const askNobody: AskForInput = async (_request, _prompt, password) => {
  throw new StdinNotImplementedError(password)
}

/** Publishes what one request shows. Topics and contents: protocol reference §9. */
export class RequestOutput implements Output {
  readonly #iopub: IoPub
  readonly #request: Message
  readonly #ask: AskForInput
  /** The number of the cell that runs, once it is known. */
  executionCount = 0
  #count = 0
  #bytes = 0

  constructor(iopub: IoPub, request: Message, ask: AskForInput = askNobody) {
    this.#iopub = iopub
    this.#request = request
    this.#ask = ask
  }

  /** Messages published so far for this request, states not counted. */
  get count(): number {
    return this.#count
  }

  stream(name: 'stdout' | 'stderr', whole: string): void {
    for (const text of piecesOf(whole)) this.#show(name, stream, { name, text })
  }

  executeInput(code: string, executionCount: number): void {
    this.executionCount = executionCount
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
    this.#show('displaypub', update ? updateDisplayData : displayData, {
      data: data as JsonObject,
      metadata: metadata as JsonObject,
      transient: transient as JsonObject,
    })
  }

  clearOutput(wait: boolean): void {
    this.#publish('clear_output', clearOutput, { wait })
  }

  input(prompt: string, password: boolean): Promise<string> {
    return this.#ask(this.#request, prompt, password)
  }

  comm({ type, commId, targetName = '', data, metadata, buffers }: CommEvent): void {
    const content = { commId, targetName, data: data as JsonObject }
    const rest = { metadata: metadata as JsonObject, buffers }
    const topic = `comm-${commId}`
    if (type === 'open') this.#publish(topic, commOpen, content, rest)
    else this.#publish(topic, type === 'close' ? commClose : commMessage, content, rest)
  }

  error(failure: Failure): void {
    this.#publish('error', errorOutput, failure)
  }

  state(executionState: ExecutionState): void {
    this.#iopub.publish('status', status, { executionState }, this.#request)
  }

  /** Publishes what a loop can make any number of, as long as there is room for it. */
  #show<T>(topic: string, spec: MessageSpec<T>, value: T): void {
    const max = limits.requestOutputBytesMax
    if (this.#bytes > max) return
    this.#bytes += this.#publish(topic, spec, value)
    if (this.#bytes <= max) return
    const text = `\nThis request has shown ${max} bytes: what else it shows is left out.\n`
    this.#publish('stderr', stream, { name: 'stderr', text })
  }

  #publish<T>(topic: string, spec: MessageSpec<T>, value: T, parts?: OutputParts): number {
    this.#count++
    return this.#iopub.publish(topic, spec, value, this.#request, parts)
  }
}

/** A text in pieces of a size to be sent, none of which ends within a character. */
function* piecesOf(text: string): Iterable<string> {
  let end = 0
  for (let start = 0; start < text.length; start = end) {
    end = start + limits.streamCharsMax
    if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end--
    yield text.slice(start, end)
  }
}

/** What goes with a message besides its content. */
type OutputParts = Pick<MessageParts, 'metadata' | 'buffers'>

export interface IoPubOptions {
  readonly session: Session
  readonly socket: Pub | XPub
  /** What every topic begins with: `engine.7`. */
  readonly topic: string
  /** What is in the metadata of every message. */
  readonly metadata?: JsonObject
}

/** The outgoing news of an engine or a kernel, each under the topic `<topic>.<what>`. */
export class IoPub {
  readonly #options: IoPubOptions

  constructor(options: IoPubOptions) {
    this.#options = options
  }

  /** Hands everything to the operating system now. */
  flush(): void {
    this.#options.socket.flush()
  }

  /** Returns the bytes of the message. */
  publish<T>(
    topic: string,
    spec: MessageSpec<T>,
    value: T,
    parent?: Message,
    { metadata, buffers }: OutputParts = {},
  ): number {
    const { session, socket, topic: beginning, metadata: always } = this.#options
    const frames = session.pack(spec.msgType, {
      idents: [utf8(`${beginning}.${topic}`)],
      content: spec.encode(value),
      metadata: { ...always, ...metadata },
      parent,
      ...(buffers === undefined ? {} : { buffers }),
    })
    socket.trySend(frames)
    return frames.reduce((bytes, { length }) => bytes + length, 0)
  }
}
