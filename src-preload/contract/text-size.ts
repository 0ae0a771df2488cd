/** Sizes of everything in the window, in percent of the usual one. No schema here: app asks before the window is drawn. */
export const textSizes = [80, 90, 100, 110, 125, 150, 175, 200] as const
export type TextSize = (typeof textSizes)[number]
export const usualTextSize: TextSize = 100

/** The next larger (1) or smaller (-1) size; the same one at the end. */
export function nextTextSize(now: TextSize, step: 1 | -1): TextSize {
  return textSizes[textSizes.indexOf(now) + step] ?? now
}
