import type { OptionNames } from './option-names.ts'
import type { Distribution } from './partition.ts'

/** How code is run on engines. */
export interface ExecuteOptions {
  /** Run without showing the last expression's value, and without counting; default false. */
  readonly silent?: boolean
  /** Keep the cell in the engine's history; default: unless it is silent. */
  readonly storeHistory?: boolean
  /** Expressions by name, evaluated after the cell. */
  readonly userExpressions?: Readonly<Record<string, string>>
  /** Show what the engines print while they run, if the client does that; default true. */
  readonly showOutput?: boolean
}

/** Where an engine's kernel should listen. */
export interface BindKernelOptions {
  /** Default `tcp`. */
  readonly transport?: 'tcp' | 'ipc'
  /** An address of the engine's machine; default 127.0.0.1. With ipc the beginning of paths. */
  readonly ip?: string
}

/** The kernel's ports that an engine has opened. */
export interface BoundKernel {
  /** The path of the connection file, on the engine's machine. */
  readonly connectionFile: string
}

/** How a sequence is dealt out to engines. */
export interface ScatterOptions {
  /** How the sequence is dealt out; default `block`. */
  readonly dist?: Distribution
  /** A part of one element becomes that element; default false. */
  readonly flatten?: boolean
}

/** How a map over the engines of a direct view goes. */
export interface DirectMapOptions {
  /** An error takes the place of the items of its engine; default false. */
  readonly returnExceptions?: boolean
}

export const executeOptionNames: OptionNames<ExecuteOptions> = {
  silent: true,
  storeHistory: true,
  userExpressions: true,
  showOutput: true,
}

export const scatterOptionNames: OptionNames<ScatterOptions> = { dist: true, flatten: true }

export const directMapOptionNames: OptionNames<DirectMapOptions> = { returnExceptions: true }
