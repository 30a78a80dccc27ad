/** Molecules of one kind, and how well the camera finds them. */
export interface Species {
  readonly name: string
  /** µm²/s */
  readonly diffusion: number
  /** Standard deviation with which a single place is measured, in µm. */
  readonly localisation: number
}

/** What is simulated and measured. */
export interface Parameters {
  readonly seed: number
  readonly species: readonly Species[]
  /** Seconds from one frame to the next; the shutter is open all the time. */
  readonly frameS: number
  /** Displacements in a track: one less than its frames. */
  readonly steps: number
  /** Places of a molecule that one frame averages. */
  readonly substeps: number
  /** Tracks of one task. */
  readonly tracksPerBlock: number
  /** Tasks for each species. */
  readonly blocks: number
}

/** The job of `npm run mixed`. */
export const standardJob: Parameters = {
  seed: 1,
  species: [
    { name: 'membrane protein', diffusion: 0.05, localisation: 0.03 },
    { name: 'protein complex', diffusion: 0.2, localisation: 0.04 },
    { name: 'lipid', diffusion: 1, localisation: 0.04 },
    { name: 'free dye', diffusion: 4, localisation: 0.05 },
  ],
  frameS: 0.01,
  steps: 24,
  substeps: 32,
  tracksPerBlock: 2_000,
  blocks: 16,
}

/** Tracks of a species in all. */
export function tracksOf({ blocks, tracksPerBlock }: Parameters): number {
  return blocks * tracksPerBlock
}
