import type { Config } from '../config/config.ts'
import { ConfigError } from '../errors.ts'

/** A key pair for CURVE, in Z85, of which both or only the secret half was given. */
export interface GivenCurveKeys {
  readonly publicKey?: string
  readonly secretKey: string
}

/** What a key in Z85 looks like; whether two belong together is seen where they are used. */
const keyForm = /^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/

/** @throws {ConfigError} naming where a key comes from that is none. */
export function curveKey(config: Config, name: string): string | undefined {
  const key = config.text(name)
  if (key === '') return undefined
  if (keyForm.test(key)) return key
  const problem = `is no CURVE key: one has 40 characters of Z85, this has ${key.length}`
  throw new ConfigError(config.place(name), problem)
}

/** The key pair of `IPController` or `IPEngine`; undefined when a new one is wanted. */
export function givenCurveKeys(
  config: Config,
  role: 'IPController' | 'IPEngine',
): GivenCurveKeys | undefined {
  const publicKey = curveKey(config, `${role}.curve_publickey`)
  const secretKey = curveKey(config, `${role}.curve_secretkey`)
  if (secretKey !== undefined) {
    return { secretKey, ...(publicKey === undefined ? {} : { publicKey }) }
  }
  if (publicKey === undefined) return undefined
  const place = config.place(`${role}.curve_publickey`)
  throw new ConfigError(place, `needs ${role}.curve_secretkey, the other half of the pair, too`)
}
