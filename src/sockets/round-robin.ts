import type { Pipe } from './pipe.ts'

/** Gives each message to the next pipe in turn that has room. Source: RFC 28, 30. */
export class RoundRobin {
  readonly #pipes: Pipe[] = []
  #next = 0

  add(pipe: Pipe): void {
    this.#pipes.push(pipe)
  }

  remove(pipe: Pipe): void {
    const index = this.#pipes.indexOf(pipe)
    if (index < 0) return
    this.#pipes.splice(index, 1)
    if (index < this.#next) this.#next--
  }

  /** The pipe that took the message, or `undefined` when none has room, or there is none. */
  send(frames: readonly Uint8Array[]): Pipe | undefined {
    const pipes = this.#pipes
    for (let tried = 0; tried < pipes.length; tried++) {
      if (this.#next >= pipes.length) this.#next = 0
      const pipe = pipes[this.#next++]!
      if (pipe.send(frames)) return pipe
    }
    return undefined
  }
}
