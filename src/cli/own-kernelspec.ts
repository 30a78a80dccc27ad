import { fileURLToPath } from 'node:url'
import type { Kernelspec } from '../kernelspec/mod.ts'

/** Our own kernel, as this installation has it: no kernelspec needs to be installed for it. */
export function ownKernelspec(): Kernelspec {
  const program = fileURLToPath(new URL('../../dist/cli/bin/iparallel.js', import.meta.url))
  return {
    name: 'iparallel',
    dir: '',
    argv: [process.execPath, program, 'kernel', '-f', '{connection_file}'],
    displayName: 'TypeScript (iparallel)',
    language: 'typescript',
    interruptMode: 'message',
    env: {},
    metadata: {},
  }
}
