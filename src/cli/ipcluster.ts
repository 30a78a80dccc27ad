import { type Main, runSubcommand } from './subcommands.ts'

const commands: Readonly<Record<string, () => Promise<Main>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  engines: async () => (await import('./commands/engines.ts')).engines,
  stop: async () => (await import('./commands/stop.ts')).stop,
  list: async () => (await import('./commands/list.ts')).list,
  clean: async () => (await import('./commands/clean.ts')).clean,
}

const usage = `Usage: ipcluster COMMAND [options]

Starts and stops a controller and its engines.

Commands:
  start     Start a cluster: ipcluster start -n 4 [--profile=NAME] [--daemonize]
  engines   Add engines to a running cluster: ipcluster engines -n 2
  stop      Stop a cluster: ipcluster stop [ID...] [--all]
  list      Show the clusters of all profiles: ipcluster list [-o json]
  clean     Remove what ended clusters left behind: ipcluster clean [--all] [--force]

ipcluster COMMAND --help shows the options of a command.`

/** The program `ipcluster`. */
export function ipcluster(args: readonly string[]): Promise<number> {
  return runSubcommand(usage, commands, args)
}
