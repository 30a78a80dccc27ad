import { classProbes } from './class-probes.ts'
import { functionProbes } from './function-probes.ts'
import { importProbes } from './import-probes.ts'
import type { Probe } from './probe.ts'

/** What must survive the way from one process to another. */
export const probes: readonly Probe[] = [...functionProbes, ...classProbes, ...importProbes]
