import { ClosedError, Deferred, equal, StdinNotImplementedError } from '../base/mod.ts'
import { inputReply, inputRequest, type Message, type Session } from '../jupyter/mod.ts'
import type { Router, SocketContext } from '../sockets/mod.ts'
import { Refusals } from './refusals.ts'

interface Question {
  readonly request: Message
  readonly msgId: string
  readonly answer: Deferred<string>
}

/**
 * The line on which a kernel asks the person at the front end. Only the front end whose request
 * runs is asked, and its answer counts only while that request runs.
 */
export class Stdin {
  readonly #session: Session
  readonly #socket: Router
  #open: Question | undefined

  constructor(context: SocketContext, session: Session, socket: Router) {
    this.#session = session
    this.#socket = socket
    const refusals = new Refusals(context.logger)
    socket.onMessage = (frames) => {
      try {
        this.#receive(session.unpack(frames))
      } catch (error) {
        refusals.report('an answer on stdin', error)
      }
    }
  }

  /**
   * Asks whoever sent `request`; the answer to an earlier question is not waited for any more.
   * @throws {StdinNotImplementedError} when the front end cannot ask anybody, or is gone.
   */
  ask = async (request: Message, prompt: string, password: boolean): Promise<string> => {
    this.release()
    if (request.content['allow_stdin'] !== true) {
      throw new StdinNotImplementedError(password)
    }
    const header = this.#session.newHeader(inputRequest.msgType)
    const question = { request, msgId: header.msgId, answer: new Deferred<string>() }
    const content = inputRequest.encode({ prompt, password })
    const frames = this.#session.pack(header, { idents: request.idents, parent: request, content })
    if (!this.#socket.trySend(frames)) throw new StdinNotImplementedError(password)
    this.#open = question
    return question.answer.promise
  }

  /** Whatever was asked is not answered any more. */
  release(): void {
    const question = this.#open
    if (question === undefined) return
    this.#open = undefined
    // Whoever asked has ended meanwhile: there may be nobody to hear of it.
    question.answer.promise.catch(() => {})
    question.answer.reject(new ClosedError('the request ended before it was answered'))
  }

  #receive(message: Message): void {
    const question = this.#open
    if (question === undefined || message.header.msgType !== inputReply.msgType) return
    if (!isSame(message.idents, question.request.idents)) return
    // Some front ends do not say what they answer; one that does may be late.
    const asked = message.parent?.msgId
    const known = [question.msgId, question.request.header.msgId]
    if (asked !== undefined && !known.includes(asked)) return
    this.#open = undefined
    question.answer.resolve(inputReply.decode(message.content).value)
  }
}

function isSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((frame, i) => equal(frame, b[i]!))
}
