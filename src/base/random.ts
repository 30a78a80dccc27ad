/** The port through which pure code gets randomness. */
export interface Random {
  /** `count` bytes, unpredictable in production, seeded in simulation. */
  bytes(count: number): Uint8Array
  /** Uniform in [0, 1). */
  float(): number
}
