import type { Curve } from './curve.ts'

let loading: Promise<Curve> | undefined

/** Loads the cryptography at the first call: who does not encrypt does not pay for it. */
export function loadCurve(): Promise<Curve> {
  loading ??= import('./curve.ts').then(({ Curve }) => Curve.load())
  return loading
}
