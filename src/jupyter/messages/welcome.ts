import type { MessageSpec } from './message-spec.ts'

/** Tells a new subscriber that from now on it hears everything. Jupyter messaging 5.4. */
export const iopubWelcome: MessageSpec<{ readonly subscription: string }> = {
  msgType: 'iopub_welcome',
  encode: ({ subscription }) => ({ subscription }),
  decode: ({ subscription }) => ({
    subscription: typeof subscription === 'string' ? subscription : '',
  }),
}
