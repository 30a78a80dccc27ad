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

Options:
  --version   Print the version
  -h, --help  Print this help

Exit codes: 0; 1 for a failure; 2 for a wrong command line; 10 when the cluster runs already;
11 or, for engines, 12 when there is none that runs; 130 when the start was interrupted.

ipcluster COMMAND --help shows the options of a command.`

/** The program `ipcluster`. */
export function ipcluster(args: readonly string[], command: string): Promise<number> {
  return runSubcommand(usage, commands, args, command)
}
