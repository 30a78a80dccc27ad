import type { Magic, MagicHost } from '../magic.ts'

/** What `%name?` prints. */
function describe(magic: Magic): string {
  return `${magic.usage}\n\n${magic.help}\n`
}

async function show(line: string, detailLevel: 0 | 1, host: MagicHost): Promise<void> {
  const [, mark, name] = /^(%{0,2})(.*)$/s.exec(line)!
  const magic = host.magics.find((known) => known.name === name)
  if (magic !== undefined && mark !== '') {
    host.print(describe(magic))
    return
  }
  const found = mark === '' ? await host.inspect(name!, detailLevel) : undefined
  host.print(found === undefined ? `Object \`${line}\` not found.\n` : `${found}\n`)
}

export const pinfo: Magic = {
  name: 'pinfo',
  forms: 'line',
  usage: 'NAME?\n?NAME',
  help: 'Shows what is known of a name or a magic.',
  run: ({ line }, host) => show(line, 0, host),
}

export const pinfo2: Magic = {
  name: 'pinfo2',
  forms: 'line',
  usage: 'NAME??\n??NAME',
  help: 'Shows what is known of a name, its source included.',
  run: ({ line }, host) => show(line, 1, host),
}
