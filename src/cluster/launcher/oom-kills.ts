import { readFileSync } from 'node:fs'

/**
 * How many processes of this machine were killed for want of memory since it started, as far as
 * the system tells (Linux 4.13 and later); undefined elsewhere.
 */
export function oomKills(): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1]
    return count === undefined ? undefined : Number(count)
  } catch {
    return undefined
  }
}
