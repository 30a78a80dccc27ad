import type { MessagePort } from 'node:worker_threads'
import { Deferred } from '../base/mod.ts'
import type { MessageFromEvaluator, ServiceResult } from './port-messages.ts'

type ServiceName = Extract<MessageFromEvaluator, readonly ['serve', ...unknown[]]>[2]

/** What user code has asked the other thread to do, and waits for. */
export class ServiceCalls {
  readonly #port: MessagePort
  readonly #open = new Map<number, Deferred<unknown>>()
  #lastId = 0

  constructor(port: MessagePort) {
    this.#port = port
  }

  /** `argument` must be data that can be posted to another thread. */
  call(service: ServiceName, argument: unknown): Promise<unknown> {
    const id = ++this.#lastId
    const result = new Deferred<unknown>()
    this.#open.set(id, result)
    this.#port.postMessage(['serve', id, service, argument] satisfies MessageFromEvaluator)
    return result.promise
  }

  settle(id: number, result: ServiceResult): void {
    const call = this.#open.get(id)
    this.#open.delete(id)
    if ('value' in result) call?.resolve(result.value)
    else call?.reject(new Error(result.message))
  }
}
