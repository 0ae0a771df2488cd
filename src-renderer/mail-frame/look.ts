import { create } from 'zustand'
import type { FrameTheme } from './protocol'

/** The colours that mails without their own are shown in, read from the tokens of the theme that is on. */
function frameTheme(): FrameTheme {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const style = getComputedStyle(probe)
  const colour = (token: string): string => {
    probe.style.color = `var(--${token})`
    return style.color
  }
  const theme: FrameTheme = {
    dark: isDark(),
    font: style.fontFamily,
    text: colour('text'),
    quiet: colour('text-3'),
    link: colour('accent-text'),
    line: colour('line-strong'),
    focus: colour('focus'),
  }
  probe.remove()
  return theme
}

function isDark(): boolean {
  const pinned = document.documentElement.dataset['theme']
  return pinned === 'dark' || (pinned !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
}

interface State {
  theme: FrameTheme | null
  /** Real target of the link under the pointer or focus, for the line at the foot. */
  target: string | null
  setTarget(target: string | null): void
}

export const useLook = create<State>()((set) => ({
  theme: null,
  target: null,
  setTarget: (target) => set({ target }),
}))

let watching = false

/** The theme of mails; from the first call on it is kept up to date in the store. */
export function themeNow(): FrameTheme {
  const known = useLook.getState().theme
  if (known && watching) return known
  watching = true
  const read = (): FrameTheme => {
    const theme = frameTheme()
    useLook.setState({ theme })
    return theme
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', read)
  new MutationObserver(read).observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return read()
}
