import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a process has in memory. */
export function residentBytes(pid: number): number {
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
  }
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)]).stdout) * 1024
}
