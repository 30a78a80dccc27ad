import type { EnginePools } from './engine-pools.ts'
import type { EngineSlot } from './engine-slot.ts'
import type { TaskFailure } from './scheduler-events.ts'
import { forgive, type Task } from './task.ts'
import type { TaskOrder } from './task-order.ts'

function impossible(evalue: string): TaskFailure {
  return { ename: 'ImpossibleDependency', evalue }
}

/**
 * The engines that a task with `targets` or `follow` may run on now, busy or not; never an empty
 * list. `undecided` when other tasks have to end first, a failure when there can be none.
 * Source: protocol reference §11.3, trap T1.
 */
export function choicesOf<Order extends TaskOrder>(
  task: Task<Order>,
  pools: EnginePools<Order>,
): EngineSlot<Order>[] | 'undecided' | TaskFailure {
  const { follow } = task
  if (follow === undefined) return withoutAvoided(task, targetsOf(task, pools), 'no target')
  if (follow.all && follow.engines.size > 1) {
    return impossible('the tasks to follow ran on different engines')
  }
  if (!follow.satisfied) return 'undecided'
  const allowed = task.order.wishes.targets
  const engines = live(task, [...follow.engines], pools).filter(
    ({ uuid }) => allowed === undefined || allowed.includes(uuid),
  )
  const choices = withoutAvoided(task, engines, 'no engine that ran the tasks to follow')
  return Array.isArray(choices) || follow.all || follow.settled ? choices : 'undecided'
}

function targetsOf<Order extends TaskOrder>(
  task: Task<Order>,
  pools: EnginePools<Order>,
): EngineSlot<Order>[] {
  return live(task, [...new Set(task.order.wishes.targets)], pools)
}

/** Explicit engines are taken at their word when the task names no language. */
function live<Order extends TaskOrder>(
  task: Task<Order>,
  uuids: readonly string[],
  pools: EnginePools<Order>,
): EngineSlot<Order>[] {
  const { language } = task.order.wishes
  const engines: EngineSlot<Order>[] = []
  for (const uuid of uuids) {
    const engine = pools.get(uuid)
    if (engine !== undefined && (language === undefined || engine.language === language)) {
      engines.push(engine)
    }
  }
  return engines
}

function withoutAvoided<Order extends TaskOrder>(
  task: Task<Order>,
  engines: EngineSlot<Order>[],
  subject: string,
): EngineSlot<Order>[] | TaskFailure {
  const { unmetOn } = task
  if (engines.length === 0) {
    return task.lastFailure ?? impossible(`${subject} is registered and can run this task`)
  }
  const able = unmetOn === undefined ? engines : engines.filter(({ uuid }) => !unmetOn.has(uuid))
  if (able.length === 0) {
    return impossible(`${subject} is left that meets the task's dependencies`)
  }
  let untried = able.filter(({ uuid }) => !task.avoids(uuid))
  if (untried.length > 0) return untried
  forgive(task)
  untried = able.filter(({ uuid }) => !task.avoids(uuid))
  return untried.length > 0 ? untried : able
}
