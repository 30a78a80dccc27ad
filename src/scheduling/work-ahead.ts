import { limits } from '../base/mod.ts'
import type { EngineSlot } from './engine-slot.ts'
import type { Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'

/** Weight of the latest task in the mean of an engine's tasks. */
const gain = 1 / 8

/**
 * Which engines may have work ahead of what they run, and which have to give it back.
 *
 * Between an engine's reply and its next task lies a round trip, in which it does nothing. So an
 * engine whose latest tasks were short is sent more than its high-water mark, as much as it will
 * do in a few milliseconds; when it then meets a long one, what it has not begun is recalled and
 * goes to others. Only engines that answer a recall while they work take part.
 */
export class WorkAhead<Order extends TaskOrder> {
  readonly #loadMax: number
  readonly #aheadMs: number
  /** Engines with tasks behind the one they run. */
  readonly #engines = new Set<EngineSlot<Order>>()
  #checkAtMs: number | undefined

  /**
   * @param loadMax Tasks that an engine may have whatever they take; Infinity for any number.
   * @param aheadMs Milliseconds of work that an engine may have ahead; 0 for none.
   */
  constructor(loadMax: number, aheadMs: number) {
    this.#loadMax = loadMax
    this.#aheadMs = aheadMs
  }

  /** When `takeStuck` is due, in monotonic milliseconds. */
  get checkAtMs(): number | undefined {
    return this.#checkAtMs
  }

  /** Whether an engine that has no room may still be given a task to do later. */
  hasRoom(engine: EngineSlot<Order>): boolean {
    if (!engine.recalls || engine.isStuck || engine.meanRunMs === undefined) return false
    const ahead = Math.floor(this.#aheadMs / Math.max(engine.meanRunMs, limits.aheadRunMsMin))
    return engine.load < Math.min(this.#loadMax + ahead, this.#loadMax + limits.aheadTasksMax)
  }

  /** An engine was sent a task. */
  sent(engine: EngineSlot<Order>, task: Task<Order>, atMs: number): void {
    task.sentAtMs = atMs
    if (engine.load === 1) engine.progressAtMs = atMs
    else if (engine.recalls && this.#loadMax !== Number.POSITIVE_INFINITY) this.#watch(engine, atMs)
  }

  /** An engine has done a task, which is off its list. `runMs`: what it says it took. */
  answered(
    engine: EngineSlot<Order>,
    task: Task<Order>,
    runMs: number | undefined,
    atMs: number,
  ): void {
    const answerMs = atMs - Math.max(task.sentAtMs, engine.progressAtMs)
    engine.meanAnswerMs += (answerMs - engine.meanAnswerMs) * gain
    if (runMs !== undefined) {
      const mean = engine.meanRunMs ?? runMs
      engine.meanRunMs = mean + (runMs - mean) * gain
    }
    engine.progressAtMs = atMs
    engine.isStuck = false
    if (engine.load < 2) this.#engines.delete(engine)
  }

  /** An engine has given a task back undone, which says nothing about those before it. */
  returned(engine: EngineSlot<Order>): void {
    if (engine.load < 2) this.#engines.delete(engine)
    if (engine.load === 0) engine.isStuck = false
  }

  engineLeft(engine: EngineSlot<Order>): void {
    this.#engines.delete(engine)
  }

  /**
   * Engines that have answered nothing for too long although others wait behind what they do. Such
   * an engine comes again while it has any: a task may have been on its way when it was recalled,
   * and a connection that breaks takes a recall with it.
   */
  takeStuck(atMs: number): EngineSlot<Order>[] {
    if (this.#checkAtMs === undefined || atMs < this.#checkAtMs) return []
    const stuck: EngineSlot<Order>[] = []
    for (const engine of this.#engines) {
      const patienceMs = limits.stuckEngineMs + 4 * engine.meanAnswerMs
      if (atMs - engine.progressAtMs < patienceMs) continue
      if (engine.isStuck && atMs - engine.recalledAtMs < limits.recallAgainMs) continue
      engine.isStuck = true
      engine.recalledAtMs = atMs
      stuck.push(engine)
    }
    this.#checkAtMs = this.#engines.size === 0 ? undefined : atMs + limits.stuckEngineMs
    return stuck
  }

  #watch(engine: EngineSlot<Order>, atMs: number): void {
    this.#checkAtMs ??= atMs + limits.stuckEngineMs
    this.#engines.add(engine)
  }
}
