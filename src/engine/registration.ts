import { type Clock, Deferred, IparallelError, messageOf } from '../base/mod.ts'
import {
  type DeathCause,
  type EngineFacts,
  endpointOf,
  type RegistrationReply,
  registrationReply,
  registrationRequest,
  type Session,
  unregistrationRequest,
} from '../jupyter/mod.ts'
import { Dealer, type SocketContext } from '../sockets/mod.ts'

type Accepted = Extract<RegistrationReply, { status: 'ok' }>

/** The controller did not answer, or said no. */
export class RegistrationError extends IparallelError {
  override readonly code = 'IPAR_REGISTRATION'
  override readonly retry: 'never' | 'later'

  constructor(message: string, retry: 'never' | 'later') {
    super(message)
    this.retry = retry
  }
}

/** What to do when somebody answers there, but does not understand us. */
const keyAdvice =
  "the connection file and the controller do not belong together: copy the controller's " +
  'ipcontroller-engine.json again, or set IPP_CURVE_SERVERKEY to its public key where it encrypts ' +
  'and the file has no curve_serverkey'

export interface RegistrationOptions {
  readonly context: SocketContext
  readonly session: Session
  readonly address: string
  readonly port: number
  readonly requestedId?: number
  readonly facts: EngineFacts
  /** Milliseconds to wait for the answer. */
  readonly timeoutMs: number
}

/**
 * The engine's line to the hub. It registers once with an answer, and again without asking
 * whenever the line comes back, so that a restarted controller learns of its engines.
 */
export class Registration {
  readonly #options: RegistrationOptions
  readonly #clock: Clock
  readonly #dealer: Dealer
  readonly #answer = new Deferred<Accepted>()
  #id: number | undefined
  #refused: string | undefined
  #connections = 0

  constructor(options: RegistrationOptions) {
    this.#options = options
    this.#clock = options.context.clock
    this.#dealer = new Dealer(options.context, { routingId: options.session.id })
    this.#dealer.onMessage = (frames) => this.#receive(frames)
    this.#dealer.onEvent = (event) => {
      if (event.type === 'connected') {
        this.#connections++
        if (this.#connections > 1) this.#request()
      } else if (event.type === 'connect-failed') {
        this.#refused = messageOf(event.cause)
      } else if (event.type === 'handshake-failed') {
        this.#refused = `${event.reason}; ${keyAdvice}`
      }
    }
  }

  /** @throws {RegistrationError} when the controller refuses, or does not answer in time. */
  async register(): Promise<Accepted> {
    const { address, port, timeoutMs } = this.#options
    const endpoint = endpointOf(address, port)
    this.#dealer.connect(endpoint)
    this.#request()
    const timer = this.#clock.setTimer(timeoutMs, () => {
      const state =
        this.#connections > 0
          ? 'it is connected but gives no answer: does this connection file (its key) belong to it?'
          : (this.#refused ?? 'no connection: is the address right, does a firewall stand between?')
      this.#answer.reject(
        new RegistrationError(
          `the controller at ${endpoint} did not register this engine within ` +
            `${timeoutMs / 1000} s: ${state}`,
          'later',
        ),
      )
    })
    try {
      const reply = await this.#answer.promise
      this.#id = reply.id
      return reply
    } finally {
      timer.cancel()
    }
  }

  /** Tells the hub that this engine leaves, and why. */
  unregister(cause: DeathCause | undefined): void {
    if (this.#id === undefined) return
    const content = unregistrationRequest.encode({
      id: this.#id,
      uuid: this.#options.session.id,
      ...(cause === undefined ? {} : { cause }),
    })
    this.#dealer.trySend(this.#options.session.pack(unregistrationRequest.msgType, { content }))
  }

  close(lingerMs: number): Promise<void> {
    return this.#dealer.close({ lingerMs })
  }

  #request(): void {
    const { session, facts, requestedId } = this.#options
    const id = this.#id ?? requestedId
    const content = registrationRequest.encode({
      uuid: session.id,
      facts,
      ...(id === undefined ? {} : { id }),
    })
    this.#dealer.trySend(session.pack(registrationRequest.msgType, { content }))
  }

  #receive(frames: readonly Uint8Array[]): void {
    const { logger } = this.#options.context
    try {
      const message = this.#options.session.unpack(frames)
      if (message.header.msgType !== registrationReply.msgType) return
      const reply = registrationReply.decode(message.content)
      if (this.#id !== undefined) {
        if (reply.status === 'ok') logger.info(`registered again with id ${reply.id}`)
        else logger.debug(`still registered: ${reply.evalue}`)
      } else if (reply.status === 'ok') {
        this.#answer.resolve(reply)
      } else {
        const text = `the controller refused this engine: ${reply.evalue}`
        this.#answer.reject(new RegistrationError(text, 'never'))
      }
    } catch (error) {
      logger.warn(`a message on the registration channel was refused: ${messageOf(error)}`)
    }
  }
}
