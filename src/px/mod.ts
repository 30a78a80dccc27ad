export { type ConnectForMagics, ParallelMagics } from './parallel-magics.ts'
