/** A class of the platform that encloses a value, made from its text or bytes. */
interface UrlClass {
  new (href: string): { readonly href: string }
}

interface DomExceptionClass {
  new (message: string, name: string): { readonly name: string; readonly message: string }
}

interface BufferClass {
  isBuffer(value: unknown): boolean
  from(memory: ArrayBufferLike, byteOffset: number, length: number): Uint8Array
}

interface Float16ArrayClass {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayBufferView
  readonly name: string
  readonly prototype: object
  readonly BYTES_PER_ELEMENT: number
}

/**
 * Classes that not every platform has: values of theirs are rebuilt where they exist.
 * None of them reaches the outside world, so the wall stands.
 */
export const platform = globalThis as unknown as {
  readonly URL?: UrlClass
  readonly DOMException?: DomExceptionClass
  readonly Buffer?: BufferClass
  readonly Float16Array?: Float16ArrayClass
}
