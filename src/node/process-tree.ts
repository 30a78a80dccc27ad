import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

const windows = process.platform === 'win32'

/** Node's own: user code's thread exchanges it for one that asks another thread. */
const runNow = spawnSync

/** Milliseconds that Windows may take to end a tree. */
const taskkillMs = 5_000

/** A process and what it has started, as far as the system tells. */
function processTree(root: number): number[] {
  const childrenOf = process.platform === 'linux' ? childrenInProc : childrenByParent()
  const pids = [root]
  for (const pid of pids) pids.push(...childrenOf(pid))
  return pids
}

function childrenInProc(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const texts = threads.map((id) => readFileSync(`/proc/${pid}/task/${id}/children`, 'utf8'))
    return texts.flatMap((text) => text.split(' ').filter(Boolean).map(Number))
  } catch {
    // It has just ended.
    return []
  }
}

function childrenByParent(): (pid: number) => number[] {
  const { stdout } = runNow('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const pairs = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  return (parent) => pairs.filter(([, of]) => of === parent).map(([pid]) => pid!)
}

type Signal = NodeJS.Signals | number

/** @param pid Negative for a group. */
function signal(pid: number, name: Signal): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}

const taskkillArgs = (root: number): string[] => ['/pid', String(root), '/t', '/f']

function taskkill(root: number): void {
  runNow('taskkill', taskkillArgs(root), {
    stdio: 'ignore',
    windowsHide: true,
    timeout: taskkillMs,
  })
  signal(root, 'SIGKILL')
}

/**
 * Signals a process and what it has started, as a terminal's Ctrl-C reaches what a shell runs.
 * Windows knows no signals between processes: whatever it is, they are ended there. The process
 * must not have ended: Windows soon gives its number to another.
 */
export function signalTree(root: number, name: Signal): void {
  if (windows) taskkill(root)
  else for (const pid of processTree(root)) signal(pid, name)
}

/** Signals the group that a process leads; on Windows, SIGKILL ends its tree, others do nothing. */
export function signalGroup(leader: number, name: Signal): void {
  if (!windows) signal(-leader, name)
  else if (name === 'SIGKILL') taskkill(leader)
}

/** Ends this process with its group, if it leads one; on Windows, with what it has started. */
export function endOwnGroup(): void {
  const end = () => signal(process.pid, 'SIGKILL')
  if (!windows) {
    signal(-process.pid, 'SIGKILL')
    end()
    return
  }
  // Without `detached`, Windows would end it with this process, before it is done.
  const killer = spawn('taskkill', taskkillArgs(process.pid), { stdio: 'ignore', detached: true })
  killer.once('error', end)
  killer.once('exit', end)
}
