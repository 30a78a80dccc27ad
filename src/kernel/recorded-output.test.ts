/** What the tests of output look at: an `Output` that keeps what is printed. */
import type { Output } from '../engine/mod.ts'

export function recordedOutput(): { output: Output; shown: string[] } {
  const shown: string[] = []
  const output: Output = {
    stream: (name, text) => shown.push(`${name} ${text}`),
    executeInput() {},
    executeResult() {},
    display() {},
    clearOutput() {},
    input: async () => '',
  }
  return { output, shown }
}
