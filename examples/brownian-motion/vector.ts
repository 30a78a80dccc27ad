/** A value for each axis: x, y, z. */
export type Vector = readonly [x: number, y: number, z: number]
