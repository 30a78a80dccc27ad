/**
 * A step into a value: a property's name, an element's index, or text that is shown as it is,
 * such as ` captures db`.
 */
export type Segment = string | number | { readonly text: string }

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

/** The way from `root` to what lies under the segments, as one would write it. */
export function formatPath(root: string, segments: readonly Segment[]): string {
  let path = root
  for (const segment of segments) {
    if (typeof segment === 'number') path += `[${segment}]`
    else if (typeof segment === 'object') path += segment.text
    else if (identifier.test(segment)) path += `.${segment}`
    else path += `[${JSON.stringify(segment)}]`
  }
  return path
}

/** How a key of a `Map` is shown in a path. */
export function mapSegment(key: unknown): Segment {
  const shown = typeof key === 'string' ? JSON.stringify(key) : typeof key
  const text = typeof key === 'number' ? String(key) : shown
  return { text: `.get(${text})` }
}
