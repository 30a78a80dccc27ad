import { Cluster as BaseCluster, type ClusterChoice, type ClusterOptions } from '../cluster/mod.ts'
import { type Client, type ConnectOptions, connectClient } from './client.ts'

/** A controller and its engines; `connect()` gives a {@link Client}. */
export type Cluster = BaseCluster<Client, ConnectOptions>

/** Starts clusters, and finds those that run. */
export const Cluster: {
  /**
   * Starts a controller and engines on this machine, and waits until all engines are ready. They
   * are stopped by `stop()`, at the end of an `await using` block, or with the program.
   * @throws {LaunchError} when a process fails to start, with the last lines of its output.
   */
  start(options?: ClusterOptions): Promise<Cluster>
  /**
   * The cluster that `ipcluster start` runs for a profile.
   * @throws {NotRunningError} when there is none.
   */
  fromFile(choice?: ClusterChoice): Promise<Cluster>
} = {
  start: (options = {}) => BaseCluster.start(options, connectClient),
  fromFile: (choice = {}) => BaseCluster.fromFile(choice, connectClient),
}
