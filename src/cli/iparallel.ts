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
  profile      Make and find profiles: iparallel profile create --parallel --profile=NAME
  cluster      The same as ipcluster: iparallel cluster start -n 4
  controller   The same as ipcontroller
  engine       The same as ipengine
  console      A console in the terminal: iparallel console --profile=NAME
  qtconsole    Jupyter's QtConsole on a TypeScript kernel
  kernel       TypeScript in JupyterLab, Notebook, VS Code: iparallel kernel install

Options:
  --version    Print the version
  -h, --help   Print this help

iparallel COMMAND --help shows more of a command.`

/** The program `iparallel`. */
export function iparallel(args: readonly string[], command: string): Promise<number> {
  return runSubcommand(usage, commands, args, command)
}
