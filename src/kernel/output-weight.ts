import { limits } from '../base/mod.ts'
import type { MimeBundle } from '../engine/mod.ts'
import type { FrameParcel } from './frame-parcel.ts'
import type { MessageFromEvaluator } from './port-messages.ts'

function charsOf(bundle: MimeBundle): number {
  let chars = 0
  for (const value of Object.values(bundle)) if (typeof value === 'string') chars += value.length
  return chars
}

function bytesOf({ packed, taken }: FrameParcel): number {
  return taken.reduce((bytes, { length }) => bytes + length, packed?.length ?? 0)
}

/**
 * What a message gives the thread that serves the engine to do, in characters of output; 0 for
 * one of which user code cannot make any number in a row.
 */
export function outputWeight(message: MessageFromEvaluator): number {
  switch (message[0]) {
    case 'stream':
      return limits.outputMessageChars + message[3].length
    case 'display':
    case 'executeResult':
      return limits.outputMessageChars + charsOf(message[2])
    case 'comm':
      return limits.outputMessageChars + bytesOf(message[3])
    case 'clearOutput':
      return limits.outputMessageChars
    default:
      return 0
  }
}
