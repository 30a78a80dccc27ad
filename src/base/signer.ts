/**
 * The port through which pure code signs. One signer holds one key.
 * Source: Jupyter messaging, "The Wire Protocol"; `hmac-<hash>` schemes.
 */
export interface Signer {
  /** Lowercase hexadecimal ASCII of the HMAC over the parts, as if concatenated. */
  sign(parts: readonly Uint8Array[]): Uint8Array
}

/** Makes a signer; throws `ArgumentError` for a scheme that the platform does not have. */
export type SignerFactory = (scheme: string, key: string) => Signer
