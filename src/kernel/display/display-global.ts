import { asBundle, displayBundle, standaloneSvg } from '../display.ts'
import type { DisplayHandle, DisplayOptions } from './display-handle.ts'
import { mediaTypes, vegaLiteType } from './media-types.ts'
import type { PlotForm } from './plots.ts'
import { type DisplayHost, type Form, Shower } from './shower.ts'

export interface ValueOptions extends DisplayOptions {
  /** The value is data by media type already, bytes as `Uint8Array` or base64. */
  readonly raw?: boolean
}

export interface PictureOptions extends DisplayOptions {
  /** In the pixels of a page. */
  readonly width?: number
  readonly height?: number
}

export interface PlotOptions<F extends PlotForm | 'interactive'> extends DisplayOptions {
  readonly as?: F
}

/** Shows a text, or a template literal that the function stands before. */
export interface ShowText {
  (text: string, options?: DisplayOptions): DisplayHandle<string>
  (strings: TemplateStringsArray, ...values: unknown[]): DisplayHandle<string>
}

/** Shows a picture: bytes, or base64. */
export type ShowPicture = (
  picture: Uint8Array | string,
  options?: PictureOptions,
) => DisplayHandle<Uint8Array | string, PictureOptions>

/** The global `display`: shows values in the front end that runs the cell, in any form. */
export interface Display {
  /** Shows a value as at the end of a cell. */
  (value: unknown, options?: ValueOptions): DisplayHandle<unknown, ValueOptions>
  readonly text: ShowText
  readonly html: ShowText
  readonly markdown: ShowText
  readonly latex: ShowText
  readonly javascript: ShowText
  readonly json: (value: unknown, options?: DisplayOptions) => DisplayHandle
  readonly svg: (picture: string, options?: PictureOptions) => DisplayHandle<string, PictureOptions>
  readonly png: ShowPicture
  readonly jpeg: ShowPicture
  readonly gif: ShowPicture
  /**
   * A Vega-Lite specification, drawn by the front end (with an SVG beside it for others, where
   * `vega` and `vega-lite` are installed) or, `as` a picture, here.
   * @throws {PeerMissingError} into the cell when a package is needed that is not installed.
   */
  readonly vegaLite: (
    spec: object,
    options?: PlotOptions<PlotForm | 'interactive'>,
  ) => DisplayHandle<object, PlotOptions<PlotForm | 'interactive'>>
  /**
   * What `Plot.plot` of `@observablehq/plot` takes, drawn here; `as` is `svg` by default.
   * @throws {PeerMissingError} into the cell when a package is needed that is not installed.
   */
  readonly plot: (
    options: object,
    drawing?: PlotOptions<PlotForm>,
  ) => DisplayHandle<object, PlotOptions<PlotForm>>
  /** Removes what the cell has shown; with `wait`, when it shows something new. */
  readonly clear: (options?: { readonly wait?: boolean }) => void
}

const valueForm: Form<unknown, ValueOptions> = (value, { raw = false }) => {
  const data = raw ? asBundle(value) : displayBundle(value)
  return data instanceof Promise ? data.then((ready) => ({ data: ready })) : { data }
}

/** `isRaw`: a backslash in a template stands for itself. */
function textFunction(shower: Shower, type: string, isRaw = false): ShowText {
  const form: Form<string> = (text) => ({ data: { [type]: String(text) } })
  return (text: string | TemplateStringsArray, ...values: unknown[]) =>
    typeof text === 'object'
      ? shower.show(form, String.raw({ raw: isRaw ? text.raw : text }, ...values), {})
      : shower.show(form, text, (values[0] ?? {}) as DisplayOptions)
}

function pictureForm(type: string): Form<Uint8Array | string, PictureOptions> {
  return (picture, { width, height }) => {
    const data = asBundle({
      [type]: type === mediaTypes.svg ? standaloneSvg(picture as string) : picture,
    })
    if (width === undefined && height === undefined) return { data }
    return { data, metadata: asBundle({ [type]: { width, height } }) }
  }
}

const vegaLiteForm: Form<object, PlotOptions<PlotForm | 'interactive'>> = async (given, { as }) => {
  const toSpec: unknown = (given as { toSpec?: unknown }).toSpec
  const spec = typeof toSpec === 'function' ? (toSpec.call(given) as object) : given
  const interactive = { [vegaLiteType(spec)]: spec, [mediaTypes.text]: 'Vega-Lite chart' }
  if (as === 'interactive') return { data: asBundle(interactive) }
  const { drawVegaLite, drawVegaLiteIfPossible } = await import('./plots.ts')
  if (as !== undefined) return { data: asBundle(await drawVegaLite(spec, as)) }
  const still = await drawVegaLiteIfPossible(spec, 'svg')
  return { data: asBundle({ ...still, ...interactive }) }
}

const plotForm: Form<object, PlotOptions<PlotForm>> = async (options, { as = 'svg' }) => {
  const { drawPlot } = await import('./plots.ts')
  return { data: asBundle(await drawPlot(options, as)) }
}

/** Makes the global `display`. */
export function makeDisplay(host: DisplayHost): Display {
  const shower = new Shower(host)
  const shown = <T, O extends DisplayOptions>(form: Form<T, O>) => {
    return (value: T, options = {} as O): DisplayHandle<T, O> => shower.show(form, value, options)
  }
  const ways = {
    text: textFunction(shower, mediaTypes.text),
    html: textFunction(shower, mediaTypes.html),
    markdown: textFunction(shower, mediaTypes.markdown),
    latex: textFunction(shower, mediaTypes.latex, true),
    javascript: textFunction(shower, mediaTypes.javascript),
    json: shown((value: unknown) => ({ data: asBundle({ [mediaTypes.json]: value }) })),
    svg: shown(pictureForm(mediaTypes.svg) as Form<string, PictureOptions>),
    png: shown(pictureForm(mediaTypes.png)),
    jpeg: shown(pictureForm(mediaTypes.jpeg)),
    gif: shown(pictureForm(mediaTypes.gif)),
    vegaLite: shown(vegaLiteForm),
    plot: shown(plotForm),
    clear: ({ wait = false }: { readonly wait?: boolean } = {}) => shower.clear(Boolean(wait)),
  }
  // For who inspects them: what makes them has no name to give.
  for (const [name, way] of Object.entries(ways)) nameFunction(way, name)
  return Object.assign(nameFunction(shown(valueForm), 'display'), ways)
}

function nameFunction<F extends object>(fn: F, name: string): F {
  return Object.defineProperty(fn, 'name', { value: name, configurable: true })
}
