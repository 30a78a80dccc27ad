import { decodeCommand, decodeErrorReason, encodeCommand } from '../command.ts'
import { decodeMetadata } from '../metadata.ts'
import type { Mechanism, MechanismStep } from './mechanism.ts'

/**
 * No authentication, no confidentiality: both sides send READY, as libzmq does, without waiting
 * for each other. Source: RFC 37, "The NULL Security Mechanism".
 */
export class NullMechanism implements Mechanism {
  readonly name = 'NULL'
  readonly asServer = false

  start(properties: Uint8Array): Uint8Array {
    return encodeCommand('READY', properties)
  }

  receive(bytes: Uint8Array): MechanismStep {
    const command = decodeCommand(bytes)
    if (command?.name === 'ERROR') {
      return { type: 'failed', reason: `the peer refused us: ${decodeErrorReason(command.data)}` }
    }
    if (command?.name !== 'READY') return { type: 'failed', reason: 'expected the READY command' }
    const metadata = decodeMetadata(command.data)
    if (metadata === undefined) return { type: 'failed', reason: 'malformed metadata in READY' }
    return { type: 'ready', metadata }
  }
}
