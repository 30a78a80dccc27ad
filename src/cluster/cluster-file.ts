import { existsSync, readFileSync, rmSync } from 'node:fs'
import { writePrivateFile } from '../node/mod.ts'
import { createExclusively, withFileLock } from './file-lock.ts'
import { isAlive } from './process-liveness.ts'

/** One process of a cluster, with the names of Python. */
interface ProcessRecord {
  readonly pid: number
  readonly output_file: string
}

/** Engines that were started together. */
export interface EngineSetRecord {
  /** The process that started them and watches them; Python's files do not say. */
  readonly launcherPid?: number
  readonly engines: readonly ProcessRecord[]
}

/** What a cluster file says. Source: protocol reference §18; sample in `messages/files`. */
export interface ClusterRecord {
  readonly clusterId: string
  readonly profileDir: string
  readonly n: number
  readonly controllerArgs: readonly string[]
  readonly controllerIp: string
  readonly controllerLocation: string
  /** Absent before it runs. */
  readonly controller?: ProcessRecord
  readonly controllerLauncher: string
  readonly engineLauncher: string
  /** By the set's id. */
  readonly sets: Readonly<Record<string, EngineSetRecord>>
  /** The process that started the cluster; Python's files do not say. */
  readonly launcherPid?: number
  /** That process is a program of the user's, which must not be stopped with the cluster. */
  readonly launcherIsProgram?: boolean
}

type Json = Readonly<Record<string, unknown>>

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function pidOf(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : -1
}

/** The text of the file, with Python's keys, so that its tools can list and stop the cluster. */
export function clusterFileText(record: ClusterRecord): string {
  const { clusterId, profileDir } = record
  const base = { cluster_id: clusterId, profile_dir: profileDir, state: 'running' }
  const sets = Object.entries(record.sets).map(([id, set]) => [
    id,
    {
      ...base,
      n: set.engines.length,
      pid: -1,
      ...(set.launcherPid === undefined ? {} : { launcher_pid: set.launcherPid }),
      engines: Object.fromEntries(
        set.engines.map((engine, index) => [String(index), { ...base, n: 1, ...engine }]),
      ),
    },
  ])
  const { launcherPid, controller } = record
  return JSON.stringify(
    {
      cluster: {
        cluster_id: clusterId,
        controller_args: record.controllerArgs,
        controller_ip: record.controllerIp,
        controller_location: record.controllerLocation,
        delay: 0,
        n: record.n,
        profile_dir: profileDir,
        class: 'ipyparallel.cluster.cluster.Cluster',
        ...(launcherPid === undefined ? {} : { launcher_pid: launcherPid }),
        ...(record.launcherIsProgram === true ? { launcher_is_program: true } : {}),
      },
      ...(controller === undefined
        ? {}
        : { controller: { class: record.controllerLauncher, state: { ...base, ...controller } } }),
      engines: { class: record.engineLauncher, sets: Object.fromEntries(sets) },
    },
    null,
    1,
  )
}

/** Reads what is there; undefined for a file that is cut short or none of ours. */
export function parseClusterFile(content: string): ClusterRecord | undefined {
  let raw: unknown
  try {
    raw = JSON.parse(content)
  } catch {
    return undefined
  }
  const file = object(raw)
  if (file['cluster'] === undefined) return undefined
  const cluster = object(file['cluster'])
  const controller = object(file['controller'])
  const engines = object(file['engines'])
  const process = (value: unknown): ProcessRecord => {
    const state = object(value)
    return { pid: pidOf(state['pid']), output_file: text(state['output_file']) }
  }
  const sets = Object.entries(object(engines['sets'])).map(([id, value]) => {
    const set = object(value)
    const members = Object.values(object(set['engines'])).map(process)
    // Python's MPI launcher has one process for the whole set.
    const all = pidOf(set['pid']) === -1 ? members : [...members, process(set)]
    const launcherPid = pidOf(set['launcher_pid'])
    return [id, { engines: all, ...(launcherPid === -1 ? {} : { launcherPid }) }] as const
  })
  const launcherPid = pidOf(cluster['launcher_pid'])
  const args = cluster['controller_args']
  return {
    clusterId: text(cluster['cluster_id']),
    profileDir: text(cluster['profile_dir']),
    n: pidOf(cluster['n']) === -1 ? 0 : pidOf(cluster['n']),
    controllerArgs: Array.isArray(args) ? args.map(String) : [],
    controllerIp: text(cluster['controller_ip']),
    controllerLocation: text(cluster['controller_location']),
    ...(controller['state'] === undefined ? {} : { controller: process(controller['state']) }),
    controllerLauncher: text(controller['class']) || 'local',
    engineLauncher: text(engines['class']) || 'local',
    sets: Object.fromEntries(sets),
    ...(launcherPid === -1 ? {} : { launcherPid }),
    ...(cluster['launcher_is_program'] === true ? { launcherIsProgram: true } : {}),
  }
}

/** The record in a file; undefined when there is no file, or none that can be understood. */
export function readClusterFile(path: string): ClusterRecord | undefined {
  try {
    return parseClusterFile(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * Whether the cluster has a controller that runs. Without one it is just being started, or it is
 * engines for a controller that was started by hand or elsewhere.
 */
export function isRunning(record: ClusterRecord): boolean {
  if (record.controller !== undefined) return isAlive(record.controller.pid)
  const sets = Object.values(record.sets)
  const pids = sets.flatMap((set) => [set.launcherPid, ...set.engines.map(({ pid }) => pid)])
  return [record.launcherPid, ...pids].some((pid) => pid !== undefined && isAlive(pid))
}

function living(pids: Iterable<number | undefined>): number[] {
  return [...new Set(pids)]
    .filter((pid) => pid !== undefined)
    .filter((pid) => pid !== process.pid && isAlive(pid))
}

/** The commands that started parts of the cluster and still run; programs of users are none. */
export function livingLaunchers(record: ClusterRecord): number[] {
  const first = record.launcherIsProgram === true ? undefined : record.launcherPid
  return living([first, ...Object.values(record.sets).map((set) => set.launcherPid)])
}

/** The controller and the engines that still run. */
export function livingRoles(record: ClusterRecord): number[] {
  const engines = Object.values(record.sets).flatMap((set) => set.engines)
  return living([record.controller?.pid, ...engines.map(({ pid }) => pid)])
}

/**
 * Takes the place of a cluster for this process. A file whose cluster has ended is replaced.
 * @returns the record of the cluster that runs there already; undefined when the place is ours.
 */
export function claimClusterFile(
  path: string,
  record: ClusterRecord,
): Promise<ClusterRecord | undefined> {
  return withFileLock(`${path}.lock`, () => {
    const there = readClusterFile(path)
    if (there !== undefined && isRunning(there)) return there
    rmSync(path, { force: true })
    createExclusively(path, clusterFileText(record))
    return undefined
  })
}

/**
 * Changes what the file says; undefined removes it. Nothing happens when there is no file: then
 * the cluster was stopped by somebody else.
 */
export async function updateClusterFile(
  path: string,
  change: (record: ClusterRecord) => ClusterRecord | undefined,
): Promise<void> {
  if (!existsSync(path)) return
  await withFileLock(`${path}.lock`, () => {
    const there = readClusterFile(path)
    if (there === undefined) return
    const changed = change(there)
    if (changed === undefined) rmSync(path, { force: true })
    else writePrivateFile(path, clusterFileText(changed))
  })
}
