import type { StyledSpan } from '../line-editor/mod.ts'

/** What code of a language looks like: spans that together are the code. */
export type Highlighter = (code: string) => readonly StyledSpan[]

/** One span without a look. */
export const plainCode: Highlighter = (code) => [{ text: code, sgr: '' }]

/** SGR parameters for the classes of highlight.js; those that are not here look like the rest. */
const looks: Readonly<Record<string, string>> = {
  keyword: '35',
  built_in: '36',
  type: '33',
  literal: '33',
  number: '36',
  string: '32',
  subst: '0',
  regexp: '31',
  comment: '90',
  doctag: '90;1',
  'title.function': '34',
  'title.class': '33',
  'variable.language': '35',
  attr: '34',
  meta: '90',
  decorator: '90',
  section: '1',
  strong: '1',
  emphasis: '3',
  code: '36',
  bullet: '33',
  link: '4',
  quote: '90',
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#x27': "'",
}

function lookOf(classes: string): string | undefined {
  const [first, ...sub] = classes.split(' ')
  const name = first!.replace(/^hljs-/, '')
  return looks[[name, ...sub.map((each) => each.replace(/_$/, ''))].join('.')] ?? looks[name]
}

/** Reads the HTML that highlight.js makes: nested spans, and five entities. */
export function spansOfHtml(html: string): StyledSpan[] {
  const spans: StyledSpan[] = []
  const open = ['']
  for (const [part, classes, entity] of html.matchAll(
    /<span class="([^"]*)">|<\/span>|&(amp|lt|gt|quot|#x27);|[^<&]+|[<&]/g,
  )) {
    if (classes !== undefined) open.push(lookOf(classes) ?? open.at(-1)!)
    else if (part === '</span>') open.pop()
    else {
      const text = entity === undefined ? part : entities[entity]!
      const last = spans.at(-1)
      const sgr = open.at(-1) ?? ''
      if (last?.sgr === sgr) spans[spans.length - 1] = { text: last.text + text, sgr }
      else spans.push({ text, sgr })
    }
  }
  return spans
}

/**
 * Loads the colours of a language; plain ones when highlight.js does not know it.
 * @param language A name as kernels give it: `typescript`, `python`, `R`.
 */
export async function loadHighlighter(language: string): Promise<Highlighter> {
  const name = language.toLowerCase()
  if (!/^[a-z0-9-]+$/.test(name)) return plainCode
  try {
    const [{ default: core }, { default: grammar }] = await Promise.all([
      import('highlight.js/lib/core'),
      import(`highlight.js/lib/languages/${name}`),
    ])
    core.registerLanguage(name, grammar)
    return (code) =>
      spansOfHtml(core.highlight(code, { language: name, ignoreIllegals: true }).value)
  } catch {
    return plainCode
  }
}

/** Spans as text for a terminal. */
export function ansi(spans: readonly StyledSpan[]): string {
  return spans.map(({ text, sgr }) => (sgr === '' ? text : `\x1b[${sgr}m${text}\x1b[0m`)).join('')
}
