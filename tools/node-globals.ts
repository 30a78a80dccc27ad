/**
 * Globals of Node that our code calls by name. A cell may declare `let process` or `const URL`,
 * which hides the global: in `lib/` each of these names means Node's own, whenever it is loaded.
 * `performance` takes a millisecond to load: what is loaded after cells have run imports it.
 */
export { Buffer } from 'node:buffer'
export { default as console } from 'node:console'
export { default as process } from 'node:process'
export {
  clearImmediate,
  clearInterval,
  clearTimeout,
  setImmediate,
  setInterval,
  setTimeout,
} from 'node:timers'
export { URL, URLSearchParams } from 'node:url'
export { TextDecoder, TextEncoder } from 'node:util'
