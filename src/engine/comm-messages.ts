import { commClose, commMessage, commOpen, type Message } from '../jupyter/mod.ts'
import type { CommEvent, CommLine, Output } from './evaluator.ts'

const specs = { open: commOpen, message: commMessage, close: commClose } as const
const types = new Map(
  (['open', 'message', 'close'] as const).map((type) => [specs[type].msgType, type]),
)

/** Whether it is one of the messages that have no reply. */
export function isCommMessage({ header }: Message): boolean {
  return types.has(header.msgType)
}

function read({ header, content, metadata, buffers }: Message): CommEvent {
  const type = types.get(header.msgType)!
  return { type, ...specs[type].decode(content), metadata, buffers }
}

/** Hands a comm message to user code; a comm that nobody there wants is closed at once. */
export async function receiveComm(
  comms: CommLine | undefined,
  message: Message,
  output: Output,
): Promise<void> {
  const event = read(message)
  if (comms !== undefined) await comms.receive(event, output)
  else if (event.type === 'open') {
    const { commId } = event
    output.comm?.({ type: 'close', commId, data: {}, metadata: {}, buffers: [] })
  }
}
