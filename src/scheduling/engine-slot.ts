import type { TaskEnd } from './dependency.ts'
import type { EngineLoad } from './policy/policy.ts'
import type { Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'
import { TicketHeap } from './ticket-heap.ts'

/** An engine as the scheduler sees it. */
export class EngineSlot<Order extends TaskOrder> implements EngineLoad {
  readonly uuid: string
  readonly id: number
  readonly language: string
  /** It gives back at once, even while it works, what it has not begun. */
  readonly recalls: boolean
  heapIndex = -1
  rank: number
  /** Tasks that were sent there and have not ended, in the order of sending. */
  readonly running: Set<Task<Order>> = new Set()
  /** Tasks that wait for this engine, or for one of a few that it belongs to. */
  readonly waiting: TicketHeap<Task<Order>> = new TicketHeap('sequence')
  /** When it last answered, or got something to do after it had nothing. */
  progressAtMs = 0
  /** Of its latest tasks: how long they ran, as far as it says, and until the answer was here. */
  meanRunMs: number | undefined
  meanAnswerMs = 0
  /** Tasks of those it has that it may have begun. */
  together = 1
  /** Nothing more is sent there until it answers something. */
  isStuck = false
  /** When it was last asked to give back what it has not begun. */
  recalledAtMs: number = Number.NEGATIVE_INFINITY

  /** What dependents are told of tasks that ended here; shared by all of these tasks. */
  readonly success: TaskEnd
  readonly failure: TaskEnd

  constructor(uuid: string, id: number, language: string, recalls: boolean, rank: number) {
    this.uuid = uuid
    this.id = id
    this.language = language
    this.recalls = recalls
    this.rank = rank
    this.success = { success: true, engine: uuid }
    this.failure = { success: false, engine: uuid }
  }

  get load(): number {
    return this.running.size
  }
}
