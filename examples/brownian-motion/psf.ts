import type { Vector } from './vector.ts'

/**
 * The emission of a particle, as a share of that in the centre, is the square of a 3-D Gaussian
 * point spread function (once for the excitation, once for the detection):
 * PSF² = exp(-(x/σx)² - (y/σy)² - (z/σz)²), hence exp(-q) with the sum q of these three squares.
 *
 * Where q exceeds this exponent the emission counts as 0: an error of at most e^-32 = 1.3e-14 of
 * the maximum in any step, and of 9e-14 of the mean (2 sqrt(32/π) e^-32 and a little, the share of the integral
 * that lies beyond). In the default box 3 % of the particles are nearer, so 97 % cost no `exp`.
 */
export const negligibleExponent = 32

/** The factors of x², y² and z² in q: 1/σ², in µm^-2 when `sigma` is in µm. */
export function inverseSquares(sigma: Vector): Vector {
  return [1 / sigma[0] ** 2, 1 / sigma[1] ** 2, 1 / sigma[2] ** 2]
}
