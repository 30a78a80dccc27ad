import type { KernelHandle } from '../kernel-launcher/mod.ts'
import { CellOutput, type OutputPlace } from './cell-output.ts'
import { pagedText } from './page.ts'

/**
 * Runs code without anybody at the keyboard, as one cell: output goes to stdout and stderr, the
 * value of the last expression to stdout.
 * @returns the exit code: the one that it ended the kernel with, 1 when it failed.
 */
export async function runScript(
  kernel: KernelHandle,
  code: string,
  place: OutputPlace,
): Promise<number> {
  const output = new CellOutput(place, { resultLabel: () => '' })
  const outcome = await kernel.client.execute(code, { onOutput: (one) => output.add(one) })
  await output.finish()
  for (const payload of outcome.payload) {
    const text = pagedText(payload)
    if (text !== undefined) await place.write('stdout', `${text}\n`)
    const { source, exit_code: exitCode } = payload
    if (source === 'ask_exit' && typeof exitCode === 'number') return exitCode
  }
  return outcome.status === 'ok' ? 0 : 1
}
