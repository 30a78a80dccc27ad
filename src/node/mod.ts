export { systemClock } from './clock.ts'
export {
  readClientFile,
  readEngineFile,
  writeConnectionFile,
  writePrivateFile,
} from './connection-file.ts'
export { hostFacts } from './host.ts'
export { ipcTransport } from './ipc.ts'
export { type ClosableLogger, type LoggerOptions, logLevelNumber, makeLogger } from './logger.ts'
export { isFolder, makeFolder } from './make-folder.ts'
export { endOwnGroup, signalGroup } from './process-tree.ts'
export { systemRandom } from './random.ts'
export { makeSigner } from './signer.ts'
export { tcpTransport } from './tcp.ts'
