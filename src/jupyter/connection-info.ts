import { ArgumentError } from '../base/mod.ts'
import { field, isObject, type JsonObject } from './json.ts'

/** What both connection files hold. Keys as on the wire; source: protocol reference §2. */
export interface SharedConnectionInfo {
  /** SSH server to tunnel through; empty when unused. */
  readonly ssh: string
  /** `tcp://127.0.0.1`, `tcp://*`, `ipc://path`. */
  readonly interface: string
  readonly registration: number
  readonly control: number
  readonly mux: number
  readonly task: number
  readonly iopub: number
  /** The HMAC key as text; empty means that messages are not signed. */
  readonly key: string
  readonly curve_serverkey: string | null
  /** The controller's host name, to resolve an interface of `*`. */
  readonly location: string
  readonly pack: string
  readonly unpack: string
  readonly signature_scheme: string
}

/** What a client needs to know of a controller: `ipcontroller-client.json`, under Python's names. */
export interface ClientConnectionInfo extends SharedConnectionInfo {
  readonly task_scheme: string
  readonly notification: number
  readonly broadcast: number
}

export interface EngineConnectionInfo extends SharedConnectionInfo {
  readonly hb_ping: number
  readonly hb_pong: number
  /** One port per leaf of the broadcast tree; an engine takes number `id mod length`. */
  readonly broadcast: readonly number[]
}

function port(raw: JsonObject, key: string): number {
  const value = field.integer(raw[key], key)
  if (value < 1 || value > 65_535) throw new ArgumentError(`'${key}' is ${value}, not a port`)
  return value
}

function optionalText(raw: JsonObject, key: string, absent: string): string {
  return raw[key] === undefined || raw[key] === null ? absent : field.string(raw[key], key)
}

function curveKey(raw: JsonObject): string | null {
  const key = optionalText(raw, 'curve_serverkey', '')
  if (key === '') return null
  if (key.length === 40) return key
  throw new ArgumentError(
    `'curve_serverkey' has ${key.length} characters; a CURVE key has 40: copy the file again`,
  )
}

function readShared(raw: JsonObject): SharedConnectionInfo {
  const pack = optionalText(raw, 'pack', 'json')
  const unpack = optionalText(raw, 'unpack', 'json')
  if (pack !== 'json' || unpack !== 'json') {
    throw new ArgumentError(
      `this cluster packs its messages with '${pack}'; iparallel speaks 'json' only: ` +
        `start the controller with --Session.packer=json`,
    )
  }
  const address = field.string(raw['interface'], 'interface')
  if (!/^(tcp|ipc):\/\/./.test(address)) {
    throw new ArgumentError(`'interface' is '${address}', expected tcp://ADDRESS or ipc://PATH`)
  }
  return {
    ssh: optionalText(raw, 'ssh', ''),
    interface: address,
    registration: port(raw, 'registration'),
    control: port(raw, 'control'),
    mux: port(raw, 'mux'),
    task: port(raw, 'task'),
    iopub: port(raw, 'iopub'),
    key: field.string(raw['key'], 'key'),
    curve_serverkey: curveKey(raw),
    location: optionalText(raw, 'location', ''),
    pack,
    unpack,
    signature_scheme: field.string(raw['signature_scheme'], 'signature_scheme'),
  }
}

function objectOf(text: string, kind: string): JsonObject {
  let raw: unknown
  try {
    // An editor on Windows may have put a mark in front.
    raw = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    const state = text.trim() === '' ? 'is empty' : 'is not valid JSON (cut short?)'
    throw new ArgumentError(`the ${kind} connection file ${state}`, { cause })
  }
  if (!isObject(raw)) throw new ArgumentError(`the ${kind} connection file holds no JSON object`)
  return raw
}

/**
 * Reads the text of `ipcontroller-client.json`.
 * @throws {ArgumentError | ContentError} naming the key that is wrong.
 */
export function readClientInfo(text: string): ClientConnectionInfo {
  const raw = objectOf(text, 'client')
  if (raw['hb_ping'] !== undefined) {
    throw new ArgumentError(
      'this is an engine connection file; a client needs ipcontroller-client.json',
    )
  }
  return {
    ...readShared(raw),
    task_scheme: field.string(raw['task_scheme'], 'task_scheme'),
    notification: port(raw, 'notification'),
    broadcast: port(raw, 'broadcast'),
  }
}

/**
 * Reads the text of `ipcontroller-engine.json`.
 * @throws {ArgumentError | ContentError} naming the key that is wrong.
 */
export function readEngineInfo(text: string): EngineConnectionInfo {
  const raw = objectOf(text, 'engine')
  if (raw['notification'] !== undefined) {
    throw new ArgumentError(
      'this is a client connection file; an engine needs ipcontroller-engine.json',
    )
  }
  return {
    ...readShared(raw),
    hb_ping: port(raw, 'hb_ping'),
    hb_pong: port(raw, 'hb_pong'),
    broadcast: field.integers(raw['broadcast'], 'broadcast'),
  }
}

const sharedOrder = ['ssh', 'interface', 'registration', 'control', 'mux', 'task'] as const
const tailOrder = [
  'key',
  'curve_serverkey',
  'location',
  'pack',
  'unpack',
  'signature_scheme',
] as const

/** The file's text, with exactly Python's keys in Python's order and its two-space indent. */
export function connectionFileText(info: ClientConnectionInfo | EngineConnectionInfo): string {
  const middle =
    'notification' in info
      ? ['task_scheme', 'iopub', 'notification', 'broadcast']
      : ['iopub', 'hb_ping', 'hb_pong', 'broadcast']
  const all: Record<string, unknown> = { ...info }
  const keys: readonly string[] = [...sharedOrder, ...middle, ...tailOrder]
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, all[key]])), null, 2)
}

/** What this machine knows of itself, to tell whether a `location` is here. */
export interface HostFacts {
  readonly hostname: string
  /** Every address of every interface, loopback included. */
  readonly addresses: readonly string[]
  /** The addresses of a host name; empty when it is not known. */
  resolve(hostname: string): Promise<readonly string[]>
}

/**
 * The interface to connect to, with `*` and `0.0.0.0` replaced by where the controller is.
 * Source: protocol reference §2.1.
 */
export async function reachableInterface(
  info: { readonly interface: string; readonly location: string },
  host: HostFacts,
): Promise<string> {
  const match = /^tcp:\/\/(\*|0\.0\.0\.0|\[::\])$/.exec(info.interface)
  if (match === null) return info.interface
  const loopback = 'tcp://127.0.0.1'
  const { location } = info
  if (location === '' || location === host.hostname || host.addresses.includes(location)) {
    return loopback
  }
  const resolved = await host.resolve(location)
  if (resolved.some((address) => host.addresses.includes(address))) return loopback
  const target = resolved[0] ?? location
  return target.includes(':') ? `tcp://[${target}]` : `tcp://${target}`
}

/** The endpoint of one port on an interface; ipc numbers its sockets with a dash. */
export function endpointOf(address: string, portNumber: number): string {
  return address.startsWith('ipc://') ? `${address}-${portNumber}` : `${address}:${portNumber}`
}
