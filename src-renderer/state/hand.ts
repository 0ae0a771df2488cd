const signs = ['keydown', 'pointerdown', 'wheel', 'input'] as const
let usedAt = -Infinity

/** When a person last used keyboard, button or wheel in the window, on `performance.now()`'s clock. */
export const lastHand = (): number => usedAt

/** Runs `does` at the first sign that somebody is there: nobody opens anything without moving the pointer or pressing a key. */
export function onFirstHand(does: () => void): void {
  const once = (): void => {
    for (const sign of ['pointermove', 'keydown'] as const) removeEventListener(sign, once, true)
    does()
  }
  for (const sign of ['pointermove', 'keydown'] as const) addEventListener(sign, once, true)
}

/** Begins to notice it. Movements of the pointer do not count: nobody waits for what they bring. */
export function startHand(): void {
  for (const sign of signs)
    addEventListener(
      sign,
      () => {
        usedAt = performance.now()
      },
      { capture: true, passive: true },
    )
}
