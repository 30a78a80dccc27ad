import {
  clearOutput,
  displayData,
  executeResult,
  type JsonObject,
  type Message,
  updateDisplayData,
} from '../jupyter/mod.ts'
import type { StreamName } from './ports.ts'
import type { TaskInfo } from './task.ts'

/** Something that an engine showed, or that its part of the work is done. */
export type OutputEvent = { readonly engineId: number | undefined } & (
  | { readonly type: 'stream'; readonly stream: StreamName; readonly text: string }
  | {
      readonly type: 'display'
      readonly data: JsonObject
      readonly metadata: JsonObject
      /** Holds the `display_id` of one that can be updated. */
      readonly transient: JsonObject
      /** It takes the place of an earlier one with the same `display_id`. */
      readonly isUpdate: boolean
    }
  | {
      readonly type: 'result'
      readonly data: JsonObject
      readonly metadata: JsonObject
      readonly executionCount: number
    }
  | { readonly type: 'clear'; readonly wait: boolean }
  | { readonly type: 'settled'; readonly task: TaskInfo }
)

/** What a message of output means; undefined for one that shows nothing. */
export function readOutputEvent(
  engineId: number | undefined,
  { header, content }: Message,
): OutputEvent | undefined {
  switch (header.msgType) {
    case displayData.msgType:
      return { type: 'display', engineId, ...displayData.decode(content), isUpdate: false }
    case updateDisplayData.msgType:
      return { type: 'display', engineId, ...updateDisplayData.decode(content), isUpdate: true }
    case executeResult.msgType:
      return { type: 'result', engineId, ...executeResult.decode(content) }
    case clearOutput.msgType:
      return { type: 'clear', engineId, ...clearOutput.decode(content) }
    default:
      return undefined
  }
}
