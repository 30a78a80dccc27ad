import { IparallelError } from '../base/mod.ts'

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject
export interface JsonObject {
  [key: string]: JsonValue | undefined
}

/** A peer sent content that does not have the fields its type needs. */
export class ContentError extends IparallelError {
  override readonly code = 'IPAR_BAD_CONTENT'
  override readonly retry = 'never'
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(name: string, expected: string, value: unknown): never {
  const found = value === undefined ? 'is missing' : `is ${JSON.stringify(value)?.slice(0, 80)}`
  throw new ContentError(`'${name}' ${found}, expected ${expected}`)
}

type Reader<T> = (value: unknown, name: string) => T

/** Readers of one field each; `name` is used in the error. @throws {ContentError} */
export const field: {
  string: Reader<string>
  integer: Reader<number>
  number: Reader<number>
  boolean: Reader<boolean>
  object: Reader<JsonObject>
  strings: Reader<string[]>
  integers: Reader<number[]>
} = {
  string: (value, name) => (typeof value === 'string' ? value : wrong(name, 'a string', value)),
  integer: (value, name) =>
    Number.isSafeInteger(value) ? (value as number) : wrong(name, 'an integer', value),
  number: (value, name) => (typeof value === 'number' ? value : wrong(name, 'a number', value)),
  boolean: (value, name) =>
    typeof value === 'boolean' ? value : wrong(name, 'true or false', value),
  object: (value, name) => (isObject(value) ? value : wrong(name, 'an object', value)),
  strings: (value, name) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? value
      : wrong(name, 'a list of strings', value),
  integers: (value, name) =>
    Array.isArray(value) && value.every((item) => Number.isSafeInteger(item))
      ? (value as number[])
      : wrong(name, 'a list of integers', value),
}
