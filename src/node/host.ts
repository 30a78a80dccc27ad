import { lookup } from 'node:dns/promises'
import { hostname, networkInterfaces } from 'node:os'
import type { HostFacts } from '../jupyter/mod.ts'

/** What this machine knows of its own names and addresses. */
export function hostFacts(): HostFacts {
  return {
    hostname: hostname(),
    addresses: Object.values(networkInterfaces())
      .flat()
      .map((entry) => entry?.address)
      .filter((address) => address !== undefined),
    async resolve(name) {
      try {
        return (await lookup(name, { all: true })).map((entry) => entry.address)
      } catch {
        return []
      }
    },
  }
}
