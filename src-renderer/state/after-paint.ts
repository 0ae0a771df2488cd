/** Runs `does` once the next frame is painted, so that it costs the picture nothing. Answers with the function that calls it off. */
export function afterPaint(does: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(does)
  })
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
}
