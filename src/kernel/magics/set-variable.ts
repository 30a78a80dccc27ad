import process from 'node:process'
import type { MagicHost } from './magic.ts'
import { UsageError } from './usage-error.ts'

/** Sets an environment variable from `NAME=VALUE` or `NAME VALUE`, and says so. */
export function setVariable(magic: string, line: string, host: MagicHost): void {
  const [, name, value] = /^([^\s=]+)(?:\s*=\s*|\s+)(.*)$/s.exec(line) ?? []
  if (name === undefined) throw new UsageError(`%${magic} needs NAME=VALUE`)
  process.env[name] = value!
  host.print(`env: ${name}=${value}\n`)
}
