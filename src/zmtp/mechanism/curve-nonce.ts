import { concat, utf8 } from '../../base/mod.ts'

/** A prefix and 8 bytes that count: for keys that live as long as a connection. */
export function shortNonce(
  prefix: 'CurveZMQHELLO---' | 'CurveZMQINITIATE' | 'CurveZMQREADY---',
  counter: Uint8Array,
): Uint8Array {
  return concat([utf8(prefix), counter])
}

/** A prefix and 16 random bytes: for keys that stay. */
export function longNonce(
  prefix: 'WELCOME-' | 'COOKIE--' | 'VOUCH---',
  random: Uint8Array,
): Uint8Array {
  return concat([utf8(prefix), random])
}
