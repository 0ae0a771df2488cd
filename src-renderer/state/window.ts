import { create } from 'zustand'
import type { Settings } from '../../src-preload/contract'
import { call } from '../client'
import { beforeClosing } from './closing'
import { useLayout } from './layout'
import { isMac, menuKeys, sameKeys } from './keymap'
import { useKeys } from './shortcuts'

interface State {
  palette: boolean
  help: boolean
}

/** Layers that lie over the whole window. */
export const useWindow = create<State>()(() => ({ palette: false, help: false }))

export function showPalette(palette: boolean): void {
  useWindow.setState({ palette, help: false })
}

export function showHelp(help: boolean): void {
  useWindow.setState({ help, palette: false })
}

/** Brings the settings that change the whole window into force. */
export function applySettings(settings: Settings): void {
  const root = document.documentElement
  root.dataset['density'] = settings.density
  applyTheme(settings.theme)
  applyKeys(settings)
  const layout = useLayout.getState()
  if (!loaded) layout.load(settings.layout)
  loaded = true
}
let loaded = false

function applyKeys({ letterShortcuts: letters, keys: own }: Settings): void {
  const before = useKeys.getState()
  if (before.letters === letters && sameKeys(before.own, own)) return
  useKeys.setState({ letters, own })
  // a menu bar that could not be told has the keys of before
  if (isMac()) void call('app.setMenuKeys', { keys: menuKeys(own) }).catch(() => undefined)
}

/** `system` follows the computer; the others pin a theme. */
export function applyTheme(theme: Settings['theme']): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme
}

const saveAfterMs = 600

/** Keeps widths and closed panes in the settings, at a pause. Answers with the function that stops it. */
export function keepLayout(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const save = async (): Promise<void> => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    // a width that could not be kept is not worth a word
    await call('settings.set', { layout: useLayout.getState().kept }).catch(() => undefined)
  }
  const stops = [
    useLayout.subscribe((now, before) => {
      if (!loaded || now.kept === before.kept) return
      clearTimeout(timer)
      timer = setTimeout(() => void save(), saveAfterMs)
    }),
    beforeClosing(save),
  ]
  return () => {
    for (const stop of stops) stop()
    void save()
  }
}
