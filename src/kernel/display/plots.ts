/** Pictures that are drawn here, without a browser, by packages that users install for it. */
import { standaloneSvg } from '../display.ts'
import { mediaTypes } from './media-types.ts'
import { importPeers, PeerMissingError } from './peer-package.ts'

export type PlotForm = 'svg' | 'png'

type Picture = Readonly<Record<string, string | Uint8Array>>

interface Vega {
  parse(spec: unknown): unknown
  View: new (runtime: unknown, options: { renderer: 'none' }) => VegaView
}

interface VegaView {
  toSVG(): Promise<string>
  finalize(): void
}

interface VegaLite {
  compile(spec: object): { readonly spec: unknown }
}

interface Plot {
  plot(options: object): { readonly outerHTML: string; readonly nodeName: string }
}

interface Linkedom {
  parseHTML(html: string): { readonly document: unknown }
}

interface Resvg {
  Resvg: new (svg: string, options: { background: string }) => { render(): { asPng(): Uint8Array } }
}

async function load<T>(what: string, names: readonly string[]): Promise<T> {
  const found = await importPeers(what, names)
  // What is CommonJS has its exports under `default`, too; Node does not find all of them by name.
  return found.map((exports) => ({ ...(exports['default'] as object), ...exports })) as T
}

async function picture(svg: string, form: PlotForm): Promise<Picture> {
  const whole = standaloneSvg(svg)
  if (form === 'svg') return { [mediaTypes.svg]: whole }
  const [{ Resvg }] = await load<[Resvg]>('A plot as PNG', ['@resvg/resvg-js'])
  return { [mediaTypes.png]: new Resvg(whole, { background: 'white' }).render().asPng() }
}

/** Draws a Vega-Lite specification. @throws {PeerMissingError} */
export async function drawVegaLite(spec: object, form: PlotForm): Promise<Picture> {
  const names = ['vega', 'vega-lite']
  const [vega, { compile }] = await load<[Vega, VegaLite]>('Drawing Vega-Lite', names)
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await picture(await view.toSVG(), form)
  } finally {
    view.finalize()
  }
}

/** As `drawVegaLite`; undefined where the packages are not installed. */
export async function drawVegaLiteIfPossible(
  spec: object,
  form: PlotForm,
): Promise<Picture | undefined> {
  try {
    return await drawVegaLite(spec, form)
  } catch (error) {
    if (error instanceof PeerMissingError) return undefined
    throw error
  }
}

/** Draws what `Plot.plot` takes. @throws {PeerMissingError} */
export async function drawPlot(options: object, form: PlotForm): Promise<Picture> {
  const names = ['@observablehq/plot', 'linkedom']
  const [{ plot }, { parseHTML }] = await load<[Plot, Linkedom]>('Observable Plot', names)
  const { document } = parseHTML('<html><body></body></html>')
  const element = plot({ ...options, document })
  // A plot with a title, a caption or a legend is a figure of HTML with the picture in it.
  if (element.nodeName.toLowerCase() === 'svg') return picture(element.outerHTML, form)
  if (form === 'svg') return { [mediaTypes.html]: element.outerHTML }
  const [svg] =
    /<svg[^>]*\sclass="plot[\s\S]*?<\/svg>|<svg[\s\S]*?<\/svg>/.exec(element.outerHTML) ?? []
  return picture(svg ?? element.outerHTML, form)
}
