import { isObject, type JsonObject } from '../jupyter/mod.ts'

/** What a kernel wants shown in a pager, such as the answer to `name?` in IPython. */
export function pagedText(payload: JsonObject): string | undefined {
  if (payload['source'] !== 'page') return undefined
  const data = isObject(payload['data']) ? payload['data'] : {}
  const text = data['text/plain']
  return typeof text === 'string' ? text.trimEnd() : undefined
}
