/** Where each conversation was scrolled to, for coming back. */
const places = new Map<number, number>()
const letsGo = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const

/**
 * Keeps a thread where it belongs while frames and images find their height, until the person scrolls: where it was left,
 * else at the message `target`, else at the end. Answers with the function that stops it.
 */
export function keepPlace(pane: HTMLElement, conversationId: number, target: number | null): () => void {
  let pinned = true
  let ours = -1
  const remembered = places.get(conversationId)
  const place = () => {
    if (!pinned) return
    const message = target === null ? null : pane.querySelector<HTMLElement>(`[data-message="${target}"]`)
    if (remembered !== undefined) pane.scrollTop = remembered
    else if (message) pane.scrollTop = Math.max(0, message.offsetTop - 16)
    else pane.scrollTop = pane.scrollHeight
    ours = pane.scrollTop
  }
  const letGo = () => {
    pinned = false
  }
  const scrolled = () => {
    if (Math.abs(pane.scrollTop - ours) > 2) places.set(conversationId, pane.scrollTop)
  }
  // told for the first time within the frame, after its layout and before its picture
  const observer = new ResizeObserver(place)
  observer.observe(pane)
  if (pane.firstElementChild) observer.observe(pane.firstElementChild)
  for (const name of letsGo) pane.addEventListener(name, letGo, { passive: true })
  pane.addEventListener('scroll', scrolled, { passive: true })
  return () => {
    observer.disconnect()
    for (const name of letsGo) pane.removeEventListener(name, letGo)
    pane.removeEventListener('scroll', scrolled)
  }
}
