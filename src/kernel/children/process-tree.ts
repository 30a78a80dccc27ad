import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.split(' ').filter(Boolean).map(Number)
  } catch {
    // Another system than Linux, or it has just ended.
    return []
  }
}

/** A process and what it has started, as far as the system tells. */
function processTree(root: number): number[] {
  const pids = [root]
  for (const pid of pids) pids.push(...childrenOf(pid))
  return pids
}

/** As Ctrl-C in a terminal, which reaches what a shell has started, too. */
export function interruptTree(root: number): void {
  for (const pid of processTree(root)) {
    try {
      process.kill(pid, 'SIGINT')
    } catch {
      // It has just ended.
    }
  }
}

/** Ends a process of Windows and what it has started, as far as the system allows it. */
export function killWindowsTree(root: number): void {
  const killer = spawn('taskkill', ['/pid', String(root), '/t', '/f'], {
    stdio: 'ignore',
    windowsHide: true,
  })
  killer.on('error', () => {})
  killer.unref()
}
