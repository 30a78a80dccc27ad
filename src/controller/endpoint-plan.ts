import { ArgumentError } from '../base/mod.ts'
import type { ClientConnectionInfo, EngineConnectionInfo } from '../jupyter/mod.ts'

/** The port of every socket; 0 means any free one. */
export interface PortPlan {
  readonly registration: number
  readonly engine: {
    readonly control: number
    readonly mux: number
    readonly task: number
    readonly iopub: number
    readonly hbPing: number
    readonly hbPong: number
    /** One or more; every engine takes one of them. */
    readonly broadcast: readonly number[]
  }
  readonly client: {
    readonly control: number
    readonly mux: number
    readonly task: number
    readonly iopub: number
    readonly notification: number
    readonly broadcast: number
  }
}

/** Ports that may be used, in this order; where they end, any free port is taken. */
export interface PortPools {
  readonly engine?: readonly number[]
  readonly client?: readonly number[]
  /** For both, once their own are used up. */
  readonly common?: readonly number[]
}

/**
 * Hands out the ports in Python's order: registration and the engines' sockets first.
 * Fourteen, of which one for broadcasts, as at Python's depth 0. Source: protocol reference §1.2.
 * @throws {ArgumentError} for a number that is no port.
 */
export function planPorts(pools: PortPools = {}): PortPlan {
  const common = [...(pools.common ?? [])]
  const engine = [...(pools.engine ?? [])]
  const client = [...(pools.client ?? [])]
  for (const port of [...common, ...engine, ...client]) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new ArgumentError(`${port} is not a port: ports are numbers from 1 to 65535`)
    }
  }
  const next = (own: number[]): number => own.shift() ?? common.shift() ?? 0
  return {
    registration: next(engine),
    engine: {
      control: next(engine),
      mux: next(engine),
      task: next(engine),
      iopub: next(engine),
      hbPing: next(engine),
      hbPong: next(engine),
      broadcast: [next(engine)],
    },
    client: {
      control: next(client),
      mux: next(client),
      task: next(client),
      iopub: next(client),
      notification: next(client),
      broadcast: next(client),
    },
  }
}

/** The ports that an earlier controller had, so that its peers find this one. */
export function portsOfFiles(client: ClientConnectionInfo, engine: EngineConnectionInfo): PortPlan {
  return {
    registration: engine.registration,
    engine: {
      control: engine.control,
      mux: engine.mux,
      task: engine.task,
      iopub: engine.iopub,
      hbPing: engine.hb_ping,
      hbPong: engine.hb_pong,
      broadcast: engine.broadcast,
    },
    client: {
      control: client.control,
      mux: client.mux,
      task: client.task,
      iopub: client.iopub,
      notification: client.notification,
      broadcast: client.broadcast,
    },
  }
}
