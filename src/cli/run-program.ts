import { type Main, runMain } from './subcommands.ts'

/** The programs of this package. */
export type Program = 'iparallel' | 'ipcluster' | 'ipcontroller' | 'ipengine'

/** Each is loaded only when it is asked for: a quick start is worth more than a short list. */
const programs: Readonly<Record<Program, () => Promise<Main>>> = {
  iparallel: async () => (await import('./iparallel.ts')).iparallel,
  ipcluster: async () => (await import('./ipcluster.ts')).ipcluster,
  ipcontroller: async () => (await import('./commands/controller.ts')).controller,
  ipengine: async () => (await import('./commands/engine.ts')).engine,
}

/** Runs a program with this process's arguments and sets its exit code; never rejects. */
export async function runProgram(program: Program): Promise<void> {
  const main: Main = async (args, command) => (await programs[program]())(args, command)
  process.exitCode = await runMain(main, program, process.argv.slice(2))
}
