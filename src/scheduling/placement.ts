import { choicesOf } from './engine-choice.ts'
import type { EnginePools } from './engine-pools.ts'
import type { EngineSlot } from './engine-slot.ts'
import type { TaskFailure } from './scheduler-events.ts'
import { forgive, type Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'
import type { WaitingRoom } from './waiting-room.ts'
import type { WorkAhead } from './work-ahead.ts'

/** What is done about a task that was to be placed. */
export interface PlacementActions<Order extends TaskOrder> {
  run(task: Task<Order>, engine: EngineSlot<Order>): void
  /** There is no engine for it, nor will there be. */
  fail(task: Task<Order>, failure: TaskFailure): void
}

/** Brings tasks and engines together. Source: protocol reference §11.3. */
export class Placement<Order extends TaskOrder> {
  readonly #pools: EnginePools<Order>
  readonly #room: WaitingRoom<Order>
  readonly #ahead: WorkAhead<Order>
  readonly #actions: PlacementActions<Order>

  constructor(
    pools: EnginePools<Order>,
    room: WaitingRoom<Order>,
    ahead: WorkAhead<Order>,
    actions: PlacementActions<Order>,
  ) {
    this.#pools = pools
    this.#room = room
    this.#ahead = ahead
    this.#actions = actions
  }

  /** Finds the task an engine, or a place to wait for one. */
  place(task: Task<Order>, atMs: number): void {
    this.#place(task, atMs, true)
  }

  /**
   * Lets an engine that got room take the oldest tasks that it may, those that have just become
   * ready among them; of the latter each has the choice of all engines.
   */
  offer(engine: EngineSlot<Order>, ready: readonly Task<Order>[], atMs: number): void {
    for (const task of ready) this.#place(task, atMs, false)
    const fresh = ready.length === 0 ? undefined : new Set(ready)
    while (this.#pools.hasRoom(engine)) {
      const task = this.#nextFor(engine)
      if (task === undefined) return
      if (fresh?.has(task)) this.#place(task, atMs, true)
      else this.#run(task, engine, atMs)
    }
  }

  /** Gives an engine that works off short tasks some ahead, of those that no other has room for. */
  offerAhead(engine: EngineSlot<Order>, atMs: number): void {
    while (this.#ahead.hasRoom(engine)) {
      const task = this.#nextFor(engine)
      if (task === undefined || !task.isPlain) return
      this.#run(task, engine, atMs)
    }
  }

  /** The oldest task that waits for an engine like this one. */
  #nextFor(engine: EngineSlot<Order>): Task<Order> | undefined {
    const languages = this.#pools.speaks(engine, undefined)
      ? [engine.language, undefined]
      : [engine.language]
    return this.#room.nextFor(engine, languages)
  }

  #place(task: Task<Order>, atMs: number, mayRun: boolean): void {
    if (task.engine !== undefined || task.hasEnded) return
    this.#room.stand(task)
    if (task.picky) this.#placePicky(task, atMs, mayRun)
    else this.#placePlain(task, atMs, mayRun)
  }

  #placePicky(task: Task<Order>, atMs: number, mayRun: boolean): void {
    const choices = choicesOf(task, this.#pools)
    if (choices === 'undecided') {
      this.#room.enter(task, atMs)
      return
    }
    if (!Array.isArray(choices)) {
      this.#actions.fail(task, choices)
      return
    }
    const open = mayRun ? choices.filter((engine) => this.#pools.hasRoom(engine)) : []
    if (open.length > 0) {
      this.#run(task, this.#pools.pickAmong(open), atMs)
    } else {
      this.#room.enter(task, atMs)
      this.#room.sitAmong(task, choices)
    }
  }

  #placePlain(task: Task<Order>, atMs: number, mayRun: boolean): void {
    if (this.#isHopeless(task)) {
      const evalue = "no engine is left that meets the task's dependencies"
      this.#actions.fail(task, { ename: 'ImpossibleDependency', evalue })
      return
    }
    const engine = mayRun ? this.#pools.pickFor(task) : undefined
    if (engine !== undefined) {
      this.#run(task, engine, atMs)
    } else {
      this.#room.enter(task, atMs)
      this.#room.sit(task)
    }
  }

  /** Whether every engine lacks something; engines where it merely failed get a second chance. */
  #isHopeless(task: Task<Order>): boolean {
    if (task.unmetOn === undefined && task.failedOn === undefined) return false
    if (this.#pools.outlook(task) !== 'all-avoided') return false
    if (task.failedOn === undefined) return true
    forgive(task)
    if (this.#pools.outlook(task) !== 'all-avoided') return false
    task.failedOn = undefined
    return this.#pools.outlook(task) === 'all-avoided'
  }

  #run(task: Task<Order>, engine: EngineSlot<Order>, atMs: number): void {
    this.#room.leave(task)
    task.engine = engine
    engine.running.add(task)
    this.#ahead.sent(engine, task, atMs)
    this.#pools.used(engine)
    this.#actions.run(task, engine)
  }
}
