/** The package has no types of its own. Pointers are offsets into `HEAPU8`; lengths come in halves. */
declare module 'libsodium-sumo' {
  export interface Sodium {
    /** Replaced when the memory grows: do not keep it. */
    readonly HEAPU8: Uint8Array
    _malloc(bytes: number): number
    _crypto_scalarmult_base(publicKey: number, secretKey: number): number
    _crypto_box_curve25519xsalsa20poly1305_beforenm(
      key: number,
      publicKey: number,
      secretKey: number,
    ): number
    _crypto_core_hsalsa20(out: number, input: number, key: number, constant: number): number
    _crypto_secretbox_easy(
      box: number,
      text: number,
      length: number,
      lengthHigh: number,
      nonce: number,
      key: number,
    ): number
    _crypto_secretbox_open_easy(
      text: number,
      box: number,
      length: number,
      lengthHigh: number,
      nonce: number,
      key: number,
    ): number
    _crypto_stream_salsa20_xor_ic(
      out: number,
      input: number,
      length: number,
      lengthHigh: number,
      nonce: number,
      block: number,
      blockHigh: number,
      key: number,
    ): number
    _crypto_onetimeauth_poly1305(
      tag: number,
      input: number,
      length: number,
      lengthHigh: number,
      key: number,
    ): number
    _crypto_onetimeauth_poly1305_statebytes(): number
    _crypto_onetimeauth_poly1305_init(state: number, key: number): number
    _crypto_onetimeauth_poly1305_update(
      state: number,
      input: number,
      length: number,
      lengthHigh: number,
    ): number
    _crypto_onetimeauth_poly1305_final(state: number, tag: number): number
  }
  const load: () => Promise<Sodium>
  export default load
}
