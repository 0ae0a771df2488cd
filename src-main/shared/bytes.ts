/** The pieces one after another in a buffer of its own, which can be handed to another thread; null and undefined are none. */
export function joined(pieces: readonly (Uint8Array | null | undefined)[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + (piece?.byteLength ?? 0), 0))
  let at = 0
  for (const piece of pieces) {
    if (!piece) continue
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
