import type { ClientConnectionInfo, EngineConnectionInfo } from '../jupyter/mod.ts'
import type { Interfaces } from './controller-sockets.ts'
import type { PortPlan } from './endpoint-plan.ts'

export interface InfoOptions {
  readonly interfaces: Interfaces
  readonly key: string
  readonly signatureScheme: string
  readonly curve?: { readonly publicKey: string }
  readonly location: string
  readonly ssh?: { readonly client: string; readonly engine: string }
}

/** What the clients' connection file says. Source: protocol reference §2. */
export function clientInfoOf(
  options: InfoOptions & { readonly scheme: string },
  ports: PortPlan,
): ClientConnectionInfo {
  const { client, registration } = ports
  return {
    ...shared(options),
    ssh: options.ssh?.client ?? '',
    interface: options.interfaces.client,
    registration,
    control: client.control,
    mux: client.mux,
    task: client.task,
    task_scheme: options.scheme,
    iopub: client.iopub,
    notification: client.notification,
    broadcast: client.broadcast,
  }
}

/** What the engines' connection file says. */
export function engineInfoOf(options: InfoOptions, ports: PortPlan): EngineConnectionInfo {
  const { engine, registration } = ports
  return {
    ...shared(options),
    ssh: options.ssh?.engine ?? '',
    interface: options.interfaces.engine,
    registration,
    control: engine.control,
    mux: engine.mux,
    task: engine.task,
    iopub: engine.iopub,
    hb_ping: engine.hbPing,
    hb_pong: engine.hbPong,
    broadcast: engine.broadcast,
  }
}

function shared({ key, curve, signatureScheme, location }: InfoOptions) {
  return {
    key,
    curve_serverkey: curve?.publicKey ?? null,
    location,
    pack: 'json',
    unpack: 'json',
    signature_scheme: signatureScheme,
  }
}
