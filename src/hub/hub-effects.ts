import type { DeathCause } from '../jupyter/mod.ts'
import type { Engine } from './registry.ts'

/** What is to be done, in this order. */
export type HubEffect =
  /** Answer the registration request that has just been received. */
  | { readonly type: 'accept-registration'; readonly engine: Engine }
  | { readonly type: 'refuse-registration'; readonly ename: string; readonly evalue: string }
  /** The engine is registered: tell the clients and the schedulers. */
  | { readonly type: 'announce-engine'; readonly engine: Engine }
  /** It has left: tell them too. */
  | {
      readonly type: 'announce-departure'
      readonly engine: Engine
      readonly cause: DeathCause | undefined
    }
  | { readonly type: 'publish-ping'; readonly ping: string }
  | { readonly type: 'save-engines' }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly text: string }
