/** Every bound of the program in one place: what it limits, its unit, and why that number. */
export const limits = {
  /** Bytes in one frame. A typed array cannot be larger than this in Node 20. */
  frameBytesMax: 4_294_967_296,
  /** Bytes in a ZMTP command or metadata block before a peer is trusted with more. */
  commandBytesMax: 65_536,
  /** Frames in one message: a map over many buffers still fits. */
  framesPerMessageMax: 65_536,
  /** Milliseconds for a peer to finish its handshake; a half-open connection is closed after it. */
  handshakeMs: 30_000,
  /** Connections that may be in their handshake at once on one listening socket. */
  handshakesMax: 1_024,
  /** Signatures remembered against replay; Python's `Session.digest_history_size`. */
  digestHistoryMax: 65_536,
  /** Finished task records kept by the hub; Python's `DictDB.record_limit`. Pending ones are never culled. */
  taskRecordsMax: 1_024,
  /** Bytes of buffers in finished task records; Python's `DictDB.size_limit`. */
  taskRecordBytesMax: 1_073_741_824,
  /** Bytes of stdout or stderr kept per task record or result; what is older is cut at the front. */
  outputBytesMax: 16_777_216,
  /** Finished task ids that the scheduler remembers for `after` and `follow`. */
  finishedTaskIdsMax: 1_000_000,
  /** Milliseconds between the reconnection attempts of a socket: the first, and the cap. */
  reconnectFirstMs: 100,
  reconnectMaxMs: 5_000,
} as const
