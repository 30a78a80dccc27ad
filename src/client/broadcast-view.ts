import type { ClusterLink } from './cluster-link.ts'
import { DirectView } from './direct-view.ts'
import type { Targets } from './engine-directory.ts'

/**
 * Like a direct view of several engines, but a call goes to the controller once, which passes it
 * on: what is large crosses the client's network once instead of once for each engine. Calls by a
 * broadcast and by a direct view may overtake each other, and the hub keeps no record of them.
 */
export class BroadcastView extends DirectView<'many'> {
  /** Views come from a client; there is no need to make one. */
  constructor(link: ClusterLink, targets: Targets) {
    super(link, targets, 'broadcast')
  }
}
