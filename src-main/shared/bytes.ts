/** As many bytes as the pieces have together, in `spare` when they fit into it. */
export function roomFor(
  pieces: readonly (Uint8Array | null | undefined)[],
  spare: ArrayBuffer | null,
): Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + (piece?.byteLength ?? 0), 0)
  return spare !== null && spare.byteLength >= length ? new Uint8Array(spare, 0, length) : new Uint8Array(length)
}

/**
 * The pieces one after another in a buffer of its own, which can be handed to another thread; null and undefined are none.
 * @param spare a buffer that nobody needs any more, used again when they fit into it
 */
export function joined(
  pieces: readonly (Uint8Array | null | undefined)[],
  spare: ArrayBuffer | null = null,
): Uint8Array<ArrayBuffer> {
  const whole = roomFor(pieces, spare)
  let at = 0
  for (const piece of pieces) {
    if (!piece) continue
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}

/**
 * What goes well in one message between processes. From 64 KiB on Chromium makes, maps and clears shared memory for each
 * (mojo's BigBuffer), which takes ten times as long as the bytes; on its way one is laid out with up to twice the room.
 */
const portBytes = 30_000

/** The pieces one after another in buffers of their own that go well between processes, none of the pieces in two. */
export function gathered(pieces: readonly (Uint8Array | null | undefined)[]): Uint8Array<ArrayBuffer>[] {
  const buffers: Uint8Array<ArrayBuffer>[] = []
  let some: Uint8Array[] = []
  let length = 0
  for (const piece of pieces) {
    if (!piece) continue
    if (length > 0 && length + piece.byteLength > portBytes) {
      buffers.push(joined(some))
      some = []
      length = 0
    }
    some.push(piece)
    length += piece.byteLength
  }
  if (length > 0) buffers.push(joined(some))
  return buffers
}

/** The other end of `gathered`: each call answers with the next piece, told its size. */
export function taken(buffers: readonly Uint8Array[]): (size: number) => Uint8Array {
  let place = 0
  let at = 0
  return (size) => {
    if (size > 0 && at >= (buffers[place]?.byteLength ?? 0)) {
      place++
      at = 0
    }
    return buffers[place]?.subarray(at, (at += size)) ?? new Uint8Array()
  }
}

/** What is to be handed over with these bytes, so that another thread gets them without a copy. */
export const behind = (...pieces: readonly (Uint8Array | undefined)[]): ArrayBuffer[] =>
  pieces.flatMap((piece) => (piece?.buffer instanceof ArrayBuffer ? [piece.buffer] : []))

/**
 * Gives the memory behind bytes back at once, with all that lies in the same buffer, so that buffer must be the caller's alone: V8 looks
 * for what lies outside its heap only when there is much of it. Bytes in the pool that Node's small buffers share stay.
 */
export function letGo({ buffer, byteLength }: Uint8Array): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.detached) return
  if (byteLength === buffer.byteLength || buffer.byteLength > Buffer.poolSize) buffer.transfer(0)
}
