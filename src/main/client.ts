import { readFile } from 'node:fs/promises'
import {
  announceClient,
  Client as BaseClient,
  ClientClosedError,
  type ClientOptions,
  type ClientPorts,
  ClusterLink,
} from '../client/mod.ts'
import type { OnClusterEnd } from '../cluster/mod.ts'
import { inspectorFunctionCodec } from '../functions/mod.ts'
import { hostFacts, makeLogger, makeSigner } from '../node/mod.ts'
import { Codec, type FunctionCodec } from '../serialize/mod.ts'
import { type ClientTarget, clientInfoOf } from './client-target.ts'
import { nodeContext } from './node-context.ts'

/** How a client connects. Times are in milliseconds. */
export interface ConnectOptions extends ClientOptions {
  /** Milliseconds to wait for the connection file when it is not there; default 0. */
  readonly waitForFileMs?: number
  /** Another platform than this process's; for tests. */
  readonly ports?: ClientPorts
}

/** One for all clients: `loglevel` never lets go of one. */
const logger = makeLogger({ name: 'Client', level: 'WARN' })

let functions: FunctionCodec | undefined

/** What a client needs of this process: its network, its inspector, its terminal. */
function nodeClientPorts(): ClientPorts {
  // The same for all clients: to each of them a class is the same class.
  functions ??= inspectorFunctionCodec()
  return {
    context: nodeContext(logger),
    makeSigner,
    codec: new Codec(functions),
    host: hostFacts(),
    output: { write: (stream, text) => void process[stream].write(text) },
    readText: (path) => readFile(path, 'utf8'),
  }
}

/** A connection to a cluster. `await using rc = await Client.connect()` */
export class Client extends BaseClient {
  /**
   * Connects to a cluster: the default profile's, another profile's
   * (`{ profile: 'parallel' }`), or that of a connection file (its path, or its contents).
   * @throws {NoConnectionFileError} saying where it was looked for and which command makes one.
   * @throws {ConnectionTimeoutError} when the controller does not answer.
   */
  static async connect(target: ClientTarget = {}, options: ConnectOptions = {}): Promise<Client> {
    return connectClient(target, options)
  }
}

/** `onEnd` is given where this process knows when the controller is gone for good. */
export async function connectClient(
  target: ClientTarget,
  options: ConnectOptions = {},
  onEnd?: OnClusterEnd,
): Promise<Client> {
  const { ports = nodeClientPorts(), waitForFileMs, ...rest } = options
  const info = await clientInfoOf(target, waitForFileMs)
  const link = await ClusterLink.open(info, ports, rest)
  const forget = onEnd?.((reason) => void link.close(new ClientClosedError(reason)))
  if (forget !== undefined) link.events.on('closed', forget)
  const client = new Client(link)
  // In a kernel, `%px` means the cluster that was connected to last.
  announceClient(client)
  return client
}
