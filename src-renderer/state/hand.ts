const signs = ['keydown', 'pointerdown', 'wheel', 'input'] as const
let usedAt = -Infinity

/** When a person last used keyboard, button or wheel in the window, on `performance.now()`'s clock. */
export const lastHand = (): number => usedAt

/** Begins to notice it. Movements of the pointer do not count: nobody waits for what they bring. */
export function startHand(): void {
  for (const sign of signs) addEventListener(sign, () => { usedAt = performance.now() }, { capture: true, passive: true })
}
