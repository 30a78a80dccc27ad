import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { rounded } from './units.ts'

/** What the charts look like in common. */
export const colours = {
  line: '#1f5fa8',
  accent: '#d1495b',
  theory: '#555555',
  fill: '#8fb4da',
} as const

/** Pixels. */
export const chartWidth = 960

/** A chart as the text of an SVG element of its own, with its heading above it. */
export interface Chart {
  readonly svg: string
  readonly height: number
  readonly width: number
}

const headingHeight = 34

/** Draws a chart with Observable Plot, without a browser. */
export function drawChart(heading: string, options: Plot.PlotOptions): Chart {
  const { document } = parseHTML('<html><body></body></html>')
  const width = options.width ?? chartWidth
  const height = (options.height ?? 260) + headingHeight
  const plot = Plot.plot({
    document,
    marginLeft: 64,
    marginBottom: 42,
    marginTop: 22,
    marginRight: 24,
    height: 260,
    ...options,
    width,
    x: { labelAnchor: 'center', labelArrow: 'none', ...options.x },
    y: { labelArrow: 'none', grid: true, ...options.y },
    style: { fontSize: '12px', fontFamily: 'system-ui, "DejaVu Sans", Arial, sans-serif' },
  })
  const title = `<text x="12" y="22" font-size="15" font-weight="600">${escapeXml(heading)}</text>`
  // Plot's style is for a chart on a page of its own; it would resize one within a picture.
  const inner = plot.outerHTML
    .replace(/<style>.*?<\/style>/s, '')
    .replace('<svg ', `<svg y="${headingHeight}" `)
  const scale = plot.scale('color')
  const key = scale?.domain === undefined ? '' : drawKey(scale, options.color?.label ?? '', width)
  return { svg: title + inner + key, width, height }
}

/** What the colours mean. Plot's own legend for a continuous scale needs a browser's canvas. */
function drawKey(scale: Plot.Scale, label: string, chart: number): string {
  const [cells, cell, top] = [60, 2, headingHeight + 14]
  const start = chart - 24 - cells * cell
  const [low, high] = scale.domain as [number, number]
  let svg = ''
  for (let i = 0; i < cells; i++) {
    const colour = scale.apply(low + ((high - low) * (i + 0.5)) / cells)
    svg += `<rect x="${start + i * cell}" y="${top}" width="${cell}" height="10" fill="${colour}"/>`
  }
  const text = (x: number, y: number, anchor: string, value: string) =>
    `<text x="${x}" y="${y}" font-size="12" text-anchor="${anchor}">${escapeXml(value)}</text>`
  const show = (value: number) => `${rounded(value, 3)}`
  return (
    svg +
    text(start - 8, top + 9, 'end', label) +
    text(start, top + 24, 'middle', show(low)) +
    text(start + cells * cell, top + 24, 'middle', show(high))
  )
}

/** Charts in rows, as one picture that stands alone: white ground, no fonts or scripts to fetch. */
export function composePicture(title: string, rows: readonly (readonly Chart[])[]): string {
  let y = 0
  let content = ''
  let width = 0
  for (const charts of rows) {
    let x = 0
    for (const chart of charts) {
      content += `<g transform="translate(${x},${y})">${chart.svg}</g>`
      x += chart.width
    }
    width = Math.max(width, x)
    y += Math.max(...charts.map((chart) => chart.height))
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` +
    `width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img" ` +
    `font-family="system-ui, 'DejaVu Sans', Arial, sans-serif" fill="#222" color="#222">` +
    `<title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="white"/>` +
    `${content}</svg>\n`
  )
}

/** Text as it may stand in XML. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
