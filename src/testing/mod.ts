export { ManualClock, settle } from './manual-clock.ts'
export { MemoryNetwork, type NetworkFaults } from './memory-network.ts'
export { SeededRandom } from './seeded-random.ts'
