/**
 * A ziggurat: the area below exp(-x²/2) cut into 256 layers of equal area, so that one 32-bit word
 * gives a normal nearly always: 8 bits choose the layer, the other 24 the position in it,
 * on an odd integer from 1 - 2^24 to 2^24 - 1, symmetric about 0. The bits are disjoint: using the
 * layer's bits again for the position, as the original does, leaves a correlation between the two.
 * Sources: Marsaglia and Tsang, J. Stat. Software 5 (2000) 8; Doornik (2005), "An improved ziggurat
 * method to generate normal random samples".
 */
const layers = 256

/** Where the lowest layer ends and the tail begins, and the area of each layer, for 256 layers. */
export const tailStart = 3.654152885361009
const layerArea = 0.004928673233974657

export interface Ziggurat {
  /** Height of the curve at each edge: the floor of layer i is [i], its roof is [i + 1]. */
  readonly heights: Float64Array
  /** What maps a signed 25-bit integer onto layer i. */
  readonly scales: Float64Array
  /** The least of these integers that may lie outside of the rectangle which is below the curve. */
  readonly limits: Int32Array
}

/** Works out the tables: 5 KB. */
export function makeZiggurat(): Ziggurat {
  const edges = makeEdges()
  const limits = Int32Array.from({ length: layers }, (_, i) =>
    Math.floor((edges[i + 1]! / edges[i]!) * 2 ** 24),
  )
  return { heights: edges.map(bell), scales: edges.map((edge) => edge / 2 ** 24), limits }
}

/** Right ends of the layers from the lowest, [1] = tailStart, to the top, [256] = 0. */
function makeEdges(): Float64Array {
  const edges = new Float64Array(layers + 1)
  // The lowest layer stands for its rectangle and the tail: it is drawn as one wider rectangle.
  edges[0] = layerArea / bell(tailStart)
  edges[1] = tailStart
  for (let i = 2; i < layers; i++) {
    edges[i] = Math.sqrt(-2 * Math.log(layerArea / edges[i - 1]! + bell(edges[i - 1]!)))
  }
  return edges
}

function bell(x: number): number {
  return Math.exp(-0.5 * x * x)
}
