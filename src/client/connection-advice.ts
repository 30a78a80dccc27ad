import type { ClientConnectionInfo } from '../jupyter/mod.ts'
import { ConnectionTimeoutError } from './errors.ts'

export interface ConnectionFacts {
  readonly address: string
  readonly timeoutMs: number
  /** What the sockets saw. */
  readonly state: string
  readonly wasConnected: boolean
  /** Somebody answers, but the handshake failed. */
  readonly wasMisunderstood: boolean
  readonly info: ClientConnectionInfo
}

/** The error of a controller that gives no answer, with what is usually behind it. */
export function connectionTimeout(facts: ConnectionFacts): ConnectionTimeoutError {
  const { address, timeoutMs, state } = facts
  return new ConnectionTimeoutError(address, timeoutMs, state, adviceFor(facts))
}

function adviceFor({ wasConnected, wasMisunderstood, info }: ConnectionFacts): readonly string[] {
  if (wasConnected) {
    return [
      'the connection file is older than the controller, and its key another one: copy it again',
      'something else than a controller listens on that port',
    ]
  }
  if (wasMisunderstood) {
    return [
      'the connection file is not of this controller, or older than it: copy it again',
      info.curve_serverkey === null
        ? "the controller encrypts, and the file has no curve_serverkey: set IPP_CURVE_SERVERKEY to the controller's public key"
        : 'the controller does not encrypt, or has another CURVE key than the curve_serverkey of the file',
      'something else than a controller listens on that port',
    ]
  }
  return [
    'the controller is not running (any more): ipcluster list',
    wrongAddress(info),
    'a firewall stands between: open the ports, which --ports=10101-10120 fixes',
  ]
}

function wrongAddress({ interface: address, location }: ClientConnectionInfo): string {
  if (/^tcp:\/\/(127\.|localhost|\[::1\])/.test(address)) {
    return 'it runs on another machine, but listens on its own loopback only: start it with --ip=ADDRESS'
  }
  return /^tcp:\/\/(\*|0\.0\.0\.0|\[::\])$/.test(address)
    ? `the address is wrong: start the controller with --location=ADDRESS (the file says '${location}')`
    : 'the address is one of another network: start the controller with --ip=ADDRESS'
}
