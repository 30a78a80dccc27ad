import { messageOf, type Timer } from '../base/mod.ts'
import {
  databaseReply,
  databaseRequest,
  type JsonObject,
  resultReply,
  resultRequest,
} from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { Courier } from './courier.ts'
import type { EngineWatch } from './engine-watch.ts'
import type { Task } from './task.ts'
import type { TaskDesk } from './task-desk.ts'

/** Results asked for in one request. */
const batchMax = 100

/** Milliseconds between two looks at what became of tasks sent before the connection broke. */
const lookMs = { first: 1_000, max: 10_000 } as const

/**
 * Milliseconds that engines get to register again with a controller that was started again, and
 * that sockets get to send what they hold. Longer than the longest pause of a reconnecting socket.
 */
const graceMs = 10_000

/**
 * What is to be done when the connection is back: learn which engines are there, and fetch
 * results that were sent into the connection that broke.
 */
export class Recovery {
  readonly #link: ClusterLink
  readonly #desk: TaskDesk
  readonly #courier: Courier
  readonly #watch: EngineWatch
  #timer: Timer | undefined
  #round = 0

  constructor(link: ClusterLink, desk: TaskDesk, courier: Courier, watch: EngineWatch) {
    this.#link = link
    this.#desk = desk
    this.#courier = courier
    this.#watch = watch
  }

  /** Does not reject; resolves when the first look is over. */
  run(): Promise<void> {
    this.stop()
    return this.#look({
      round: this.#round,
      startedMs: this.#link.clock.monotonicMs(),
      suspects: this.#desk.all(),
      waitMs: lookMs.first,
    })
  }

  stop(): void {
    this.#round++
    this.#timer?.cancel()
  }

  async #look(state: {
    readonly round: number
    readonly startedMs: number
    readonly suspects: readonly Task[]
    readonly waitMs: number
  }): Promise<void> {
    const { round, startedMs, waitMs } = state
    const suspects = state.suspects.filter((task) => task.outcome === undefined)
    const isLate = this.#link.clock.monotonicMs() - startedMs >= graceMs
    try {
      await this.#link.refreshEngines()
      const unknown = await this.#deliver(suspects)
      if (round !== this.#round) return
      if (isLate) this.#giveUp(unknown)
    } catch (error) {
      this.#link.ports.context.logger.debug(`could not ask what was missed: ${messageOf(error)}`)
    }
    if (round !== this.#round || (isLate && suspects.length === 0)) return
    const next = { ...state, suspects, waitMs: Math.min(waitMs * 2, lookMs.max) }
    this.#timer = this.#link.clock.setTimer(waitMs, () => void this.#look(next))
  }

  /**
   * Engines that did not come back are gone. Python's scheduler forgets what it had when it is
   * started again, and cannot tell a task that comes twice, so it gets only what it does not know.
   */
  #giveUp(unknown: readonly Task[]): void {
    this.#watch.dropUnconfirmed()
    if (this.#link.isControllerOurs) return
    for (const task of unknown) if (task.outcome === undefined) this.#courier.sendAgain(task)
  }

  /** Delivers what the hub has of these tasks; returns those that it does not know. */
  async #deliver(tasks: readonly Task[]): Promise<Task[]> {
    const unknown: Task[] = []
    for (let at = 0; at < tasks.length; at += batchMax) {
      const batch = new Map(tasks.slice(at, at + batchMax).map((task) => [task.msgId, task]))
      const done = await this.#completedOf(batch)
      const fetchMax = this.#link.isControllerOurs ? batchMax : 1
      for (let i = 0; i < done.length; i += fetchMax) await this.#fetch(done.slice(i, i + fetchMax))
      unknown.push(...batch.values())
    }
    return unknown
  }

  /** Ids of those that are completed; takes out of `batch` all that the hub knows. */
  async #completedOf(batch: Map<string, Task>): Promise<string[]> {
    const query: JsonObject = { msg_id: { $in: [...batch.keys()] } }
    const keys = ['msg_id', 'completed']
    const { reply } = await this.#link.ask(databaseRequest, { query, keys }, databaseReply)
    const done: string[] = []
    for (const { msg_id, completed } of reply.records) {
      if (typeof msg_id !== 'string') continue
      batch.delete(msg_id)
      if (typeof completed === 'string') done.push(msg_id)
    }
    return done
  }

  async #fetch(msgIds: readonly string[]): Promise<void> {
    const wanted = { msgIds, statusOnly: false }
    const { reply, message } = await this.#link.ask(resultRequest, wanted, resultReply)
    let at = 0
    for (const [id, result] of reply.results) {
      // Python's hub does not say how many buffers a result has, so it is asked one by one.
      const count = result.bufferCount ?? message.buffers.length
      const buffers = message.buffers.slice(at, at + count)
      at += count
      const task = this.#desk.get(id)
      if (task === undefined || task.outcome !== undefined) continue
      const { resultContent: content, resultMetadata, resultHeader, output } = result
      task.restoreOutput(output.stdout, output.stderr)
      const metadata = { ...resultMetadata, output_count: 0 }
      this.#desk.accept(task, { content, metadata, buffers }, resultHeader.date)
    }
  }
}
