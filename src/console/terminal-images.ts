/** How a terminal shows pictures in its text. */
export type ImageProtocol = 'kitty' | 'iterm2'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What the terminal says of itself in the environment. Asking it would be surer, and hang where
 * it does not answer. Within tmux and screen, pictures do not get through.
 */
export function imageProtocol(env: Environment): ImageProtocol | undefined {
  const { TERM = '', TERM_PROGRAM = '', LC_TERMINAL = '' } = env
  if (env['TMUX'] || env['STY'] || /^(screen|tmux)/.test(TERM)) return undefined
  if (env['KITTY_WINDOW_ID'] || TERM === 'xterm-kitty' || TERM === 'xterm-ghostty') return 'kitty'
  if (TERM_PROGRAM === 'ghostty') return 'kitty'
  if (TERM_PROGRAM === 'iTerm.app' || LC_TERMINAL === 'iTerm2') return 'iterm2'
  if (TERM_PROGRAM === 'WezTerm' || TERM_PROGRAM === 'mintty') return 'iterm2'
  return undefined
}

/** Characters of base64 in one piece. Source: kitty's "Terminal graphics protocol". */
const pieceChars = 4_096

/** A picture as the terminal wants it; undefined for a format that it does not show. */
export function imageSequence(
  protocol: ImageProtocol,
  mimeType: string,
  base64: string,
): string | undefined {
  if (protocol === 'kitty') return mimeType === 'image/png' ? kitty(base64) : undefined
  if (!/^image\/(png|jpeg|gif)$/.test(mimeType)) return undefined
  const size = Buffer.byteLength(base64, 'base64')
  return `\x1b]1337;File=inline=1;size=${size}:${base64}\x07\n`
}

function kitty(base64: string): string {
  let text = ''
  for (let at = 0; at < base64.length; at += pieceChars) {
    const more = at + pieceChars < base64.length ? 1 : 0
    const control = at === 0 ? `a=T,f=100,m=${more}` : `m=${more}`
    text += `\x1b_G${control};${base64.slice(at, at + pieceChars)}\x1b\\`
  }
  return `${text}\n`
}
