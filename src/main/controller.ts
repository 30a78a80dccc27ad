import { readFileSync, rmSync } from 'node:fs'
import { hostname, totalmem } from 'node:os'
import { join } from 'node:path'
import { type Logger, limits, messageOf } from '../base/mod.ts'
import type { ControllerSettings } from '../cluster/mod.ts'
import { Controller, type ControllerEnd, planPorts } from '../controller/mod.ts'
import { MemoryTaskStore, NoTaskStore, type TaskStore } from '../hub/mod.ts'
import {
  type ClientConnectionInfo,
  connectionFileText,
  type EngineConnectionInfo,
  newId,
} from '../jupyter/mod.ts'
import {
  makeLogger,
  makeSigner,
  systemRandom,
  writeConnectionFile,
  writePrivateFile,
} from '../node/mod.ts'
import type { CurveKeyTexts } from '../sockets/mod.ts'
import { controllerCurve } from './controller-curve.ts'
import { warnOfOverruled, warnOfRandomPorts } from './controller-warnings.ts'
import { engineTableText, readEngineTable } from './engine-table-file.ts'
import { nodeContext } from './node-context.ts'
import { type ReusedFiles, reusedFiles } from './reused-files.ts'

/** What a controller needs to know; whatever is left out has `ipcontroller`'s default. */
export interface StartControllerOptions extends Partial<Omit<ControllerSettings, 'role'>> {
  /** Default: lines on stderr or in `logFile`, from `logLevel` on. */
  readonly logger?: Logger
}

/** A controller in this process. */
export interface RunningController {
  readonly clientInfo: ClientConnectionInfo
  readonly engineInfo: EngineConnectionInfo
  /** Settles once, when every socket is closed and the files are gone. */
  readonly ended: Promise<ControllerEnd>
  /** Tells the clients and ends; does not stop the engines. */
  close(): Promise<ControllerEnd>
}

function interfaceOf(transport: 'tcp' | 'ipc', ip: string, profileDir: string): string {
  if (transport === 'tcp') return `tcp://${/^[^[].*:/.test(ip) ? `[${ip}]` : ip}`
  const isPath = /[\\/]/.test(ip)
  return `ipc://${isPath ? ip : `${profileDir}/security/ipc`}`
}

function interfaces(options: StartControllerOptions) {
  const { profileDir = '.', clientTransport = 'tcp', engineTransport = 'tcp' } = options
  return {
    client: interfaceOf(clientTransport, options.clientIp ?? '127.0.0.1', profileDir),
    engine: interfaceOf(engineTransport, options.engineIp ?? '127.0.0.1', profileDir),
  }
}

async function openTaskStore(options: StartControllerOptions, logger: Logger): Promise<TaskStore> {
  const { taskRecordsMax: recordsMax, taskRecordBytesMax: bytesMax } = options
  switch (options.taskStore) {
    case 'none':
      return new NoTaskStore()
    case 'sqlite': {
      // A database is loaded by those who want one.
      const { openSqliteTaskStore } = await import('../records/mod.ts')
      const { isAlive } = await import('../cluster/mod.ts')
      const path = options.taskFile ?? join(options.profileDir ?? '.', 'tasks.db')
      const table = options.taskTable ?? 'ipython-tasks'
      return openSqliteTaskStore({
        path,
        table: table === '' ? `ipython-tasks ${new Date().toISOString()}` : table,
        logger,
        isAlive,
      })
    }
    default:
      return new MemoryTaskStore({
        recordsMax: recordsMax ?? limits.taskRecordsMax,
        bytesMax: bytesMax ?? limits.taskRecordBytesMax,
        cullFraction: options.taskCullFraction ?? 0.1,
      })
  }
}

/** Of the machine, or as much of it as this process may have. */
function memoryBytes(): number {
  const allowed = process.constrainedMemory()
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem()
}

/** A full disk must not end the cluster: what is lost is only what `--restore` would read. */
function saveEngines(path: string, text: string, logger: Logger): void {
  try {
    writePrivateFile(path, text)
  } catch (error) {
    logger.warn(messageOf(error))
  }
}

/** Removes a file unless another controller has replaced it. */
function removeOwn(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) rmSync(path)
  } catch {
    // It is gone already.
  }
}

function curveOf(
  options: StartControllerOptions,
  found: ReusedFiles | undefined,
  logger: Logger,
): Promise<CurveKeyTexts | undefined> {
  return controllerCurve(
    {
      enabled: options.enableCurve === true,
      given: options.curve,
      file: options.curveFile,
      promised: found?.curveServerKey,
    },
    logger,
  )
}

/** Whether the peers that have the files that were found can talk to this controller. */
function fits(
  found: ReusedFiles | undefined,
  curve: CurveKeyTexts | undefined,
  { curveFile = 'the file of its secret key' }: StartControllerOptions,
  logger: Logger,
): boolean {
  if (found === undefined || found.curveServerKey === (curve?.publicKey ?? null)) return true
  const why =
    found.curveServerKey === null
      ? 'they are of a controller without CURVE'
      : `to their CURVE key belongs another secret key than the one given or in ${curveFile}`
  logger.error(`the connection files cannot be used again, new ones are made: ${why}`)
  return false
}

/**
 * Starts a controller in this process and writes its connection files.
 * @throws {BindError} when an address or port cannot be had.
 * @throws {ArgumentError} when a file cannot be written, or an option can never work.
 */
export async function startController(
  options: StartControllerOptions = {},
): Promise<RunningController> {
  const logger =
    options.logger ??
    makeLogger({
      name: 'IPController',
      level: options.logLevel ?? 'INFO',
      ...(options.logFile === undefined ? {} : { file: options.logFile }),
    })
  const { clientFile, engineFile, enginesFile, reuseFiles = false } = options
  const found =
    reuseFiles && clientFile !== undefined && engineFile !== undefined
      ? await reusedFiles(clientFile, engineFile, logger)
      : undefined
  const curve = await curveOf(options, found, logger)
  const reused = fits(found, curve, options, logger) ? found : undefined
  const planned = planPorts({
    common: options.ports ?? [],
    engine: options.enginePorts ?? [],
    client: options.clientPorts ?? [],
  })
  const wanted = interfaces(options)
  if (reused === undefined) warnOfRandomPorts(options.ports, planned, logger)
  else warnOfOverruled({ ...options, interfaces: wanted }, reused, logger)
  const restored =
    options.restoreEngines && enginesFile !== undefined ? readEngineTable(enginesFile) : undefined
  const key = reused?.key ?? options.key ?? (curve === undefined ? newId(systemRandom) : '')
  if (curve !== undefined) logger.info('connections are encrypted with CURVE')
  else if (key === '') {
    logger.warn('message signing is disabled: whoever reaches the ports can run code')
  }
  const taskStore = await openTaskStore(options, logger)
  let savedEngines = ''
  const controller = await Controller.start({
    context: nodeContext(logger),
    makeSigner,
    key,
    ...(curve === undefined ? {} : { curve }),
    signatureScheme: reused?.signatureScheme ?? options.signatureScheme ?? 'hmac-sha256',
    interfaces:
      reused === undefined
        ? wanted
        : { client: reused.clientInterface, engine: reused.engineInterface },
    ports: reused?.ports ?? planned,
    location: reused?.location ?? options.location ?? hostname(),
    ssh: { client: options.sshServer ?? '', engine: options.engineSshServer ?? '' },
    heartbeatPeriodMs: options.heartbeatPeriodMs ?? 3_000,
    heartbeatMissesMax: options.heartbeatMissesMax ?? limits.heartMissesMax,
    ...(options.registrationTimeoutMs === undefined
      ? {}
      : { registrationTimeoutMs: options.registrationTimeoutMs }),
    scheme: options.scheme ?? 'leastload',
    highWaterMark: options.hwm ?? 1,
    ...(options.workAheadMs === undefined ? {} : { workAheadMs: options.workAheadMs }),
    taskStore,
    strangerBytesMax: Math.min(limits.strangerBytesMax, memoryBytes() / 4),
    ...(restored === undefined ? {} : { restored }),
    ...(enginesFile === undefined
      ? {}
      : {
          saveEngines: (table) => {
            savedEngines = engineTableText(table)
            saveEngines(enginesFile, savedEngines, logger)
          },
        }),
  }).catch((error: unknown) => {
    taskStore.close()
    throw error
  })
  const { clientInfo, engineInfo } = controller
  const files = [
    [clientFile, clientInfo],
    [engineFile, engineInfo],
  ] as const
  // What was given is given again.
  const keeps = curve !== undefined && options.curveFile !== undefined && !options.curve
  try {
    // First: who finds the connection files may count on it.
    if (keeps) writePrivateFile(options.curveFile!, `${curve.secretKey}\n`)
    for (const [path, info] of files) if (path !== undefined) writeConnectionFile(path, info)
  } catch (error) {
    await controller.close()
    throw error
  }
  const ended = controller.closed.then((reason) => {
    if (reuseFiles) return reason
    for (const [path, info] of files) {
      if (path !== undefined) removeOwn(path, connectionFileText(info))
    }
    if (keeps) removeOwn(options.curveFile!, `${curve.secretKey}\n`)
    if (enginesFile !== undefined) removeOwn(enginesFile, savedEngines)
    return reason
  })
  return {
    clientInfo,
    engineInfo,
    ended,
    close: () => {
      void controller.close()
      return ended
    },
  }
}
