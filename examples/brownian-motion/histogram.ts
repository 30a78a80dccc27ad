/** A bar of a histogram: `count` values from `from` to `to`. */
export interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Counts sorted whole numbers, such as timestamps, in bins of equal width. */
export function countSorted(values: Float64Array, from: number, to: number, width: number): Bar[] {
  const bars = Array.from({ length: Math.ceil((to - from) / width) }, (_, i) => ({
    from: from + i * width,
    to: Math.min(to, from + (i + 1) * width),
    count: 0,
  }))
  for (let i = firstFrom(values, from); i < values.length && values[i]! < to; i++) {
    bars[Math.floor((values[i]! - from) / width)]!.count++
  }
  return bars
}

/** How many bars have 0, 1, 2, … values in them. */
export function countDistribution(bars: readonly Bar[]): number[] {
  const most = bars.reduce((max, bar) => Math.max(max, bar.count), 0)
  const distribution = new Array<number>(most + 1).fill(0)
  for (const bar of bars) distribution[bar.count]!++
  return distribution
}

/** A width of 1, 2 or 5 times a power of ten that gives at most `barsMax` bars. */
export function niceWidth(range: number, barsMax: number): number {
  const least = range / barsMax
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= least * 0.999999)!
}

/** Index of the first value that is not less than `limit`. */
function firstFrom(values: Float64Array, limit: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < limit) low = middle + 1
    else high = middle
  }
  return low
}
