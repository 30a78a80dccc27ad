import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { expandHome, type Profile } from '../profile.ts'
import { type GivenCurveKeys, givenCurveKeys } from './curve-settings.ts'
import {
  givenKey,
  ownLocation,
  type RoleSettings,
  roleSettings,
  securityFile,
} from './role-settings.ts'

/** Everything a controller needs to know, resolved. */
export interface ControllerSettings extends RoleSettings {
  readonly role: 'controller'
  /** Addresses to listen on; `*` is every interface. */
  readonly clientIp: string
  readonly engineIp: string
  readonly clientTransport: 'tcp' | 'ipc'
  readonly engineTransport: 'tcp' | 'ipc'
  /** How peers reach this machine. */
  readonly location: string
  /** Pools of ports, used in the order of the protocol reference, §1.2; empty: any free port. */
  readonly ports: readonly number[]
  readonly enginePorts: readonly number[]
  readonly clientPorts: readonly number[]
  readonly clientFile: string
  readonly engineFile: string
  /** Where `restoreEngines` finds which engine has which id. */
  readonly enginesFile: string
  /** Take ports and key from the files that are there, and keep them at exit. */
  readonly reuseFiles: boolean
  readonly restoreEngines: boolean
  readonly sshServer: string
  readonly engineSshServer: string
  /** Absent: a new random one; empty: messages are not signed. */
  readonly key?: string
  /** Encrypt every connection with CURVE. */
  readonly enableCurve: boolean
  /** Absent: those of `curveFile` when files are reused, else new ones. */
  readonly curve?: GivenCurveKeys
  /** Where the secret key is kept for `reuseFiles`. */
  readonly curveFile: string
  readonly signatureScheme: string
  readonly heartbeatPeriodMs: number
  readonly heartbeatMissesMax: number
  readonly registrationTimeoutMs: number
  readonly hwm: number
  readonly workAheadMs: number
  readonly scheme: string
  readonly taskStore: 'memory' | 'sqlite' | 'none'
  readonly taskRecordsMax: number
  readonly taskRecordBytesMax: number
  readonly taskCullFraction: number
  /** Where `sqlite` keeps records. */
  readonly taskFile: string
  /** Empty: a new one. */
  readonly taskTable: string
}

/** One heartbeat in ten minutes would let an engine register for hours. */
const registrationTimeoutMinMs = 30_000

const deprecatedPorts = [
  'control',
  'mux',
  'task',
  'iopub',
  'hb',
  'notifier_port',
  'mon_port',
] as const

/**
 * @throws {ConfigError} naming where a value comes from that cannot be used.
 */
export function controllerSettings(config: Config, profile: Profile): ControllerSettings {
  const common = roleSettings(config, profile, 'ipcontroller')
  const key = givenKey(config)
  const curve = givenCurveKeys(config, 'IPController')
  const ip = config.text('IPController.ip')
  const transport = config.text('IPController.transport')
  const restoreEngines = config.flag('IPController.restore_engines')
  const { clusterId } = common
  const heartbeatPeriodMs = config.number('HeartMonitor.period')
  return {
    role: 'controller',
    ...common,
    clientIp: config.text('IPController.client_ip') || ip,
    engineIp: config.text('IPController.engine_ip') || ip,
    clientTransport: transportOf(config.text('IPController.client_transport') || transport),
    engineTransport: transportOf(config.text('IPController.engine_transport') || transport),
    location: config.text('IPController.location') || ownLocation(),
    ports: portPool(config),
    enginePorts: config.numbers('IPController.engine_ports'),
    clientPorts: config.numbers('IPController.client_ports'),
    clientFile: securityFile(
      profile,
      config.text('IPController.client_json_file'),
      profile.connectionFile('client', clusterId),
    ),
    engineFile: securityFile(
      profile,
      config.text('IPController.engine_json_file'),
      profile.connectionFile('engine', clusterId),
    ),
    enginesFile: profile.enginesFile(clusterId),
    reuseFiles: config.flag('IPController.reuse_files') || restoreEngines,
    restoreEngines,
    sshServer: config.text('IPController.ssh_server'),
    engineSshServer: config.text('IPController.engine_ssh_server'),
    ...(key === undefined ? {} : { key }),
    enableCurve: config.flag('IPController.enable_curve'),
    ...(curve === undefined ? {} : { curve }),
    curveFile: profile.curveFile(clusterId),
    signatureScheme: config.text('Session.signature_scheme'),
    heartbeatPeriodMs,
    heartbeatMissesMax: config.number('HeartMonitor.max_heartmonitor_misses'),
    registrationTimeoutMs:
      config.number('IPController.registration_timeout') * 1000 ||
      Math.max(registrationTimeoutMinMs, 10 * heartbeatPeriodMs),
    hwm: config.number('TaskScheduler.hwm'),
    workAheadMs: config.number('TaskScheduler.work_ahead'),
    scheme: config.text('TaskScheduler.scheme_name'),
    taskStore: taskStores[config.text('IPController.db_class')] ?? 'memory',
    taskRecordsMax: config.number('DictDB.record_limit'),
    taskRecordBytesMax: config.number('DictDB.size_limit'),
    taskCullFraction: config.number('DictDB.cull_fraction'),
    taskFile: taskFile(config, profile, clusterId),
    taskTable: config.text('SQLiteDB.table'),
  }
}

const taskStores: Readonly<Record<string, ControllerSettings['taskStore']>> = {
  dictdb: 'memory',
  sqlitedb: 'sqlite',
  nodb: 'none',
}

/** Clusters that share a profile have a file each: one controller at a time has one. */
function taskFile(config: Config, profile: Profile, clusterId: string): string {
  const name = config.text('SQLiteDB.filename')
  const dir = config.text('SQLiteDB.location')
  return resolve(
    dir === '' ? profile.dir : expandHome(dir),
    name === '' ? `tasks${clusterId === '' ? '' : `-${clusterId}`}.db` : expandHome(name),
  )
}

function transportOf(name: string): 'tcp' | 'ipc' {
  return name === 'ipc' ? 'ipc' : 'tcp'
}

/** The registration takes its port first, so its own comes first. */
function portPool(config: Config): number[] {
  const single = (name: string) => config.optionalNumber(`IPController.${name}`) ?? 0
  return [
    single('regport'),
    ...config.numbers('IPController.ports'),
    ...deprecatedPorts.map(single),
  ].filter((port, i, all) => port !== 0 && all.indexOf(port) === i)
}
