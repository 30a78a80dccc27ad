import type { Metadata } from '../metadata.ts'

/** What a security mechanism makes of a command during the handshake. */
export type MechanismStep =
  | { readonly type: 'continue'; readonly send?: Uint8Array }
  | { readonly type: 'ready'; readonly send?: Uint8Array; readonly metadata: Metadata }
  /** `send` is an ERROR command for the peer. */
  | { readonly type: 'failed'; readonly send?: Uint8Array; readonly reason: string }

/**
 * One connection's security mechanism: the handshake between the greeting and the traffic, and
 * what it does to the traffic. Commands are the bodies of command frames.
 * Source: RFC 37, "Authentication and Confidentiality".
 */
export interface Mechanism {
  /** As in the greeting. */
  readonly name: string
  /** As in the greeting; that of the peer says nothing, for libzmq never sets it. */
  readonly asServer: boolean
  /** Our first command, when this side speaks first. `properties` is our encoded metadata. */
  start(properties: Uint8Array): Uint8Array | undefined
  receive(command: Uint8Array): MechanismStep
  /** What it usually means when the peer closes the connection now; for messages to people. */
  readonly whenCut?: string | undefined
  /** Encrypts a frame's flags and body into the body of a frame; absent when nothing is. */
  seal?(flags: number, body: Uint8Array): Uint8Array
  /** The inverse of `seal`; a text says why there is none. */
  open?(body: Uint8Array): { readonly flags: number; readonly body: Uint8Array } | string
  /** Bytes by which `seal` makes a body longer. */
  readonly sealBytes?: number
}

/** Makes the mechanism of one connection; `binder` is whether our side listens. */
export type MechanismFactory = (binder: boolean) => Mechanism
