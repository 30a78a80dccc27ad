/** Frames on their way to another thread; inverse functions: `packFrames`, `unpackFrames`. */
export interface FrameParcel {
  /** For each frame its length if it is in `packed`, -1 if it is the next of `taken`. */
  readonly lengths: readonly number[]
  /** Small frames one after the other, each at a multiple of 8. */
  readonly packed: Uint8Array | undefined
  readonly taken: readonly Uint8Array[]
}

/** Bytes from which moving memory is cheaper than having it copied twice by the message. */
const transferBytesMin = 8_192

function aligned(length: number): number {
  return (length + 7) & ~7
}

/** Whether nothing but the frame can be using its memory. */
function ownsItsMemory({ buffer, byteLength }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !isResizable(buffer)
}

function isResizable(buffer: ArrayBuffer): boolean {
  return (buffer as { resizable?: boolean }).resizable === true
}

/**
 * Makes frames ready to be posted, and lists the memory to be transferred with them.
 *
 * `mayTake` permits to take away the memory of a large frame that has memory of its own. Whoever
 * gave the frame cannot read it any more then, so do not permit it for what user code may hold.
 * Everything else is copied, once: posting a small view as it is would copy all that it is part of.
 */
export function packFrames(
  frames: readonly Uint8Array[],
  mayTake: boolean,
): { parcel: FrameParcel; transfer: ArrayBuffer[] } {
  const lengths: number[] = []
  const taken: Uint8Array[] = []
  const transfer = new Set<ArrayBuffer>()
  let packedLength = 0
  for (const frame of frames) {
    if (frame.byteLength >= transferBytesMin) {
      const isFree = mayTake && ownsItsMemory(frame) && !transfer.has(frame.buffer as ArrayBuffer)
      const own = isFree ? frame : new Uint8Array(frame)
      lengths.push(-1)
      taken.push(own)
      transfer.add(own.buffer as ArrayBuffer)
    } else {
      lengths.push(frame.byteLength)
      packedLength += aligned(frame.byteLength)
    }
  }
  if (packedLength === 0) {
    return { parcel: { lengths, packed: undefined, taken }, transfer: [...transfer] }
  }
  const packed = new Uint8Array(packedLength)
  let offset = 0
  for (const [i, frame] of frames.entries()) {
    if (lengths[i] === -1) continue
    packed.set(frame, offset)
    offset += aligned(frame.byteLength)
  }
  if (packedLength >= transferBytesMin) transfer.add(packed.buffer)
  return { parcel: { lengths, packed, taken }, transfer: [...transfer] }
}

/** The frames again; those that were packed are views of one memory. */
export function unpackFrames({ lengths, packed, taken }: FrameParcel): Uint8Array[] {
  let offset = 0
  let next = 0
  return lengths.map((length) => {
    if (length === -1) return taken[next++]!
    const frame = packed?.subarray(offset, offset + length) ?? new Uint8Array()
    offset += aligned(length)
    return frame
  })
}
