import type { IparallelError } from '../base/mod.ts'
import { type RecordedResult, resultReply, resultRequest } from '../jupyter/mod.ts'
import type { ClusterLink } from './cluster-link.ts'
import { abortTasks } from './engine-control.ts'
import { together } from './errors.ts'
import { finish, readReply } from './reply.ts'
import { type Progress, ResultSource, type SourceOutcome } from './result-source.ts'
import { Task, type TaskKind } from './task.ts'

/** Milliseconds between two questions to the hub. */
const askMs = { first: 20, max: 1_000 } as const

/** Results asked for in one request. */
const batchMax = 100

/**
 * Tasks that somebody sent, perhaps another client: their results are asked from the hub until
 * all are there.
 */
export class HubRun<T, Item> extends ResultSource<T, Item> {
  override readonly tasks: Task[] = []
  readonly #isSingle: boolean
  readonly #origin = new Error('asked for here')
  /** One task may have been asked for several times. */
  readonly #positions = new Map<string, number[]>()
  readonly #total: number
  #done = 0
  #failure: IparallelError | undefined

  /** Begins to ask as soon as the ids are known; there will be `total` of them. */
  constructor(
    link: ClusterLink,
    msgIds: readonly string[] | Promise<readonly string[]>,
    total: number,
    isSingle: boolean,
  ) {
    super(link)
    this.#total = total
    this.#isSingle = isSingle
    if (!(msgIds instanceof Promise)) this.#expect(msgIds)
    void this.#poll(msgIds)
  }

  override get progress(): Progress {
    return { done: this.#done, total: this.#total }
  }

  override get isFinished(): boolean {
    return this.#failure !== undefined || this.#done === this.#total
  }

  override outcome(): SourceOutcome<T> {
    if (this.#failure !== undefined) return { ok: false, error: this.#failure }
    const errors = this.tasks.flatMap((task) => task.error ?? [])
    if (errors.length > 0) {
      const error = this.#isSingle ? errors[0]! : together(errors, this.#total)
      return { ok: false, error }
    }
    const values = this.items()
    return { ok: true, value: (this.#isSingle ? values[0] : values) as T }
  }

  override items(): (Item | IparallelError)[] {
    return this.tasks.map((task) => {
      const { outcome } = task
      return outcome?.status === 'ok' ? (outcome.value as Item) : (task.error ?? this.#failure!)
    })
  }

  override async *iterate(): AsyncGenerator<Item, void, undefined> {
    for (let i = 0; i < this.#total; i++) {
      while (this.tasks[i]?.settled !== true) {
        if (this.#failure !== undefined) throw this.#failure
        await this.changes.next()
      }
      const { error, outcome } = this.tasks[i]!
      if (error !== undefined) throw error
      if (outcome?.status === 'ok') yield outcome.value as Item
    }
  }

  override abort(): Promise<void> {
    return abortTasks(this.link, this.tasks)
  }

  override taskSettled(_task: Task): void {
    this.#done++
    this.changed()
  }

  #newTask(msgId: string, index: number, kind: TaskKind, submittedMs: number): Task {
    const request = { kind, channel: 'task', target: undefined, owner: this, index } as const
    return new Task(msgId, { ...request, items: 1, origin: this.#origin }, submittedMs, undefined)
  }

  #expect(msgIds: readonly string[]): void {
    for (const [index, id] of msgIds.entries()) {
      const positions = this.#positions.get(id)
      if (positions === undefined) this.#positions.set(id, [index])
      else positions.push(index)
      this.tasks.push(this.#newTask(id, index, 'apply', this.link.clock.now()))
    }
  }

  async #poll(msgIds: readonly string[] | Promise<readonly string[]>): Promise<void> {
    try {
      if (msgIds instanceof Promise) this.#expect(await msgIds)
      for (let waitMs: number = askMs.first; ; waitMs = Math.min(waitMs * 2, askMs.max)) {
        await this.#ask()
        if (this.isFinished) return
        await this.#pause(waitMs)
      }
    } catch (error) {
      this.#failure = error as IparallelError
      this.changed()
    }
  }

  async #ask(): Promise<void> {
    const open = this.tasks.filter((task) => !task.settled).map((task) => task.msgId)
    const wanted = { msgIds: open, statusOnly: true }
    const { reply } = await this.link.ask(resultRequest, wanted, resultReply)
    const fetchMax = this.link.isControllerOurs ? batchMax : 1
    for (let at = 0; at < reply.completed.length; at += fetchMax) {
      await this.#fetch(reply.completed.slice(at, at + fetchMax))
    }
  }

  async #fetch(msgIds: readonly string[]): Promise<void> {
    const wanted = { msgIds, statusOnly: false }
    const { reply, message } = await this.link.ask(resultRequest, wanted, resultReply)
    let at = 0
    for (const [id, result] of reply.results) {
      const count = result.bufferCount ?? message.buffers.length
      const buffers = message.buffers.slice(at, at + count)
      for (const index of this.#positions.get(id) ?? []) this.#take(id, index, result, buffers)
      at += count
    }
  }

  #take(id: string, index: number, result: RecordedResult, buffers: readonly Uint8Array[]): void {
    if (this.tasks[index]!.settled) return
    const { header, resultHeader, resultContent: content, resultMetadata: metadata } = result
    const kind = header.msgType === 'execute_request' ? 'execute' : 'apply'
    const submittedMs = Date.parse(header.date)
    const task = this.#newTask(id, index, kind, submittedMs)
    this.tasks[index] = task
    task.restoreOutput(result.output.stdout, result.output.stderr)
    const reply = { content, metadata, buffers }
    const { engines, codec } = this.link
    task.outcome = readReply(task, reply, resultHeader.date, engines, codec)
    task.receivedMs = Date.parse(result.received)
    finish(task)
    this.taskSettled(task)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.link.clock.setTimer(ms, () => {
        stopListening()
        resolve()
      })
      const stopListening = this.link.events.on('closed', ({ error }) => {
        timer.cancel()
        stopListening()
        reject(error)
      })
    })
  }
}
