import type { Command, Option } from '../option.ts'

const commands: readonly Command[] = ['controller', 'engine']
const tuning = 'messages are not copied here, so there is nothing to tune'

function ignored(name: string, fallback: number | boolean, reason: string): Option {
  return {
    key: `Session.${name}`,
    kind: typeof fallback === 'boolean' ? { type: 'flag' } : { type: 'integer', min: 0 },
    default: fallback,
    explain: 'Kept so that configurations of Python can be read',
    commands,
    support: 'ignored',
    reason,
  }
}

/** How messages are signed. */
export const sessionOptions: readonly Option[] = [
  {
    key: 'Session.key',
    kind: { type: 'text', placeholder: 'TEXT' },
    defaultText: 'a new random key',
    example: '',
    explain: 'Key that messages are signed with; empty: not signed',
    commands,
    env: 'IPP_SESSION_KEY',
    shortcuts: { '--no-secure': '', '--secure': null },
  },
  {
    key: 'Session.keyfile',
    kind: { type: 'text', placeholder: 'PATH' },
    default: '',
    explain: 'File whose content is the key',
    commands,
    flags: ['--keyfile'],
  },
  {
    key: 'Session.signature_scheme',
    kind: { type: 'text', placeholder: 'hmac-HASH' },
    default: 'hmac-sha256',
    explain: 'How messages are signed',
    commands,
  },
  {
    key: 'Session.username',
    kind: { type: 'text', placeholder: 'NAME' },
    defaultText: 'the login name',
    example: 'me',
    explain: 'Name in the headers of messages',
    commands,
    flags: ['--user'],
  },
  {
    key: 'Session.session',
    kind: { type: 'text', placeholder: 'ID' },
    defaultText: 'a new random id',
    example: '',
    explain: "Id of the session; an engine's is its uuid, and must be unique",
    commands,
    flags: ['--ident'],
  },
  {
    key: 'Session.packer',
    kind: { type: 'text', placeholder: 'json' },
    default: 'json',
    explain: 'How the parts of a message are encoded',
    commands,
    support: 'unsupported',
    reason: 'iparallel packs its messages as json only',
  },
  {
    key: 'Session.unpacker',
    kind: { type: 'text', placeholder: 'json' },
    default: 'json',
    explain: 'How the parts of a message are decoded',
    commands,
    support: 'unsupported',
    reason: 'iparallel packs its messages as json only',
  },
  ignored('digest_history_size', 65_536, 'the bound on remembered signatures is fixed'),
  ignored('buffer_threshold', 1024, tuning),
  ignored('item_threshold', 64, tuning),
  ignored('copy_threshold', 65_536, tuning),
  ignored('check_pid', true, 'no process is forked here'),
  ignored('debug', false, 'use --debug'),
]
