import { type Clock, Deferred, limits, type Timer } from '../base/mod.ts'
import type { Message } from '../jupyter/mod.ts'
import { type KernelOutput, readOutput } from './kernel-output.ts'
import { type ExecuteOutcome, readExecuteReply } from './replies.ts'

export interface InputRequest {
  readonly prompt: string
  /** Whether what is typed must not be seen. */
  readonly password: boolean
}

export interface ExecutionHandlers {
  /** Called for each output in order, also for those that come after the end. */
  readonly onOutput?: (output: KernelOutput) => void
  /**
   * Asks the user; without it, the kernel is told that nobody can be asked. A line that is
   * undefined is not sent: the kernel goes on waiting, until it is interrupted.
   */
  readonly onInput?: (request: InputRequest) => Promise<string | undefined>
}

/** One cell that was sent, until its reply and all of its output are here. */
export class Execution {
  readonly #handlers: ExecutionHandlers
  readonly #clock: Clock
  readonly #ended = new Deferred<ExecuteOutcome>()
  #outcome: ExecuteOutcome | undefined
  #idle = false
  #grace: Timer | undefined

  constructor(handlers: ExecutionHandlers, clock: Clock) {
    this.#handlers = handlers
    this.#clock = clock
  }

  get ended(): Promise<ExecuteOutcome> {
    return this.#ended.promise
  }

  get handlers(): ExecutionHandlers {
    return this.#handlers
  }

  reply(message: Message): void {
    this.#outcome = readExecuteReply(message.content)
    this.#settle()
  }

  /** A message of the iopub channel that this cell is the cause of. */
  published(message: Message): void {
    if (message.header.msgType === 'status') {
      this.#idle = message.content['execution_state'] === 'idle'
    }
    try {
      const output = readOutput(message)
      if (output !== undefined) this.#handlers.onOutput?.(output)
    } finally {
      this.#settle()
    }
  }

  fail(error: Error): void {
    this.#grace?.cancel()
    this.#ended.reject(error)
  }

  /**
   * Output has a socket of its own and may come after the reply. A kernel whose subscriber was too
   * slow drops messages, its idle among them: then silence has to do.
   */
  #settle(): void {
    const outcome = this.#outcome
    if (outcome === undefined) return
    this.#grace?.cancel()
    if (this.#idle) this.#ended.resolve(outcome)
    else {
      this.#grace = this.#clock.setTimer(limits.kernelIdleGraceMs, () =>
        this.#ended.resolve(outcome),
      )
    }
  }
}
