import type { Parameters } from './parameters.ts'

/**
 * Mean emission of all particles together, 1 = one particle in the centre all the time: the
 * integral of PSF² over the box, divided by the box's volume, times the particles. Along each axis
 * the integral of exp(-(x/σ)²) from -L/2 to L/2 is σ sqrt(π) erf(L / 2σ).
 */
export function meanEmission(parameters: Parameters): number {
  return parameters.box.reduce((product, edge, i) => {
    const sigma = parameters.sigma[i]!
    return product * ((sigma * Math.sqrt(Math.PI) * erf(edge / 2 / sigma)) / edge)
  }, parameters.particles)
}

/**
 * Standard error of the mean emission that a run measures, for any length of it.
 *
 * The emission is far from independent from step to step, as a particle lights up each time it comes
 * back to the focus. But its autocorrelation function C(t) is known (`autocovariance`), and the
 * variance of a mean over the time T is (2/T²) ∫ (T - t) C(t) dt.
 */
export function meanEmissionError(parameters: Parameters): number {
  const { diffusion, particles, ids, stepsPerId, stepS } = parameters
  const axes = parameters.box.map((edge, i) => modesOf(edge, parameters.sigma[i]!))
  const timeS = stepsPerId * stepS
  // C falls steeply within the time to cross the focus and slowly thereafter, so the integral is
  // taken over u with t = crossing (e^u - 1), in which C is smooth.
  const crossingS = Math.min(...parameters.sigma) ** 2 / (2 * diffusion)
  const integral = simpson(0, Math.log1p(timeS / crossingS), 400, (u) => {
    const t = crossingS * Math.expm1(u)
    return (timeS - t) * autocovariance(axes, diffusion * t) * crossingS * Math.exp(u)
  })
  const variance = (2 * integral) / timeS ** 2
  return Math.sqrt((variance * particles) / ids)
}

/**
 * Covariance of a particle's emission with its emission after the time t = `diffusionTime` / D.
 * Along an axis the emission is a sum of cosines, of which each decays exponentially by diffusion;
 * as PSF² is even about the centre, these are the same between mirrors and in a periodic box.
 */
function autocovariance(axes: readonly Mode[][], diffusionTime: number): number {
  let correlation = 1
  let uncorrelated = 1
  for (const modes of axes) {
    let sum = 0
    for (const mode of modes) sum += mode.weight * Math.exp(-mode.squareWave * diffusionTime)
    correlation *= sum
    uncorrelated *= modes[0]!.weight
  }
  return correlation - uncorrelated
}

interface Mode {
  /** (2πm/L)², 1/µm². */
  readonly squareWave: number
  /** Share of the mode in the autocorrelation at time 0. */
  readonly weight: number
}

/** The cosine series of exp(-(x/σ)²) over an edge, until its terms are negligible. */
function modesOf(edge: number, sigma: number): Mode[] {
  // The square of term m is about exp(-2 (π m σ / L)²) of the first; where the walls cut the focus
  // off, it falls with the fourth power of m only.
  const last = Math.max(40, Math.ceil((4.5 / Math.PI) * (edge / sigma)))
  const reach = Math.min(edge / 2, 7 * sigma)
  return Array.from({ length: last + 1 }, (_, m) => {
    const wave = (2 * Math.PI * m) / edge
    const half = simpson(0, reach, 2048, (x) => Math.exp(-((x / sigma) ** 2)) * Math.cos(wave * x))
    return { squareWave: wave ** 2, weight: ((2 * half) / edge) ** 2 * (m === 0 ? 1 : 2) }
  })
}

/** The integral of `f`, by Simpson's rule. */
function simpson(from: number, to: number, intervals: number, f: (x: number) => number): number {
  const width = (to - from) / intervals
  let sum = f(from) + f(to)
  for (let i = 1; i < intervals; i++) sum += (i % 2 === 0 ? 2 : 4) * f(from + i * width)
  return (sum * width) / 3
}

/** The error function, to 1e-14: its series below 2, the continued fraction of erfc above. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x)
  if (x > 6) return 1
  if (x < 2) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-17; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = 0
  for (let n = 120; n >= 1; n--) fraction = n / 2 / (x + fraction)
  return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction)
}
