/** Cells that are looked at, the last ones: each is a block within the one before. */
const cellsMax = 60

const importLine = /^[ \t]*import\b(?!\s*\()[^\n]*$/gm

/** Spaces in the place of magics, which are no TypeScript. */
function withoutMagics(cell: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
  if (/^\s*%%/.test(cell)) return blank(cell)
  return cell.replace(/^[ \t]*[%!?][^\n]*$/gm, blank)
}

/**
 * One module of all cells, for a language service. A name that is declared again hides the earlier
 * one, as blocks do; imports are at the top. `offset` is where `code` begins.
 */
export function joinCells(
  cells: readonly string[],
  code: string,
): { readonly text: string; readonly offset: number } {
  const imports: string[] = []
  const bodies = cells.slice(-cellsMax).map((cell) =>
    withoutMagics(cell)
      .replace(importLine, (line) => {
        imports.push(line)
        return ''
      })
      // What a cell exports is as good as declared.
      .replace(/^([ \t]*)export (?:default )?/gm, '$1'),
  )
  const head = `export {};\n${imports.join('\n')}\n${bodies.map((body) => `{\n${body}\n`).join('')}{\n`
  // Imports of the cell itself cannot be in a block; those are left out where they hurt.
  const own = withoutMagics(code)
  if (importLine.test(own)) {
    importLine.lastIndex = 0
    const top = `export {};\n${imports.join('\n')}\n`
    return { text: top + own, offset: top.length }
  }
  importLine.lastIndex = 0
  return { text: `${head}${own}${'\n}'.repeat(bodies.length + 1)}\n`, offset: head.length }
}
