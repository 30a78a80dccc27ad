import { type Main, runSubcommand } from './subcommands.ts'

const commands: Readonly<Record<string, () => Promise<Main>>> = {
  profile: async () => (await import('./commands/profile.ts')).profile,
  cluster: async () => (await import('./ipcluster.ts')).ipcluster,
  controller: async () => (await import('./commands/controller.ts')).controller,
  engine: async () => (await import('./commands/engine.ts')).engine,
  console: async () => (await import('./commands/console.ts')).consoleCommand,
  kernel: async () => (await import('./commands/kernel.ts')).kernel,
  qtconsole: async () => (await import('./commands/qtconsole.ts')).qtconsole,
}

const usage = `Usage: iparallel COMMAND [options]

Interactive parallel computing for TypeScript.

Commands:
  profile create   Make a profile: iparallel profile create --parallel --profile=NAME
  profile list     Show all profiles
  profile locate   Print a profile's folder: iparallel profile locate --profile=NAME
  cluster          As ipcluster: iparallel cluster start -n 4
  controller       As ipcontroller
  engine           As ipengine
  console          A console in the terminal: iparallel console --profile=NAME
  kernel install   Offer TypeScript in JupyterLab, Notebook, VS Code and Jupyter's consoles
  kernel list      Show the kernels that Jupyter knows; also: kernel remove, kernel start
  qtconsole        Start Jupyter's QtConsole on a TypeScript kernel

Options:
  --version        Print the version
  -h, --help       Print this help`

/** The program `iparallel`. */
export function iparallel(args: readonly string[]): Promise<number> {
  return runSubcommand(usage, commands, args)
}
