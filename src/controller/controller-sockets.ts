import { endpointOf } from '../jupyter/mod.ts'
import { Pub, Router, type SocketContext, type SocketOptions, Sub } from '../sockets/mod.ts'
import type { PortPlan } from './endpoint-plan.ts'
import { EngineLine } from './engine-line.ts'

/** Where a socket listens, for peers on one side. */
export interface Interfaces {
  /** `tcp://127.0.0.1`, `tcp://*`, `ipc://path`. */
  readonly client: string
  readonly engine: string
}

/** Bytes in an answer to a ping, which is the ping itself: some seconds, as text. */
const pongBytesMax = 1_024

/** Numbers for the sockets of an interface that has none of its own: ipc's are file names. */
const firstIpcNumber = 1

/**
 * The sockets of a controller. The three that engines answer on have names of their own, because
 * an engine has one socket for all of them and tells them apart by these.
 * Source: protocol reference §1.1.
 */
export class ControllerSockets {
  readonly registration: Router
  readonly muxClients: Router
  readonly muxEngines: EngineLine
  readonly taskClients: Router
  readonly taskEngines: EngineLine
  readonly controlClients: Router
  readonly controlEngines: EngineLine
  readonly broadcastClients: Router
  readonly broadcastEngines: EngineLine
  readonly outputClients: Pub
  readonly outputEngines: Sub
  readonly notification: Pub
  readonly heartPing: Pub
  readonly heartPong: Router

  /** @param engineHeartbeat Finds out when an engine's connection is dead without being closed. */
  constructor(context: SocketContext, engineHeartbeat: SocketOptions['heartbeat']) {
    const unlimited = { sendHighWaterMark: 0, receiveHighWaterMark: 0 }
    const named = (routingId: string) => ({ ...unlimited, routingId })
    // A client that lost its connection comes back under its routing id, and its results find it.
    const toClients = (routingId: string) => ({ ...named(routingId), handover: true })
    const engine = engineHeartbeat === undefined ? {} : { heartbeat: engineHeartbeat }
    const toEngines = (routingId: string) => ({ ...named(routingId), ...engine })
    this.registration = new Router(context, unlimited)
    this.muxClients = new Router(context, toClients('mux_in'))
    this.muxEngines = new EngineLine(context, 'mux', toEngines('mux_out'))
    this.taskClients = new Router(context, toClients('task_in'))
    this.taskEngines = new EngineLine(context, 'task', toEngines('task_out'))
    this.controlClients = new Router(context, toClients('control_in'))
    this.controlEngines = new EngineLine(context, 'control', toEngines('control_out'))
    this.broadcastClients = new Router(context, toClients('sub_scheduler_0'))
    this.broadcastEngines = new EngineLine(context, 'broadcast', toEngines('sub_scheduler_00'))
    this.outputClients = new Pub(context, { sendHighWaterMark: 0 })
    this.outputEngines = new Sub(context, { receiveHighWaterMark: 0 })
    this.outputEngines.subscribe(new Uint8Array(0))
    this.notification = new Pub(context, { sendHighWaterMark: 0 })
    this.heartPing = new Pub(context)
    this.heartPong = new Router(context, { ...unlimited, frameBytesMax: pongBytesMax })
  }

  /**
   * Binds all of them and says which ports they got.
   * @throws {BindError} naming the address that cannot be had.
   */
  async bind(interfaces: Interfaces, plan: PortPlan): Promise<PortPlan> {
    let ipcNumber = firstIpcNumber
    const binder: Binder = (address) => async (socket, port) => {
      const wanted = port === 0 && address.startsWith('ipc:') ? ipcNumber++ : port
      return portOf(await socket.bind(endpointOf(address, wanted)))
    }
    const toClients = binder(interfaces.client)
    const toEngines = binder(interfaces.engine)
    const registration = await this.#bindRegistration(interfaces, plan.registration, binder)
    const broadcast: number[] = []
    for (const port of plan.engine.broadcast) {
      broadcast.push(await toEngines(this.broadcastEngines, port))
    }
    return {
      registration,
      engine: {
        control: await toEngines(this.controlEngines, plan.engine.control),
        mux: await toEngines(this.muxEngines, plan.engine.mux),
        task: await toEngines(this.taskEngines, plan.engine.task),
        iopub: await toEngines(this.outputEngines, plan.engine.iopub),
        hbPing: await toEngines(this.heartPing, plan.engine.hbPing),
        hbPong: await toEngines(this.heartPong, plan.engine.hbPong),
        broadcast,
      },
      client: {
        control: await toClients(this.controlClients, plan.client.control),
        mux: await toClients(this.muxClients, plan.client.mux),
        task: await toClients(this.taskClients, plan.client.task),
        iopub: await toClients(this.outputClients, plan.client.iopub),
        notification: await toClients(this.notification, plan.client.notification),
        broadcast: await toClients(this.broadcastClients, plan.client.broadcast),
      },
    }
  }

  async close(lingerMs: number): Promise<void> {
    const lines = [this.muxEngines, this.taskEngines, this.controlEngines, this.broadcastEngines]
    const sockets = [
      this.registration,
      this.muxClients,
      this.taskClients,
      this.controlClients,
      this.broadcastClients,
      this.outputClients,
      this.outputEngines,
      this.notification,
      this.heartPing,
      this.heartPong,
    ]
    await Promise.all([
      ...lines.map((line) => line.close(lingerMs)),
      ...sockets.map((socket) => socket.close({ lingerMs })),
    ])
  }

  /** Both sides use the same port for it, so it listens wherever either has peers. */
  async #bindRegistration(
    { client, engine }: Interfaces,
    wanted: number,
    binder: Binder,
  ): Promise<number> {
    if (client === engine || everywhere.test(engine)) {
      return binder(engine)(this.registration, wanted)
    }
    const port = await binder(client)(this.registration, wanted)
    if (!everywhere.test(client)) await binder(engine)(this.registration, port)
    return port
  }
}

/** Interfaces that include all others. */
const everywhere = /^tcp:\/\/(\*|0\.0\.0\.0|\[::\])$/

type Binder = (address: string) => (socket: Bindable, port: number) => Promise<number>

interface Bindable {
  bind(endpoint: string): Promise<string>
}

function portOf(endpoint: string): number {
  return Number(/\d+$/.exec(endpoint)?.[0])
}
