/**
 * Keys that an input method takes while it composes a word (Japanese, Chinese, an accent that waits for its letter) belong to it:
 * Enter takes the word, Escape drops it. No field, layer or shortcut of this window hears them.
 */
export function leaveInputMethodAlone(): void {
  addEventListener('keydown', (event) => event.isComposing && event.stopPropagation(), true)
}
