import { type Parameters, standardJob } from './parameters.ts'
import type { Fit } from './run-on-cluster.ts'
import { eigenvaluesOf } from './theory.ts'

/** Less of everything, for tests. */
export const smallJob: Parameters = {
  ...standardJob,
  species: [standardJob.species[0]!, standardJob.species[3]!],
  steps: 8,
  substeps: 8,
  tracksPerBlock: 500,
  blocks: 3,
}

/** Fits that are as they should be, one standard error too high. */
export function perfectFits(parameters: Parameters): Fit[] {
  return parameters.species.map((species) => ({
    rows: 1000,
    diffusion: species.diffusion * 1.01,
    diffusion_error: species.diffusion * 0.01,
    localisation: species.localisation * 1.02,
    localisation_error: species.localisation * 0.02,
    chi_squared: 6,
    naive_diffusion: species.diffusion * 2,
    eigenvalues: Float64Array.from(eigenvaluesOf(parameters, species)),
  }))
}
