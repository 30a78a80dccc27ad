import { hostname } from 'node:os'
import type { Logger } from '../base/mod.ts'
import type { PortPlan } from '../controller/mod.ts'
import type { ReusedFiles } from './reused-files.ts'

/** What a controller was asked for, as far as the files that it uses again say it, too. */
interface Asked {
  readonly interfaces: { readonly client: string; readonly engine: string }
  readonly location?: string
  readonly ports?: readonly number[]
  readonly key?: string
}

const defaultInterface = 'tcp://127.0.0.1'

/** Who asks for an address and gets another one looks for the fault elsewhere. */
export function warnOfOverruled(asked: Asked, reused: ReusedFiles, logger: Logger): void {
  const { interfaces, location = hostname(), ports = [], key } = asked
  const differs = (wanted: string, found: string) => wanted !== defaultInterface && wanted !== found
  const overruled: Readonly<Record<string, boolean>> = {
    ip:
      differs(interfaces.client, reused.clientInterface) ||
      differs(interfaces.engine, reused.engineInterface),
    location: location !== hostname() && location !== reused.location,
    ports: ports.length > 0 && ports[0] !== reused.ports.registration,
    key: key !== undefined && key !== reused.key,
  }
  const names = Object.keys(overruled).filter((name) => overruled[name])
  if (names.length === 0) return
  logger.warn(
    `the connection files are used again, so what they say of ${names.join(', ')} holds, not what ` +
      'is set now; remove them to change it',
  )
}

/** Behind a firewall, a pool that is too small looks like a network that is down. */
export function warnOfRandomPorts(
  given: readonly number[] = [],
  { registration, engine, client }: PortPlan,
  logger: Logger,
): void {
  // One alone is where to register, as it always was.
  if (given.length < 2) return
  const all = [registration, ...Object.values(engine).flat(), ...Object.values(client)]
  if (!all.includes(0)) return
  const numbers = `${given.length} ports are given, and ${all.length} are needed`
  logger.warn(`${numbers}: the others are any free ones, which a firewall may not let through`)
}
