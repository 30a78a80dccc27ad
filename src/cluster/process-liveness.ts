import { readFileSync } from 'node:fs'

/** The programs whose process ids stand in cluster files, Python's among them. */
const ours = /ipcontroller|ipengine|ipcluster|ipyparallel|iparallel|ipp-|node|bun|deno/i

/**
 * Whether a process is there. Where the system tells, a dead one that nobody has waited for does
 * not count, and neither does a stranger that got the number of one of ours.
 */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' && !isStranger(pid)
  }
  return !isDefunct(pid) && !isStranger(pid)
}

function procFile(pid: number, name: string): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined
  }
}

function isDefunct(pid: number): boolean {
  return /^\d+ \(.*\) [ZX]/s.test(procFile(pid, 'stat') ?? '')
}

function isStranger(pid: number): boolean {
  const commandLine = procFile(pid, 'cmdline')
  return commandLine !== undefined && commandLine !== '' && !ours.test(commandLine)
}
