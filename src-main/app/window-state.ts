import type { Theme } from '../../src-preload/contract/settings'
import { textSizes, usualTextSize, type TextSize } from '../../src-preload/contract/text-size'

/** What must be known before the store opens, so that the window appears at once and in its place: no content. */
export interface WindowState {
  theme: Theme
  textSize: TextSize
  maximized: boolean
  /** There were mailboxes at the last start: the window can be drawn before the store says so. */
  filled: boolean
  bounds: { x: number; y: number; width: number; height: number } | null
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)
const themes: readonly Theme[] = ['system', 'light', 'dark']

/** The state that was kept. What does not fit is the default; by hand, since the schema library would come before the window. */
export function windowStateOf(kept: unknown): WindowState {
  const field = (of: unknown, name: string): unknown =>
    typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined
  const [x, y, width, height] = ['x', 'y', 'width', 'height']
    .map((name) => field(field(kept, 'bounds'), name))
    .filter(isWhole)
  return {
    theme: themes.find((theme) => theme === field(kept, 'theme')) ?? 'system',
    textSize: textSizes.find((size) => size === field(kept, 'textSize')) ?? usualTextSize,
    maximized: field(kept, 'maximized') === true,
    filled: field(kept, 'filled') === true,
    bounds:
      x !== undefined && y !== undefined && width !== undefined && height !== undefined
        ? { x, y, width, height }
        : null,
  }
}
