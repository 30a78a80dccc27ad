/** The media types of Jupyter front ends, by the names that `display` has for them. */
export const mediaTypes = {
  text: 'text/plain',
  html: 'text/html',
  markdown: 'text/markdown',
  latex: 'text/latex',
  javascript: 'application/javascript',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
} as const

/** The type under which front ends draw a Vega-Lite specification themselves. */
export function vegaLiteType(spec: unknown): string {
  const schema = (spec as { readonly $schema?: unknown }).$schema
  const [, version] = /vega-lite\/v(\d+)/.exec(typeof schema === 'string' ? schema : '') ?? []
  return `application/vnd.vegalite.v${version ?? 5}+json`
}

/** Whether a value says of itself that it is a Vega-Lite specification. */
export function isVegaLite(value: object): boolean {
  const schema: unknown = (value as { $schema?: unknown }).$schema
  return typeof schema === 'string' && /\/vega-lite\/v\d/.test(schema)
}
