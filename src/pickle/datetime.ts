import { bytesIn } from './node-bytes.ts'
import { ObjectNode, type PythonNode } from './python-node.ts'

const minuteMs = 60_000

/**
 * A moment. One without a time zone counts as UTC, since nobody here knows the engine's; of one
 * in a zone that is more than an offset nothing is known, and it stays opaque. Microseconds are
 * lost. Source: `datetime.__reduce_ex__`: ten bytes, then the zone.
 */
export function readDatetime(node: ObjectNode): Date | undefined {
  const [packed, zone] = node.args
  const bytes = bytesIn(packed)
  if (bytes?.length !== 10) return undefined
  const offsetMs = zone === undefined ? 0 : offsetOf(zone)
  if (offsetMs === undefined) return undefined
  const [yearHigh, yearLow, month, day, hour, minute, second, high, middle, low] = bytes
  const microseconds = (high! << 16) | (middle! << 8) | low!
  const date = new Date(0)
  // The highest bit of the month is `fold`.
  date.setUTCFullYear(yearHigh! * 256 + yearLow!, (month! & 0x7f) - 1, day!)
  date.setUTCHours(hour!, minute!, second!, Math.floor(microseconds / 1000))
  return new Date(date.getTime() - offsetMs)
}

/** Of `timezone.utc` and `timezone(timedelta(…))`. */
function offsetOf(zone: PythonNode): number | undefined {
  if (!(zone instanceof ObjectNode) || zone.callee?.path !== 'datetime.timezone') return undefined
  const [delta] = zone.args
  if (!(delta instanceof ObjectNode) || delta.callee?.path !== 'datetime.timedelta')
    return undefined
  const [days, seconds = 0] = delta.args
  if (typeof days !== 'number' || typeof seconds !== 'number') return undefined
  return days * 24 * 60 * minuteMs + seconds * 1000
}

/** Inverse, of a moment in UTC. Undefined for years that Python has not. */
export function datetimeBytes(date: Date): Uint8Array | undefined {
  const year = date.getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) return undefined
  const microseconds = date.getUTCMilliseconds() * 1000
  return Uint8Array.of(
    year >> 8,
    year & 0xff,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    microseconds >> 16,
    (microseconds >> 8) & 0xff,
    microseconds & 0xff,
  )
}
