/** Whether a view is of one engine by its id, or of any number of them. */
export type Shape = 'one' | 'many'

/** One engine's result as it is, or a list of them in the order of the engines. */
export type PerEngine<S extends Shape, R> = S extends 'one' ? R : R[]
