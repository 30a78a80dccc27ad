import { RandomStream } from '../brownian-motion/random-stream.ts'
import type { Parameters } from './parameters.ts'

/**
 * One block of tracks of one species: from each frame to the next, how far the molecule seems to have
 * moved along one axis (µm). Row after row, `steps` numbers each; a track has a row for x and one
 * for y. The answer depends on the arguments alone.
 */
export function simulateDisplacements(
  parameters: Parameters,
  speciesIndex: number,
  block: number,
): Float64Array {
  const { seed, species, frameS, steps, substeps, tracksPerBlock, blocks } = parameters
  const { diffusion, localisation } = species[speciesIndex]!
  const random = new RandomStream(seed, speciesIndex * blocks + block)
  const stepUm = Math.sqrt((2 * diffusion * frameS) / substeps)
  const rows = 2 * tracksPerBlock
  const displacements = new Float64Array(rows * steps)
  const words = new Int32Array((steps + 1) * (substeps + 1))
  for (let row = 0; row < rows; row++) {
    random.fillWords(words)
    let place = 0
    let last = 0
    let word = 0
    for (let frame = 0; frame <= steps; frame++) {
      let sum = 0
      for (let i = 0; i < substeps; i++) {
        place += stepUm * random.normalFrom(words[word++]!)
        sum += place
      }
      const seen = sum / substeps + localisation * random.normalFrom(words[word++]!)
      if (frame > 0) displacements[row * steps + frame - 1] = seen - last
      last = seen
    }
  }
  return displacements
}
