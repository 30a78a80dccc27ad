import { createRequire } from 'node:module'
import type { CommEvent, Output } from '../engine/mod.ts'

/** Cryptography takes long to load: only those who open a comm should wait for it. */
function newId(): string {
  const crypto = createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto')
  return crypto.randomUUID()
}

/** What goes with a comm's message besides its data. */
export interface CommParts {
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Raw data, sent as it is beside the message. */
  readonly buffers?: readonly (ArrayBuffer | ArrayBufferView)[]
}

/** A message that came from the front end. */
export interface CommMessage {
  readonly data: Record<string, unknown>
  readonly metadata: Record<string, unknown>
  readonly buffers: readonly Uint8Array[]
}

type CommListener = (message: CommMessage) => unknown
type TargetListener = (comm: Comm, message: CommMessage) => unknown
type Send = (event: CommEvent) => void

/** A line between user code and something in the front end, such as a widget. */
export class Comm {
  readonly id: string
  readonly targetName: string
  /** Called with each message of the front end. */
  onMessage: CommListener | undefined
  /** Called when the front end closes the comm. */
  onClose: CommListener | undefined
  readonly #send: Send

  /** Comms come from `comms.open` and from targets. */
  constructor(id: string, targetName: string, send: Send) {
    this.id = id
    this.targetName = targetName
    this.#send = send
  }

  /** Sends data, which must be what JSON can say, to the front end. */
  send(data: Readonly<Record<string, unknown>> = {}, parts: CommParts = {}): void {
    this.#send(eventOf('message', this.id, data, parts))
  }

  /** Ends the line; closing it twice does nothing. */
  close(data: Readonly<Record<string, unknown>> = {}, parts: CommParts = {}): void {
    this.#send(eventOf('close', this.id, data, parts))
  }
}

function eventOf(
  type: CommEvent['type'],
  commId: string,
  data: Readonly<Record<string, unknown>>,
  { metadata = {}, buffers = [] }: CommParts,
): CommEvent {
  // What JSON cannot say is left out here, not in the other thread.
  return {
    type,
    commId,
    data: JSON.parse(JSON.stringify(data)),
    metadata: JSON.parse(JSON.stringify(metadata)),
    buffers: buffers.map(bytesOf),
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** `comms` in a cell. Source: Jupyter messaging 5.4, "Custom Messages". */
export interface CommsApi {
  /** Calls `listener` whenever a front end opens a comm to this target, with the new comm. */
  register(targetName: string, listener: TargetListener): void
  unregister(targetName: string): void
  /** Opens a comm to a target that the front end knows. */
  open(targetName: string, data?: Readonly<Record<string, unknown>>, parts?: CommParts): Comm
  /** An open comm, by its id. */
  get(id: string): Comm | undefined
}

/** The comms of a kernel, as the evaluator sees them. */
export class CommRegistry {
  readonly #targets = new Map<string, TargetListener>()
  readonly #open = new Map<string, Comm>()
  #output: Output | undefined

  /** From now on `output` gets what comms send. */
  attach(output: Output): void {
    this.#output = output
  }

  /** The targets of the open comms, by id. */
  list(): Record<string, string> {
    return Object.fromEntries([...this.#open].map(([id, { targetName }]) => [id, targetName]))
  }

  /** Forgets targets and comms, and tells the front ends that these are closed. */
  clear(): void {
    this.#targets.clear()
    for (const comm of [...this.#open.values()]) comm.close()
  }

  /**
   * Hands a front end's message to user code.
   * @throws whatever its listener throws.
   */
  receive(event: CommEvent): void {
    const { data, metadata, buffers } = event
    const message: CommMessage = { data, metadata, buffers }
    if (event.type === 'open') this.#accept(event, message)
    const comm = this.#open.get(event.commId)
    if (comm === undefined || event.type === 'open') return
    if (event.type === 'message') comm.onMessage?.(message)
    else {
      this.#open.delete(comm.id)
      comm.onClose?.(message)
    }
  }

  /** What user code gets to see as `comms`. */
  readonly api: CommsApi = {
    register: (targetName, listener) => {
      if (typeof listener !== 'function') {
        throw new TypeError('comms.register takes a name and a function: (comm, message) => …')
      }
      this.#targets.set(targetName, listener)
    },
    unregister: (targetName) => void this.#targets.delete(targetName),
    open: (targetName, data = {}, parts = {}) => {
      const comm = this.#add(newId(), String(targetName))
      this.#send({ ...eventOf('open', comm.id, data, parts), targetName: comm.targetName })
      return comm
    },
    get: (id) => this.#open.get(id),
  }

  #accept({ commId, targetName = '' }: CommEvent, message: CommMessage): void {
    const listener = this.#targets.get(targetName)
    const comm = this.#add(commId, targetName)
    let isAccepted = false
    try {
      listener?.(comm, message)
      isAccepted = listener !== undefined
    } finally {
      // The front end must not go on talking to nobody.
      if (!isAccepted) comm.close()
    }
  }

  #add(id: string, targetName: string): Comm {
    const comm = new Comm(id, targetName, (event) => {
      if (this.#open.get(id) !== comm) return
      if (event.type === 'close') this.#open.delete(id)
      this.#send(event)
    })
    this.#open.set(id, comm)
    return comm
  }

  #send(event: CommEvent): void {
    this.#output?.comm?.(event)
  }
}
