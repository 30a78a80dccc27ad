import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type ClusterRecord,
  isRunning,
  livingLaunchers,
  livingRoles,
  readClusterFile,
  updateClusterFile,
} from './cluster-file.ts'
import { controllerAnswers } from './controller-answers.ts'
import { isAlive } from './process-liveness.ts'
import type { Profile } from './profile.ts'

/** Where to look for a cluster. */
export interface ClusterPlace {
  readonly profile: Profile
  readonly clusterId: string
  readonly file: string
}

/** A cluster, as its file tells of it. */
export interface ListedCluster extends ClusterPlace {
  readonly running: boolean
  /** Engines whose processes run on this machine. */
  readonly engines: number
  /** How its engines were started. */
  readonly launcher: string
  /** Undefined for a file that cannot be understood. */
  readonly record: ClusterRecord | undefined
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

/** Every cluster that has a file in one of the profiles; broken and stale files count, too. */
export function listClusters(profiles: readonly Profile[]): ListedCluster[] {
  return profiles.flatMap((profile) =>
    namesIn(profile.securityDir).flatMap((name) => {
      const clusterId = /^cluster-(.*)\.json$/.exec(name)?.[1]
      return clusterId === undefined ? [] : [listed(profile, clusterId)]
    }),
  )
}

function listed(profile: Profile, clusterId: string): ListedCluster {
  const file = profile.clusterFile(clusterId)
  const record = readClusterFile(file)
  const controller = record?.controller?.pid
  return {
    profile,
    clusterId,
    file,
    running: record !== undefined && isRunning(record),
    engines:
      record === undefined ? 0 : livingRoles(record).filter((pid) => pid !== controller).length,
    launcher: record?.engineLauncher ?? '',
    record,
  }
}

/** Milliseconds between two looks at processes that are to end. */
const pollMs = 20

/** Milliseconds after a kill in which the system should have done it. */
const afterKillMs = 2_000

/** Resolves with those that are still there after `timeoutMs`. */
async function untilGone(living: () => number[], timeoutMs: number): Promise<number[]> {
  const deadline = performance.now() + timeoutMs
  let left = living()
  while (left.length > 0 && performance.now() < deadline) {
    await delay(pollMs)
    left = living()
  }
  return left
}

export function signalAll(pids: readonly number[], signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended meanwhile, or is not ours to end: whether it is gone is looked at anyway.
    }
  }
}

/**
 * Stops a cluster that another process started, and removes its files.
 * @param killAfterMs Milliseconds that its processes may take to stop by themselves.
 * @returns the process ids that could not be ended; none when all went well.
 */
export async function stopCluster(cluster: ClusterPlace, killAfterMs = 5_000): Promise<number[]> {
  const record = readClusterFile(cluster.file)
  let left: number[] = []
  if (record !== undefined) {
    const launchers = livingLaunchers(record)
    const all = () => [...livingLaunchers(record), ...livingRoles(record)]
    // They stop what they started and tidy up; on Windows they end at once, and then the others.
    signalAll(launchers, 'SIGTERM')
    if (launchers.length > 0) await untilGone(all, killAfterMs + afterKillMs)
    signalAll(livingRoles(record), 'SIGTERM')
    signalAll(await untilGone(all, killAfterMs), 'SIGKILL')
    left = await untilGone(all, afterKillMs)
  }
  await updateClusterFile(cluster.file, () => undefined)
  rmSync(cluster.file, { force: true })
  if (left.length === 0) await removeConnectionFiles(cluster.profile, cluster.clusterId, record)
  return left
}

/**
 * A controller that was killed could not remove its files; those that it keeps, and those that were
 * brought here for engines alone, stay.
 */
async function removeConnectionFiles(
  profile: Profile,
  clusterId: string,
  record: ClusterRecord | undefined,
): Promise<void> {
  const keeps = record?.controllerArgs.some((arg) => /^--(reuse|restore)\b/.test(arg)) === true
  const isElsewhere = record !== undefined && record.controller === undefined
  if (keeps || isElsewhere || (await controllerAnswers(profile, clusterId))) return
  for (const role of ['client', 'engine'] as const) {
    rmSync(profile.connectionFile(role, clusterId), { force: true })
  }
  rmSync(profile.curveFile(clusterId), { force: true })
  rmSync(profile.enginesFile(clusterId), { force: true })
}

export interface CleanResult {
  /** Files that were removed. */
  readonly removed: readonly string[]
  /** Clusters that run and were left alone, by id. */
  readonly running: readonly string[]
}

const connectionFileName = /^ipcontroller-(?:(.+)-)?(?:client|engine)\.json$/
const logFileName = /^ip(?:controller|engine|cluster)-(?:(.*?)-)?(\d+)(?:-\d+)?\.log$/
const enginesFileName = /^engines(.*)\.json$/

/**
 * Removes what clusters left behind in a profile: cluster, connection and log files,
 * and which engine had which id.
 * @param force Removes the files of clusters that run, too.
 */
export async function cleanProfile(profile: Profile, force: boolean): Promise<CleanResult> {
  const running = new Set<string>()
  const removed: string[] = []
  const remove = (path: string) => {
    rmSync(path, { force: true })
    removed.push(path)
  }
  for (const cluster of listClusters([profile])) {
    if (cluster.running && !force) running.add(cluster.clusterId)
    else remove(cluster.file)
  }
  const security = namesIn(profile.securityDir)
  for (const id of new Set(security.flatMap((name) => connectionIds(name)))) {
    if (!force && !running.has(id) && (await controllerAnswers(profile, id))) running.add(id)
  }
  for (const name of security) {
    const leftover = /\.(lock|tmp)$/.test(name) && /^(cluster|ipcontroller)-/.test(name)
    const [id] = connectionIds(name)
    if ((id !== undefined && !running.has(id)) || (leftover && running.size === 0)) {
      remove(join(profile.securityDir, name))
    }
  }
  for (const name of namesIn(profile.logDir)) {
    const match = logFileName.exec(name) ?? enginesFileName.exec(name)
    if (match !== null && !running.has(match[1] ?? '')) remove(join(profile.logDir, name))
  }
  return { removed, running: [...running] }
}

function connectionIds(name: string): string[] {
  const match = connectionFileName.exec(name)
  return match === null ? [] : [match[1] ?? '']
}

/** Removes the log files that a cluster's earlier runs left; those of processes that run stay. */
export function cleanLogs(profile: Profile, clusterId: string): void {
  for (const name of namesIn(profile.logDir)) {
    const match = logFileName.exec(name)
    if (match === null || (match[1] ?? '') !== clusterId || isAlive(Number(match[2]))) continue
    try {
      rmSync(join(profile.logDir, name), { force: true })
    } catch {
      // Windows lets nobody remove a file that is in use.
    }
  }
}
