export { type InstallPlace, kernelspecDirOf } from './install-place.ts'
export {
  type JupyterHost,
  jupyterDirs,
  jupyterRuntimeDir,
  kernelspecDirs,
} from './jupyter-dirs.ts'
export { kernelArgv, kernelNodeOptions } from './kernel-program.ts'
export {
  findKernelspec,
  type Kernelspec,
  listKernelspecs,
  NoKernelspecError,
} from './kernelspec.ts'
export {
  installKernelspec,
  isOwn,
  type OwnKernelspecOptions,
  ownKernelName,
  removeKernelspec,
} from './own-kernelspec.ts'
