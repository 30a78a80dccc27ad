import { type Main, runSubcommand } from '../subcommands.ts'

const usage = `Usage: iparallel kernel COMMAND [options]

The Jupyter kernel for TypeScript: JupyterLab, Notebook, VS Code, consoles.

Commands:
  install   Tell Jupyter of the kernel
  list      Show the kernels that Jupyter knows
  remove    Take back what install did
  start     Run a kernel, as Jupyter does

iparallel kernel COMMAND --help shows the options of a command.`

const commands: Readonly<Record<string, () => Promise<Main>>> = {
  install: async () => (await import('./kernel-install.ts')).installKernel,
  list: async () => (await import('./kernel-install.ts')).listKernels,
  remove: async () => (await import('./kernel-install.ts')).removeKernel,
  start: async () => (await import('./kernel-start.ts')).startKernelCommand,
}

/** `iparallel kernel` */
export function kernel(args: readonly string[], command: string): Promise<number> {
  return runSubcommand(usage, commands, args, command)
}
