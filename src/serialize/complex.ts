/** A complex number of Python or NumPy. */
export class Complex {
  readonly re: number
  readonly im: number

  constructor(re: number, im: number) {
    this.re = re
    this.im = im
  }

  /** Holds for those of every copy of the class: it travels with functions that use it. */
  static [Symbol.hasInstance](value: unknown): boolean {
    return Object.prototype.toString.call(value) === '[object Complex]'
  }

  get [Symbol.toStringTag](): string {
    return 'Complex'
  }

  /** `1.5-2i` */
  toString(): string {
    return `${this.re}${this.im < 0 || Object.is(this.im, -0) ? '-' : '+'}${Math.abs(this.im)}i`
  }
}
