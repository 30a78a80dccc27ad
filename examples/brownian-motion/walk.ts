import type { Parameters } from './parameters.ts'
import { displacementUm } from './parameters.ts'
import { inverseSquares, negligibleExponent } from './psf.ts'
import type { RandomStream } from './random-stream.ts'
import type { Vector } from './vector.ts'

/** What the hot loop needs to know, with nothing left in it to be worked out again. */
export interface Medium {
  /** Standard deviation of a step along each axis, µm. */
  readonly stepUm: number
  readonly box: Vector
  /** Sign of a coordinate beyond a wall: -1 mirrors it, 1 lets it in on the other side. */
  readonly sign: 1 | -1
  /** Factors of x², y², z² in the exponent of the emission, 1/µm². */
  readonly factors: Vector
}

export function mediumOf(parameters: Parameters): Medium {
  return {
    stepUm: displacementUm(parameters, parameters.stepS),
    box: parameters.box,
    sign: parameters.walls === 'mirror' ? -1 : 1,
    factors: inverseSquares(parameters.sigma),
  }
}

/**
 * Where a particle really is that a step took to `x`, beyond a wall but by less than `edgeUm`.
 * Both kinds of wall are exact: the mirror image of a free walk is the reflected Brownian motion,
 * seen at the ends of the steps.
 */
export function foldIntoBox(x: number, edgeUm: number, sign: 1 | -1): number {
  return sign * (x > 0 ? x - edgeUm : x + edgeUm)
}

/**
 * Moves one particle by `emission.length` normally distributed steps, adds its emission after each
 * of them to `emission`, and answers the sum of it. This is where the time goes, so everything that
 * happens seldom (the walls, the focus, the outskirts of the ziggurat) stands behind a comparison.
 *
 * @param positions x, y, z (µm) of each particle
 * @param particle which of them
 * @param words room for three words a step
 */
export function walk(
  random: RandomStream,
  words: Int32Array,
  positions: Float64Array,
  particle: number,
  medium: Medium,
  emission: Float64Array,
): number {
  const { stepUm, sign } = medium
  const [edgeX, edgeY, edgeZ] = medium.box
  const [factorX, factorY, factorZ] = medium.factors
  const halfX = edgeX / 2
  const halfY = edgeY / 2
  const halfZ = edgeZ / 2
  const at = 3 * particle
  let x = positions[at]!
  let y = positions[at + 1]!
  let z = positions[at + 2]!
  let light = 0
  random.fillWords(words)
  for (let k = 0, word = 0; k < emission.length; k++, word += 3) {
    x += stepUm * random.normalFrom(words[word]!)
    y += stepUm * random.normalFrom(words[word + 1]!)
    z += stepUm * random.normalFrom(words[word + 2]!)
    // For the plus signs see `RandomStream.normalFrom`.
    if (Math.abs(x) > halfX) x = +foldIntoBox(x, edgeX, sign)
    if (Math.abs(y) > halfY) y = +foldIntoBox(y, edgeY, sign)
    if (Math.abs(z) > halfZ) z = +foldIntoBox(z, edgeZ, sign)
    const exponent = x * x * factorX + y * y * factorY + z * z * factorZ
    if (exponent > negligibleExponent) continue
    const share = Math.exp(-exponent)
    emission[k]! += share
    light += share
  }
  positions[at] = x
  positions[at + 1] = y
  positions[at + 2] = z
  return light
}
