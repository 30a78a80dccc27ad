import type { Parameters, Species } from './parameters.ts'

/**
 * How much of the squared displacement 2 D t the averaging over a frame moves into correlations, for
 * frames that average `substeps` places: 1/6 for very many, 0 for a flash.
 * Source: A. J. Berglund, Phys. Rev. E 82 (2010) 011917, for a finite number of places.
 */
export function blurOf(substeps: number): number {
  return (substeps ** 2 - 1) / (6 * substeps ** 2)
}

/** The squared displacement between two frames (µm²) without blur and errors. */
export function meanSquareOf({ frameS }: Parameters, { diffusion }: Species): number {
  return 2 * diffusion * frameS
}

/**
 * The eigenvalues (µm²) of the covariance matrix of a track's displacements along one axis. The matrix
 * is a I + b T, where a = 2 D t, b = σ² - blur a, and T has 2 on its diagonal and -1 beside it;
 * so they are a + 4 b sin²(k π / 2 (n + 1)), and the eigenvectors are sines, whatever D and σ are.
 */
export function eigenvaluesOf(parameters: Parameters, species: Species): number[] {
  const { steps, substeps } = parameters
  const a = meanSquareOf(parameters, species)
  const b = species.localisation ** 2 - blurOf(substeps) * a
  return Array.from({ length: steps }, (_, i) => {
    return a + 4 * b * Math.sin(((i + 1) * Math.PI) / (2 * (steps + 1))) ** 2
  })
}

/** The covariance matrix itself: its diagonal, and what stands beside it. */
export function covariancesOf(
  parameters: Parameters,
  species: Species,
): { readonly same: number; readonly next: number } {
  const a = meanSquareOf(parameters, species)
  const b = species.localisation ** 2 - blurOf(parameters.substeps) * a
  return { same: a + 2 * b, next: -b }
}
