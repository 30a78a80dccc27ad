import { readFile } from 'node:fs/promises'
import { ArgumentError, type Logger } from '../base/mod.ts'
import type { GivenCurveKeys } from '../cluster/mod.ts'
import { systemRandom } from '../node/mod.ts'
import { type CurveKeyTexts, curvePublicKey, makeCurveKeyPair } from '../sockets/mod.ts'

export interface ControllerCurveOptions {
  readonly enabled: boolean
  readonly given?: GivenCurveKeys | undefined
  /** Where an earlier controller left its secret key. */
  readonly file?: string | undefined
  /** What the connection files to be used again promise; undefined when there are none. */
  readonly promised: string | null | undefined
}

/**
 * The key pair of a controller that encrypts: the given one, else the one of the controller whose
 * connection files are used again, else a new one. Files that promise encryption are kept to, also
 * where nobody asked for it again: their peers would not talk otherwise.
 * @throws {ArgumentError} when the given keys do not belong together.
 */
export async function controllerCurve(
  options: ControllerCurveOptions,
  logger: Logger,
): Promise<CurveKeyTexts | undefined> {
  const { enabled, given, file, promised } = options
  if (!enabled && typeof promised !== 'string') return undefined
  if (!enabled)
    logger.info('the connection files are those of a controller that encrypts with CURVE')
  if (given !== undefined) return pairOf(given)
  const kept = promised === undefined || file === undefined ? undefined : await readSecret(file)
  if (kept !== undefined) return pairOf({ secretKey: kept })
  return makeCurveKeyPair(systemRandom)
}

async function pairOf({ publicKey: given, secretKey }: GivenCurveKeys): Promise<CurveKeyTexts> {
  const publicKey = await curvePublicKey(secretKey)
  if (given !== undefined && given !== publicKey) {
    throw new ArgumentError(
      `the CURVE keys do not belong together: to this secret key belongs the public key ${publicKey}, ` +
        `not ${given}; give the right one, or the secret key only`,
    )
  }
  return { publicKey, secretKey }
}

async function readSecret(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    return undefined
  }
}
