import type { EngineFacts } from '../engine-facts.ts'
import type { JsonValue } from '../json.ts'
import { emptySpec, type MessageSpec } from './message-spec.ts'

/** What a kernel tells of the process that it is. */
export type Usage = Pick<EngineFacts, 'hostname' | 'pid' | 'cores'>

/**
 * Asks a kernel where it runs. ipykernel answers since its version 6.10, on its control channel.
 * Source: `usage_request` of ipykernel's `kernelbase.py`.
 */
export const usageRequest: MessageSpec<Record<never, never>> = emptySpec('usage_request')

/** The part of the answer that describes the process; what is not there is left out. */
export const usageReply: MessageSpec<Usage> = {
  msgType: 'usage_reply',
  encode: ({ hostname, pid, cores }) => ({ status: 'ok', hostname, pid, cpu_count: cores }),
  decode: ({ hostname, pid, cpu_count }) => {
    const cores = count(cpu_count)
    const id = count(pid)
    return {
      // As long as facts of a registration may be.
      ...(typeof hostname === 'string' ? { hostname: hostname.slice(0, 256) } : {}),
      ...(id === undefined ? {} : { pid: id }),
      ...(cores === undefined ? {} : { cores }),
    }
  },
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}
