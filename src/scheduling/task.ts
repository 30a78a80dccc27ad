import type { Dependency } from './dependency.ts'
import type { EngineSlot } from './engine-slot.ts'
import type { TaskFailure } from './scheduler-events.ts'
import type { TaskOrder } from './task-order.ts'
import type { Ticket } from './ticket-heap.ts'
import type { Seat } from './waiting-room.ts'

/** A task between its submission and its end. */
export class Task<Order extends TaskOrder> {
  /** Replaced when the client sends the task a second time, over a new connection. */
  order: Order
  /** Position in the order of submission; kept through every retry. */
  readonly sequence: number
  readonly after: Dependency | undefined
  readonly follow: Dependency | undefined
  retriesLeft: number
  /** Where it runs; undefined while it waits. */
  engine: EngineSlot<Order> | undefined
  /** When it was sent to its engine. */
  sentAtMs = 0
  /** Set while it waits, for other tasks or for an engine. */
  ticket: Ticket<Task<Order>> | undefined
  /** Set while it waits for an engine: where it is filed. */
  seat: Seat<Order> | undefined
  hasEnded = false
  /** The client has given it up: no further attempt. */
  aborted = false
  /** Uuids of engines that lack something it needs: it never goes there again. */
  unmetOn: Set<string> | undefined
  /** Uuids of engines where it failed: it goes there again only when there is no other. */
  failedOn: Set<string> | undefined
  /** Uuids of engines that have received it. */
  seenBy: Set<string> | undefined
  /** What to report when no retry can be placed. */
  lastFailure: TaskFailure | undefined

  constructor(
    order: Order,
    sequence: number,
    after: Dependency | undefined,
    follow: Dependency | undefined,
  ) {
    this.order = order
    this.sequence = sequence
    this.after = after
    this.follow = follow
    this.retriesLeft = order.wishes.retries
  }

  get id(): string {
    return this.order.id
  }

  /** May be given to one of a list of engines only, not to any of its language. */
  get picky(): boolean {
    return this.order.wishes.targets !== undefined || this.follow !== undefined
  }

  /** Whether other tasks still decide when or where it can run. */
  get blocked(): boolean {
    return this.after !== undefined && !this.after.satisfied
  }

  /** Nothing is lost when it goes to an engine ahead of its turn, and comes back from there. */
  get isPlain(): boolean {
    return (
      !this.picky &&
      this.order.wishes.timeoutMs === undefined &&
      this.unmetOn === undefined &&
      this.failedOn === undefined
    )
  }

  avoids(uuid: string): boolean {
    return this.unmetOn?.has(uuid) === true || this.failedOn?.has(uuid) === true
  }
}

/** All engines have failed the task: another round, which the one that failed it last sits out. */
export function forgive<Order extends TaskOrder>(task: Task<Order>): void {
  const last = [...(task.failedOn ?? [])].at(-1)
  task.failedOn = last === undefined ? undefined : new Set([last])
}
