import { randomBytes } from 'node:crypto'
import type { Random } from '../base/mod.ts'

/** Bytes from the operating system's generator. */
export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  float: () => Math.random(),
}
