import type { ClientConnectionInfo } from '../jupyter/mod.ts'
import { ConnectionTimeoutError } from './errors.ts'

export interface ConnectionFacts {
  readonly address: string
  readonly timeoutMs: number
  /** What the sockets saw. */
  readonly state: string
  readonly wasConnected: boolean
  readonly info: ClientConnectionInfo
}

/** The error of a controller that gives no answer, with what is usually behind it. */
export function connectionTimeout(facts: ConnectionFacts): ConnectionTimeoutError {
  const { address, timeoutMs, state } = facts
  return new ConnectionTimeoutError(address, timeoutMs, state, adviceFor(facts))
}

function adviceFor({ wasConnected, info }: ConnectionFacts): readonly string[] {
  if (wasConnected) {
    return [
      'the connection file is older than the controller, and its key another one: copy it again',
      'something else than a controller listens on that port',
    ]
  }
  const isLoopback = /^tcp:\/\/(127\.|localhost|\[::1\])/.test(info.interface)
  return [
    'the controller is not running (any more): ipcluster list',
    isLoopback
      ? 'it runs on another machine, but listens on its own loopback only: start it with --ip=ADDRESS'
      : `the address is wrong: start the controller with --location=ADDRESS (the file says '${info.location}')`,
    'a firewall stands between: open the ports, which --ports=10101-10120 fixes',
  ]
}
