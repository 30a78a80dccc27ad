import { UsageError } from '../cluster/mod.ts'

/** The value of `--completer`. @throws {UsageError} for one that there is not. */
export function readCompleter(value: string | undefined): 'reflection' | 'typescript' | undefined {
  if (value === undefined || value === 'reflection' || value === 'typescript') return value
  throw new UsageError(`--completer is reflection or typescript, not '${value}'`)
}
