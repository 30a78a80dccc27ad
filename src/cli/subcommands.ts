import { UsageError } from '../cluster/mod.ts'
import { packageVersion } from './package-version.ts'

/** Runs a command with the arguments behind its name; resolves with the exit code. */
export type Main = (args: readonly string[]) => Promise<number>

/** Runs the command that the first argument names; without one, prints the usage. */
export async function runSubcommand(
  usage: string,
  commands: Readonly<Record<string, () => Promise<Main>>>,
  args: readonly string[],
): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version') {
    console.log(packageVersion())
    return 0
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(usage)
    return name === undefined ? 1 : 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) {
    const known = Object.keys(commands).join(', ')
    throw new UsageError(`there is no command '${name}'; there are: ${known}`)
  }
  const main = await load()
  return main(rest)
}
