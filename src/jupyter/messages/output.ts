import { field, isObject, type JsonObject } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

export type ExecutionState = 'starting' | 'busy' | 'idle'

export const status: MessageSpec<{ readonly executionState: string }> = {
  msgType: 'status',
  encode: ({ executionState }) => ({ execution_state: executionState }),
  decode: ({ execution_state }) => ({
    executionState: field.string(execution_state, 'execution_state'),
  }),
}

export const stream: MessageSpec<{ readonly name: string; readonly text: string }> = {
  msgType: 'stream',
  encode: ({ name, text }) => ({ name, text }),
  decode: ({ name, text }) => ({
    name: field.string(name, 'name'),
    text: field.string(text, 'text'),
  }),
}

export const executeInput: MessageSpec<{ readonly code: string; readonly executionCount: number }> =
  {
    msgType: 'execute_input',
    encode: ({ code, executionCount }) => ({ code, execution_count: executionCount }),
    decode: ({ code, execution_count }) => ({
      code: field.string(code, 'code'),
      executionCount: field.integer(execution_count ?? 0, 'execution_count'),
    }),
  }

export interface RichOutput {
  readonly data: JsonObject
  readonly metadata: JsonObject
}

function readRich(content: JsonObject): RichOutput {
  return {
    data: field.object(content['data'] ?? {}, 'data'),
    metadata: isObject(content['metadata']) ? content['metadata'] : {},
  }
}

export const executeResult: MessageSpec<RichOutput & { readonly executionCount: number }> = {
  msgType: 'execute_result',
  encode: ({ data, metadata, executionCount }) => ({
    data,
    metadata,
    execution_count: executionCount,
  }),
  decode: (content) => ({
    ...readRich(content),
    executionCount: field.integer(content['execution_count'] ?? 0, 'execution_count'),
  }),
}

function display(msgType: string): MessageSpec<RichOutput & { readonly transient: JsonObject }> {
  return {
    msgType,
    encode: ({ data, metadata, transient }) => ({ data, metadata, transient }),
    decode: (content) => ({
      ...readRich(content),
      transient: isObject(content['transient']) ? content['transient'] : {},
    }),
  }
}

export const displayData: MessageSpec<RichOutput & { readonly transient: JsonObject }> =
  display('display_data')
export const updateDisplayData: MessageSpec<RichOutput & { readonly transient: JsonObject }> =
  display('update_display_data')

export const clearOutput: MessageSpec<{ readonly wait: boolean }> = {
  msgType: 'clear_output',
  encode: ({ wait }) => ({ wait }),
  decode: ({ wait }) => ({ wait: wait === true }),
}

export const errorOutput: MessageSpec<{
  readonly ename: string
  readonly evalue: string
  readonly traceback: readonly string[]
}> = {
  msgType: 'error',
  encode: ({ ename, evalue, traceback }) => ({ ename, evalue, traceback: [...traceback] }),
  decode: ({ ename, evalue, traceback }) => ({
    ename: field.string(ename, 'ename'),
    evalue: field.string(evalue, 'evalue'),
    traceback: Array.isArray(traceback) ? traceback.map(String) : [],
  }),
}
