import {
  codePointsOf,
  codeUnitsOf,
  completeReply,
  completeRequest,
  inspectReply,
  inspectRequest,
  isCompleteReply,
  isCompleteRequest,
  type JsonObject,
  kernelHistoryReply,
  kernelHistoryRequest,
  type Message,
} from '../jupyter/mod.ts'
import type { Reflection } from './evaluator.ts'

/** Answers of one who knows nothing. */
export const noReflection: Reflection = {
  complete: async ({ cursorPos }) => ({
    matches: [],
    cursorStart: cursorPos,
    cursorEnd: cursorPos,
    metadata: {},
  }),
  inspect: async () => ({ found: false, data: {}, metadata: {} }),
  isComplete: async () => ({ status: 'unknown', indent: '' }),
  history: async () => ({ entries: [] }),
}

/** The reply to a request about code or history; undefined for any other request. */
export async function answerReflection(
  reflection: Reflection,
  { header, content }: Message,
): Promise<JsonObject | undefined> {
  switch (header.msgType) {
    case completeRequest.msgType: {
      const { code, cursorPos } = completeRequest.decode(content)
      const found = await reflection.complete({ code, cursorPos: codeUnitsOf(code, cursorPos) })
      return completeReply.encode({
        status: 'ok',
        matches: found.matches,
        cursorStart: codePointsOf(code, found.cursorStart),
        cursorEnd: codePointsOf(code, found.cursorEnd),
        metadata: found.metadata as JsonObject,
      })
    }
    case inspectRequest.msgType: {
      const { code, cursorPos, detailLevel } = inspectRequest.decode(content)
      const place = { code, cursorPos: codeUnitsOf(code, cursorPos), detailLevel }
      const { found, data, metadata } = await reflection.inspect(place)
      return inspectReply.encode({
        status: 'ok',
        found,
        data: data as JsonObject,
        metadata: metadata as JsonObject,
      })
    }
    case isCompleteRequest.msgType: {
      const { code } = isCompleteRequest.decode(content)
      return isCompleteReply.encode(await reflection.isComplete(code))
    }
    case kernelHistoryRequest.msgType: {
      const { entries } = await reflection.history(kernelHistoryRequest.decode(content))
      return kernelHistoryReply.encode({ status: 'ok', entries })
    }
    default:
      return undefined
  }
}
