import { type Kernelspec, kernelArgv, ownKernelName } from '../kernelspec/mod.ts'

/** Our own kernel, as this installation has it: nothing needs to be installed for Jupyter. */
export function ownKernelspec(): Kernelspec {
  return {
    name: ownKernelName,
    dir: '',
    argv: kernelArgv('{connection_file}'),
    displayName: 'TypeScript (iparallel)',
    language: 'typescript',
    interruptMode: 'message',
    env: {},
    metadata: {},
  }
}
