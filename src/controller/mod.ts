export { Controller, type ControllerEnd, type ControllerOptions } from './controller.ts'
export type { Interfaces } from './controller-sockets.ts'
export {
  type PortPlan,
  type PortPools,
  planPorts,
  portsOfFiles,
} from './endpoint-plan.ts'
