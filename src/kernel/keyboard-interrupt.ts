/** What a request fails with that was interrupted; the name is IPython's. */
export class KeyboardInterrupt extends Error {
  override readonly name = 'KeyboardInterrupt'

  constructor() {
    super('The request was interrupted.')
    this.stack = `${this.name}: ${this.message}`
  }
}
