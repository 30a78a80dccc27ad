import { ArgumentError, Deferred, silentLogger } from '../base/mod.ts'
import { type JsonObject, kernelEndpoint, Session } from '../jupyter/mod.ts'
import { makeSigner, systemClock, systemRandom } from '../node/mod.ts'
import { Dealer, encryptedFor } from '../sockets/mod.ts'
import { readKernelFile } from './kernel-file.ts'
import { nodeContext } from './node-context.ts'

/**
 * Asks the kernel of a connection file something on its control line, which it answers while user
 * code runs. Resolves with the reply's content; undefined when none comes within `timeoutMs`.
 * @throws {ArgumentError} when the file is not there, or not that of a kernel.
 */
export async function askKernel(
  connectionFile: string,
  msgType: 'interrupt_request' | 'shutdown_request',
  timeoutMs: number,
): Promise<JsonObject | undefined> {
  const info = await readKernelFile(connectionFile)
  if (info === undefined) throw new ArgumentError(`no connection file at ${connectionFile}`)
  const session = new Session({
    key: info.key,
    signatureScheme: info.signature_scheme,
    makeSigner,
    clock: systemClock,
    random: systemRandom,
  })
  const { curve_publickey: publicKey, curve_secretkey: secretKey } = info
  const own = secretKey === undefined ? undefined : { secretKey }
  const context = encryptedFor(nodeContext(silentLogger), publicKey, own)
  const dealer = new Dealer(context, { routingId: session.id })
  const answer = new Deferred<JsonObject | undefined>()
  dealer.onMessage = (frames) => answer.resolve(session.unpack(frames).content)
  const timer = setTimeout(() => answer.resolve(undefined), timeoutMs)
  try {
    dealer.connect(kernelEndpoint(info, 'control'))
    dealer.trySend(session.pack(msgType, { content: { restart: false } }))
    return await answer.promise
  } finally {
    clearTimeout(timer)
    await dealer.close({ lingerMs: 0 })
  }
}
