/** A kernel's worker thread: it owns every socket, so that it answers while user code runs. */
import { Kernel, type KernelEnd, type KernelFacts } from '../engine/mod.ts'
import type { KernelConnectionInfo } from '../jupyter/mod.ts'
import { PortEvaluator } from '../kernel/worker-side.ts'
import { makeSigner } from '../node/mod.ts'
import { nodeContext } from './node-context.ts'
import type { RoleData } from './role-messages.ts'
import { serveRole } from './role-worker.ts'

export interface KernelWorkerData extends RoleData {
  readonly info: KernelConnectionInfo
  readonly facts: KernelFacts
  readonly connectionFile: string
}

void serveRole<KernelWorkerData, KernelConnectionInfo, KernelEnd>(
  'Kernel',
  async ({ line, info, facts, connectionFile }, { logger, signal }) => {
    let kernel: Kernel | undefined
    const evaluator = new PortEvaluator(line, {
      onExit: async (code) => void (await kernel?.exit(code)),
      bindKernel: async () => ({ connectionFile }),
    })
    const ports = { context: nodeContext(logger), makeSigner, evaluator }
    kernel = await Kernel.start(ports, { info, facts, onSignal: signal })
    // What still runs would keep the process from ending by itself.
    void kernel.ended.then(() => evaluator.interrupt())
    return {
      started: kernel.info,
      ended: kernel.ended,
      close: () => kernel.close(),
      interrupt: () => evaluator.interrupt(),
    }
  },
)
