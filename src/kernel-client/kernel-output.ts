import {
  clearOutput,
  displayData,
  errorOutput,
  executeInput,
  executeResult,
  isObject,
  type JsonObject,
  type Message,
  stream,
  updateDisplayData,
} from '../jupyter/mod.ts'

/** What a kernel shows while it runs a cell, or later because of it. */
export type KernelOutput =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly type: 'display'
      readonly data: JsonObject
      readonly metadata: JsonObject
      /** Later displays of the same id replace this one. */
      readonly displayId: string | undefined
      /** Whether it replaces all displays of its id, instead of being one more. */
      readonly update: boolean
    }
  | {
      readonly type: 'result'
      readonly executionCount: number
      readonly data: JsonObject
      readonly metadata: JsonObject
      readonly displayId: string | undefined
    }
  | { readonly type: 'error'; readonly error: KernelFailure }
  /** Takes away what the cell has shown: now, or when the next output comes. */
  | { readonly type: 'clear'; readonly wait: boolean }
  /** The cell begins to run, under this number. */
  | { readonly type: 'input'; readonly code: string; readonly executionCount: number }

/** An exception of user code. */
export interface KernelFailure {
  readonly ename: string
  readonly evalue: string
  /** Lines, often with ANSI colours. */
  readonly traceback: readonly string[]
}

function displayIdOf(transient: unknown): string | undefined {
  const id = isObject(transient) ? transient['display_id'] : undefined
  return typeof id === 'string' ? id : undefined
}

function display(message: Message, update: boolean): KernelOutput {
  const { data, metadata, transient } = (update ? updateDisplayData : displayData).decode(
    message.content,
  )
  return { type: 'display', data, metadata, displayId: displayIdOf(transient), update }
}

/**
 * Reads a message of the iopub channel; undefined when it is no output.
 * @throws {ContentError} when its content is not what its type needs.
 */
export function readOutput(message: Message): KernelOutput | undefined {
  const { content } = message
  switch (message.header.msgType) {
    case 'stream': {
      const { name, text } = stream.decode(content)
      return { type: 'stream', name: name === 'stderr' ? 'stderr' : 'stdout', text }
    }
    case 'display_data':
      return display(message, false)
    case 'update_display_data':
      return display(message, true)
    case 'execute_result': {
      const result = executeResult.decode(content)
      return { type: 'result', ...result, displayId: displayIdOf(content['transient']) }
    }
    case 'error':
      return { type: 'error', error: errorOutput.decode(content) }
    case 'clear_output':
      return { type: 'clear', ...clearOutput.decode(content) }
    case 'execute_input':
      return { type: 'input', ...executeInput.decode(content) }
    default:
      return undefined
  }
}
