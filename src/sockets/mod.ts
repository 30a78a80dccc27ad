export type { ByteStream, ByteStreamHandlers, Listener, Transport } from './transport.ts'
