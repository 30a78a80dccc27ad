export { ManualClock, settle } from './manual-clock.ts'
export { MemoryNetwork, type NetworkFaults } from './memory-network.ts'
export { SeededRandom } from './seeded-random.ts'
export { type SimOptions, SimWorld, simSigner, simTask, type TaskFate } from './sim-world.ts'
