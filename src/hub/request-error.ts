import { IparallelError } from '../base/mod.ts'

/** A hub request that cannot be granted; `ename` and `evalue` are what the client sees. */
export class RequestError extends IparallelError {
  override readonly code = 'IPAR_HUB_REQUEST'
  override readonly retry = 'never'
  readonly ename: string
  readonly evalue: string

  constructor(ename: string, evalue: string) {
    super(`${ename}: ${evalue}`)
    this.ename = ename
    this.evalue = evalue
  }

  /** Python writes a KeyError's text in quotes. */
  static key(text: string): RequestError {
    return new RequestError('KeyError', quoted(text))
  }
}

/** A string as Python's `repr` shows it. */
export function quoted(text: string): string {
  const plain = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
  return plain.includes("'") && !plain.includes('"')
    ? `"${plain}"`
    : `'${plain.replace(/'/g, "\\'")}'`
}

/** A list as Python's `repr` shows it. */
export function quotedList(items: readonly (string | number)[]): string {
  return `[${items.map((item) => (typeof item === 'string' ? quoted(item) : item)).join(', ')}]`
}
