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
