import process from 'node:process'

/** Aborted at Ctrl-C, which stops the cluster first; a second one ends the program at once. */
export function stopOnSignal(): AbortSignal {
  const interrupted = new AbortController()
  for (const [signal, exitCode] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.once(signal, () => {
      process.stderr.write('\nstopping the cluster …\n')
      process.exitCode = exitCode
      interrupted.abort(new Error(signal))
    })
  }
  return interrupted.signal
}

/** To race with what does not take a signal. */
export function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.throwIfAborted()
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
