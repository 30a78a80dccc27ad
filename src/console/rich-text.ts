import { stripVTControlCharacters } from 'node:util'
import type { JsonObject, JsonValue } from '../jupyter/mod.ts'
import { ansi, loadHighlighter } from './colours.ts'
import { type ImageProtocol, imageSequence } from './terminal-images.ts'

/** What the place can show where rich output is written. */
export interface RichTextOptions {
  readonly colours: boolean
  readonly images: ImageProtocol | undefined
  readonly columns: number
  /** Puts a picture into a file. @returns its path. */
  readonly save: (name: string, data: Buffer | string) => string
}

export interface RichText {
  readonly text: string
  /** It takes an unknown number of rows: a picture. */
  readonly picture: boolean
}

/** What objects say of themselves that are made to be shown in another form. */
const tellsNothing = /^<[^>]*\bobject\b[^>]*>$|^<(Figure|PIL\.)[^>]*>$/

const pictures: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
  'application/pdf': 'pdf',
}

/** Some kernels send long text in pieces. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.every((part) => typeof part === 'string')
    ? value.join('')
    : undefined
}

/** The best that a terminal can show of rich output. */
export async function richText(data: JsonObject, options: RichTextOptions): Promise<RichText> {
  const plain = textOf(data['text/plain'])
  const usable = plain !== undefined && !tellsNothing.test(plain.trim()) ? plain : undefined
  const picture = pictureOf(data, usable, options)
  if (picture !== undefined) return picture
  const text =
    usable ?? (await otherText(data, options).catch(() => undefined)) ?? plain ?? typesOf(data)
  return { text: options.colours ? text : stripVTControlCharacters(text), picture: false }
}

function pictureOf(
  data: JsonObject,
  plain: string | undefined,
  { images, save }: RichTextOptions,
): RichText | undefined {
  const found = Object.keys(pictures).filter((type) => textOf(data[type]) !== undefined)
  for (const type of found) {
    if (images === undefined || type === 'image/svg+xml') continue
    const base64 = textOf(data[type])!.replace(/\s/g, '')
    const sequence = imageSequence(images, type, base64)
    if (sequence !== undefined) return { text: sequence, picture: true }
  }
  if (found.length === 0) return undefined
  const lines = found.map((type) => {
    const content = textOf(data[type])!
    const bytes = type === 'image/svg+xml' ? content : Buffer.from(content, 'base64')
    const name = type === 'image/svg+xml' ? 'SVG' : pictures[type]!.toUpperCase()
    return `${name}: ${save(pictures[type]!, bytes)}`
  })
  return { text: [...(plain === undefined ? [] : [plain]), ...lines].join('\n'), picture: false }
}

async function otherText(data: JsonObject, options: RichTextOptions): Promise<string | undefined> {
  const markdown = textOf(data['text/markdown'])
  if (markdown !== undefined) return coloured(markdown, 'markdown', options)
  const html = textOf(data['text/html'])
  if (html !== undefined) return htmlText(html, options.columns)
  const latex = textOf(data['text/latex'])
  if (latex !== undefined) return latex
  for (const [type, value] of Object.entries(data)) {
    if (/^application\/(.*\+)?json$/.test(type) && value !== undefined) {
      return coloured(JSON.stringify(value, null, 2), 'json', options)
    }
  }
  return undefined
}

async function coloured(code: string, language: string, options: RichTextOptions): Promise<string> {
  if (!options.colours) return code
  return ansi((await loadHighlighter(language))(code))
}

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']

async function htmlText(html: string, columns: number): Promise<string> {
  const { convert } = await import('html-to-text')
  return convert(html, {
    wordwrap: columns,
    selectors: [
      { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
      { selector: 'img', format: 'skip' },
      ...headings.map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  })
}

function typesOf(data: JsonObject): string {
  const types = Object.keys(data)
  return types.length === 0 ? '' : `<${types.join(', ')}>`
}
