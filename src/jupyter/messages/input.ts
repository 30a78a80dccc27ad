import { field } from '../json.ts'
import type { MessageSpec } from './message-spec.ts'

/** Asks the person at the front end for a line. Source: Jupyter messaging 5.4, "stdin". */
export const inputRequest: MessageSpec<{ readonly prompt: string; readonly password: boolean }> = {
  msgType: 'input_request',
  encode: ({ prompt, password }) => ({ prompt, password }),
  decode: ({ prompt, password }) => ({
    prompt: typeof prompt === 'string' ? prompt : '',
    password: password === true,
  }),
}

export const inputReply: MessageSpec<{ readonly value: string }> = {
  msgType: 'input_reply',
  encode: ({ value }) => ({ status: 'ok', value }),
  decode: ({ value }) => ({ value: field.string(value, 'value') }),
}
