import type { HistoryEntry, HistoryRequest } from '../../engine/mod.ts'

/** A numbered cell that was run. */
export interface PastCell {
  readonly line: number
  readonly source: string
  /** What its value looks like now; undefined when it had none. */
  readonly output: string | undefined
}

/** The number by which front ends know the present session: there is no other. */
const thisSession = 1

/** Jupyter's patterns: `*` is anything, `?` one character. */
function matcher(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
}

function lastOnes(cells: readonly PastCell[], n: number | undefined): readonly PastCell[] {
  return n === undefined ? cells : cells.slice(Math.max(0, cells.length - Math.max(0, n)))
}

function searched(
  cells: readonly PastCell[],
  request: Extract<HistoryRequest, { accessType: 'search' }>,
): readonly PastCell[] {
  const wanted = matcher(request.pattern)
  const found = cells.filter(({ source }) => wanted.test(source))
  if (!request.unique) return lastOnes(found, request.n)
  const last = new Map(found.map((cell) => [cell.source, cell]))
  return lastOnes(
    found.filter((cell) => last.get(cell.source) === cell),
    request.n,
  )
}

/** The cells that a request is about, the oldest first. */
export function queryHistory(
  cells: readonly PastCell[],
  request: HistoryRequest,
): readonly HistoryEntry[] {
  const select = (): readonly PastCell[] => {
    switch (request.accessType) {
      case 'tail':
        return lastOnes(cells, request.n)
      case 'search':
        return searched(cells, request)
      case 'range': {
        const { session, start, stop = Number.POSITIVE_INFINITY } = request
        if (session !== 0 && session !== thisSession) return []
        return cells.filter(({ line }) => line >= start && line < stop)
      }
    }
  }
  return select().map((cell) => [
    thisSession,
    cell.line,
    request.output ? [cell.source, cell.output ?? null] : cell.source,
  ])
}
