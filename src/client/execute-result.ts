import { showAsText } from './show-as-text.ts'
import type { DisplayedOutput } from './task-output.ts'

/** What running a cell on one engine gave. */
export class ExecuteResult {
  readonly engineId: number | undefined
  /** The engine's count of cells: the 3 of `Out[3]`. */
  readonly executionCount: number
  readonly stdout: string
  readonly stderr: string
  /** What was displayed, in order; the last expression's value has the type `result`. */
  readonly outputs: readonly DisplayedOutput[]
  /** What the request's `userExpressions` evaluated to, in Jupyter's form. */
  readonly userExpressions: Readonly<Record<string, unknown>>

  constructor(facts: {
    engineId: number | undefined
    executionCount: number
    stdout: string
    stderr: string
    outputs: readonly DisplayedOutput[]
    userExpressions: Readonly<Record<string, unknown>>
  }) {
    this.engineId = facts.engineId
    this.executionCount = facts.executionCount
    this.stdout = facts.stdout
    this.stderr = facts.stderr
    this.outputs = facts.outputs
    this.userExpressions = facts.userExpressions
  }

  /** The last expression's value by media type; undefined when the cell had none. */
  get data(): Readonly<Record<string, unknown>> | undefined {
    return this.outputs.findLast((output) => output.type === 'result')?.data
  }

  /** The last expression's value as text. */
  get text(): string | undefined {
    const plain = this.data?.['text/plain']
    return typeof plain === 'string' ? plain : undefined
  }

  /** As a console shows it: `Out[0:3]: 42`, after what was displayed. */
  toString(): string {
    const label = `[${this.engineId ?? '?'}:${this.executionCount}]`
    const lines = this.outputs.map(({ type, data }) => {
      const plain = data['text/plain']
      const text = typeof plain === 'string' ? plain : Object.keys(data).join(', ')
      return type === 'result' ? `Out${label}: ${text}` : text
    })
    return lines.length === 0 ? `<ExecuteResult${label}>` : lines.join('\n')
  }
}

showAsText(ExecuteResult.prototype)
