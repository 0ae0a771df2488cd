/**
 * The pieces one after another in a buffer of its own, which can be handed to another thread; null and undefined are none.
 * @param spare a buffer that nobody needs any more, used again when they fit into it
 */
export function joined(
  pieces: readonly (Uint8Array | null | undefined)[],
  spare: ArrayBuffer | null = null,
): Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + (piece?.byteLength ?? 0), 0)
  const whole = spare !== null && spare.byteLength >= length ? new Uint8Array(spare, 0, length) : new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    if (!piece) continue
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
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
