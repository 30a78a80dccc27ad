import { escapeXml } from './chart.ts'

/** A web page with the summary and all pictures in it: one file that shows anywhere. */
export function makeReportPage(summary: string, pictures: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Brownian motion</title>
<style>
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: white;
    font: 16px/1.5 system-ui, sans-serif }
  pre { overflow-x: auto; padding: 1rem; background: #f5f5f5; font-size: 0.85rem }
  svg { max-width: 100%; height: auto }
  figure { margin: 2rem 0 }
</style>
</head>
<body>
<h1>Brownian motion</h1>
<p>Photons from single molecules that diffuse through a laser focus.</p>
<pre>${escapeXml(summary)}</pre>
${pictures.map((picture) => `<figure>${picture}</figure>`).join('\n')}
</body>
</html>
`
}
