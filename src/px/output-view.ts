import type { IparallelError } from '../base/mod.ts'
import { type ExecuteResult, LiveOutput, type OutputEvent, type TaskInfo } from '../client/mod.ts'
import type { MagicHost } from '../kernel/mod.ts'
import type { Grouping } from './px-options.ts'

type Bundle = Readonly<Record<string, unknown>>

/** Shows what engines showed, each piece with the number of its engine, as ipyparallel does. */
export class OutputView {
  readonly #host: MagicHost
  readonly #lines: LiveOutput
  /** Called before anything is shown. */
  readonly #before: () => void

  constructor(host: MagicHost, before: () => void = () => {}) {
    this.#host = host
    this.#before = before
    this.#lines = new LiveOutput({
      write: (stream, text) => (stream === 'stdout' ? host.print(text) : host.warn(text)),
    })
  }

  /** Shows one event at once. To clear outputs would take away those of other engines too. */
  show(event: OutputEvent): void {
    if (event.type === 'clear' || (event.type === 'settled' && event.task.error === undefined))
      return
    this.#before()
    const { engineId } = event
    switch (event.type) {
      case 'stream':
        this.#lines.write(event.stream, engineId, event.text)
        break
      case 'display':
        this.#display(engineId, event)
        break
      case 'result':
        this.#result(engineId, event.executionCount, event.data, event.metadata)
        break
      case 'settled':
        this.#error(event.task.error!)
    }
  }

  /** Shows what has been collected; `items` are results or errors, one for each task. */
  showAll(tasks: readonly TaskInfo[], items: readonly unknown[], grouping: Grouping): void {
    this.#before()
    const displays = tasks.map(({ outputs }) => outputs.filter(({ type }) => type === 'display'))
    const showDisplay = (task: number, index: number): void => {
      const output = displays[task]?.[index]
      if (output === undefined) return
      const { data, metadata } = output
      this.#display(tasks[task]!.engineId, { data, metadata, transient: {}, isUpdate: false })
    }
    const stdout = (task: TaskInfo): void => this.#block('stdout', task)
    const stderr = (task: TaskInfo): void => this.#block('stderr', task)
    const displaysOf = (task: number): void => {
      for (const index of displays[task]!.keys()) showDisplay(task, index)
    }
    const ending = (task: number): void => this.#ending(tasks[task]!, items[task])
    const numbers = [...tasks.keys()]
    if (grouping === 'engine') {
      for (const task of numbers) {
        stdout(tasks[task]!)
        stderr(tasks[task]!)
        displaysOf(task)
        ending(task)
      }
      return
    }
    tasks.forEach(stdout)
    tasks.forEach(stderr)
    if (grouping === 'type') numbers.forEach(displaysOf)
    else {
      const most = Math.max(0, ...displays.map(({ length }) => length))
      for (let index = 0; index < most; index++) {
        for (const task of numbers) showDisplay(task, index)
      }
    }
    numbers.forEach(ending)
  }

  /** Ends a line that an engine left open. */
  finish(): void {
    this.#lines.breakLine()
  }

  #block(stream: 'stdout' | 'stderr', task: TaskInfo): void {
    this.#lines.write(stream, task.engineId, task[stream])
    this.#lines.breakLine()
  }

  #ending(task: TaskInfo, item: unknown): void {
    if (task.error !== undefined) this.#error(task.error)
    else if (isExecuteResult(item)) {
      const result = item.outputs.findLast(({ type }) => type === 'result')
      if (result === undefined) return
      this.#result(task.engineId, item.executionCount, result.data, result.metadata)
    }
  }

  #display(
    engineId: number | undefined,
    display: { data: Bundle; metadata: Bundle; transient: Bundle; isUpdate: boolean },
  ): void {
    const { data, metadata, transient, isUpdate } = display
    this.#lines.breakLine()
    if (!isUpdate) this.#host.print(`[output:${engineId ?? '?'}]\n`)
    const id = transient['display_id']
    // Engines choose ids without knowing of each other.
    const own =
      typeof id === 'string' ? { ...transient, display_id: `${engineId}:${id}` } : transient
    this.#host.output.display(data, metadata, own, isUpdate)
  }

  #result(engineId: number | undefined, count: number, data: Bundle, metadata: Bundle): void {
    this.#lines.breakLine()
    const label = `Out[${engineId ?? '?'}:${count}]:`
    const plain = data['text/plain']
    const text = typeof plain === 'string' ? plain : ''
    const labelled = `${label}${text.includes('\n') ? '\n' : ' '}${text}`
    if (Object.keys(data).length > 1) this.#host.print(`${label}\n`)
    const isRich = Object.keys(data).length > 1
    const shown = isRich ? data : { ...data, 'text/plain': labelled }
    this.#host.output.display(shown, metadata, {}, false)
  }

  #error(error: IparallelError): void {
    this.#lines.breakLine()
    const { traceback, engineId, method } = error as Partial<{
      traceback: readonly string[]
      engineId: number
      method: string
    }>
    const lines = traceback === undefined || traceback.length === 0 ? [error.message] : traceback
    const label = engineId === undefined ? '' : `[${engineId}:${method ?? 'execute'}]\n`
    this.#host.warn(`${label}${lines.join('\n')}\n`)
  }
}

/** By what it has: it may be of another copy of this package. */
function isExecuteResult(item: unknown): item is ExecuteResult {
  return typeof item === 'object' && item !== null && 'executionCount' in item && 'outputs' in item
}
