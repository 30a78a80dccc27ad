export {
  type JupyterHost,
  jupyterDataDir,
  jupyterDirs,
  jupyterRuntimeDir,
  kernelspecDirs,
  thisHost,
} from './jupyter-dirs.ts'
export {
  findKernelspec,
  type Kernelspec,
  listKernelspecs,
  NoKernelspecError,
  readKernelspec,
} from './kernelspec.ts'
