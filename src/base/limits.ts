/** Every bound of the program in one place: what it limits, its unit, and why that number. */
export const limits = {
  /** Bytes in one frame. A typed array cannot be larger than this in Node 20. */
  frameBytesMax: 4_294_967_296,
  /** Bytes in a ZMTP command. */
  commandBytesMax: 65_536,
  /** The same during the handshake, when a stranger gets memory for them: metadata is short. */
  handshakeCommandBytesMax: 8_192,
  /** Frames in one message: a map over many buffers still fits. */
  framesPerMessageMax: 65_536,
  /** Milliseconds for a peer to finish its handshake; a half-open connection is closed after it. */
  handshakeMs: 30_000,
  /** Connections that may be in their handshake at once on one listening socket. */
  handshakesMax: 1_024,
  /** Milliseconds of that in which no newcomer may take its place when there are so many. */
  handshakeGraceMs: 2_000,
  /** Bytes that one subscriber's topics may take in a publisher's memory. */
  subscriptionBytesMax: 16_777_216,
  /** Bytes that may wait for one subscriber; what is published above that it does not get. */
  unreadBytesMax: 268_435_456,
  /**
   * Bytes that peers together may make us hold before they have shown a valid message: as much as
   * one honest first message may have. Where the memory is known, a quarter of it if that is less.
   */
  strangerBytesMax: 4_294_967_296,
  /** The same for a kernel, whose front ends send code. */
  kernelStrangerBytesMax: 268_435_456,
  /** What a socket needs for one frame besides its bytes, about. */
  frameOverheadBytes: 128,
  /** Peers that are known by their routing id, because they have shown a valid message. */
  knownPeersMax: 65_536,
  /** Signatures remembered against replay; Python's `Session.digest_history_size`. */
  digestHistoryMax: 65_536,
  /** Answers that an engine keeps for a connection that breaks: what a socket of the system holds. */
  keptAnswersMax: 1_024,
  keptAnswerBytesMax: 8_388_608,
  /** Finished task records kept by the hub; Python's `DictDB.record_limit`. Pending ones are never culled. */
  taskRecordsMax: 1_024,
  /** Bytes of buffers and output in finished task records; Python's `DictDB.size_limit`. */
  taskRecordBytesMax: 1_073_741_824,
  /** Bytes of what a record of a task says, without its buffers, that go into a database. */
  storedRecordBytesMax: 67_108_864,
  /** Bytes of stdout or stderr kept per task record or result; what is older is cut at the front. */
  outputBytesMax: 16_777_216,
  /** Finished tasks that the scheduler remembers for `after` and `follow`; at least half as many. */
  finishedTaskIdsMax: 200_000,
  /**
   * Milliseconds of short tasks that an engine may have beyond its high-water mark, so that it does
   * not wait for the next one: several round trips on a busy machine.
   */
  aheadWorkMs: 10,
  /** How many they may be, and the shortest that one is taken for. */
  aheadTasksMax: 64,
  aheadRunMsMin: 0.05,
  /**
   * Calls that an engine gives at once to the thread that runs them, and how short its latest calls
   * must have been for that, in milliseconds: a thread costs more to wake than they take.
   */
  callsTogetherMax: 8,
  callsTogetherRunMs: 0.5,
  /** Milliseconds, and what its answers take, after which an engine gives back what it has ahead. */
  stuckEngineMs: 50,
  /** Milliseconds until it is asked once more for what it has not given back. */
  recallAgainMs: 1_000,
  /**
   * Tasks of one map under way at once, in all and for each engine, whichever is more: engines have
   * work ahead and never wait, and the controller's queue stays short.
   */
  mapTasksMin: 256,
  mapTasksPerEngine: 96,
  /** The same where the items come from an iterator: how far it is read ahead of the results. */
  mapAheadMin: 100,
  mapAheadPerEngine: 4,
  /** Bytes of requests of one map under way at once; a single larger one still goes. */
  mapBytesMax: 268_435_456,
  /** Milliseconds between the reconnection attempts of a socket: the first, and the cap. */
  reconnectFirstMs: 100,
  reconnectMaxMs: 5_000,
  /** Characters of an error's message and of one line of its traceback. */
  errorTextCharsMax: 16_384,
  /** Lines of a traceback; the middle of a longer one is left out. */
  tracebackLinesMax: 200,
  /** Bytes of a thrown value that goes with its failure; one that takes more stays behind. */
  errorBytesMax: 1_048_576,
  /**
   * How deep a value that is sent may nest: what the stack of Node's main thread can decode,
   * whatever the kinds of values, with some of it in use (measured: 900 for maps, 1,600 for objects).
   */
  valueNestingMax: 750,
  /** Bytes of an integer in a pickle: what arithmetic can still handle in good time. */
  pickleIntegerBytesMax: 65_536,
  /** Items of a Python range that is made an array; a longer one stays opaque. */
  pickleRangeItemsMax: 1_000_000,
  /**
   * Bytes of copies that a pickle can ask for: so many times its own, and so many more. What is
   * honest needs twice its own.
   */
  pickleGrowthMax: 8,
  pickleExtraBytesMax: 67_108_864,
  /** Objects of one value that are recognised when they come again: a `Map` cannot hold many more. */
  pickleMemoMax: 16_000_000,
  /** Bytes of scratch memory that a codec keeps between two calls. */
  codecScratchBytesMax: 1_048_576,
  /** Functions that an engine keeps built for the calls to come, and the bytes of the largest. */
  keptFunctionsMax: 256,
  keptFunctionBytesMax: 65_536,
  /** Sources of functions of which the analysis, and of which the compiled code, is kept. */
  analysedSourcesMax: 2_000,
  compiledSourcesMax: 1_000,
  /** Cells of which a kernel keeps the source; IPython's `cache_size`. */
  historyCellsMax: 1_000,
  /** Cells of which a kernel keeps the result: each may hold much memory. */
  historyResultsMax: 100,
  /** Completions that one answer offers. */
  completionsMax: 1_000,
  /** Milliseconds that a completion waits for TypeScript's language service, its start included. */
  languageServiceMs: 8_000,
  /** Characters of a value and of a source that an inspection shows. */
  inspectionCharsMax: 20_000,
  /** Rows, columns and characters of a cell in the HTML table of a value: what a page can take. */
  tableRowsMax: 60,
  tableColumnsMax: 30,
  tableCellCharsMax: 200,
  /** Milliseconds without work after which a thread of an engine gives memory back. */
  idleCollectionMs: 2_000,
  /** Bytes of a heap that is looked through then: more would take more than 50 ms. */
  idleHeapBytesMax: 67_108_864,
  /**
   * Heartbeats, of three seconds each by default, that an engine may miss: a network that is away
   * for a minute costs nothing. Python's controller has patience for ten.
   */
  heartMissesMax: 25,
  /** Milliseconds that a client waits for the lines on which it only listens. */
  listenMs: 2_000,
  /** Milliseconds for which output is collected into one message. */
  outputBatchMs: 10,
  /** Characters of output after which a message leaves at once. */
  outputBatchCharsMax: 65_536,
  /** Characters of output on their way out; user code that writes faster waits. */
  outputBacklogCharsMax: 8_388_608,
  /** As many of those as a piece of output counts for, beside its text: what handing it on costs. */
  outputMessageChars: 8_192,
  /** Milliseconds that user code gets to be interrupted gently, before it is stopped. */
  interruptGraceMs: 50,
  /** Milliseconds between the heartbeats of a front end, and of silence until a kernel counts as gone. */
  kernelBeatMs: 1_000,
  kernelSilenceMs: 15_000,
  /** Milliseconds of silence after a cell's reply in which the rest of its output must come. */
  kernelIdleGraceMs: 5_000,
  /** Milliseconds for a subscription to reach a kernel that has just answered. */
  kernelSubscriptionMs: 250,
  /** Cells that a console remembers, from one session to the next. */
  consoleHistoryMax: 10_000,
  /** Characters of output that wait for the terminal; what comes on top of them is not shown. */
  consoleBacklogCharsMax: 4_194_304,
  /** The same once the cell was interrupted: of what waits, the last characters are shown. */
  consoleLastCharsMax: 16_384,
  /** Milliseconds for a kernel to help with typing: completion, and whether a cell is complete. */
  consoleAnswerMs: 5_000,
  /** Steps back that a line editor can take. */
  undoStepsMax: 500,
  /** Milliseconds for a kernel's process to answer, and for one that runs already. */
  kernelStartMs: 60_000,
  kernelAttachMs: 15_000,
  /** Milliseconds for a kernel to obey a shutdown request or an interrupt, before it is killed. */
  kernelStopMs: 3_000,
  /** Characters from the end of what a kernel's process wrote, for the message about its death. */
  kernelLastWordsCharsMax: 4_096,
  /**
   * Milliseconds from a cell's failure to its reply, for the cells to arrive that a front end sent
   * in one go with it and that are to be dropped.
   */
  stopOnErrorMs: 10,
  /** Milliseconds that a child process gets to end at an interrupt, before it is killed. */
  childGraceMs: 1_000,
  /** Milliseconds after an interrupt in which a cell's `finally` blocks may still await something. */
  interruptCleanupMs: 5_000,
  /**
   * Milliseconds between a client's question for the engines and its subscription to news of them,
   * at most, for it to hear of all.
   */
  missedArrivalsMs: 60_000,
  /** Peers whose refusal has been logged; when there are more, all may be logged once again. */
  reportedPeersMax: 1_024,
  /** Silent engines that may come back under their id; the oldest are forgotten first. */
  silentEnginesMax: 4_096,
  /** Displayed outputs kept per task; what is older is dropped. */
  displayedOutputsMax: 1_000,
  /** Ids that an abort may name before their request has come. */
  abortedIdsMax: 10_000,
  /** Bytes that one request may show; of what comes on top only a value and an error are. */
  requestOutputBytesMax: 268_435_456,
  /** Text in one stream message; longer output is cut into several. */
  streamCharsMax: 1_048_576,
  /** Characters of code that are coloured at every key. */
  colouredCharsMax: 20_000,
  /** Files of which the positions are known. */
  positionFilesMax: 32,
  /** Requests that are with the other thread, so that it need not wait for the next one. */
  requestsAheadMax: 64,
  /** Errors that are followed from one to its cause. */
  errorCausesMax: 8,
  /** Compiled cells that are kept, and the characters of their source. */
  compiledCellsMax: 64,
  compiledCellCharsMax: 4_096,
  /** Attempts to replace a file that somebody has open, on Windows; ten milliseconds each. */
  replaceAttemptsMax: 50,
} as const
