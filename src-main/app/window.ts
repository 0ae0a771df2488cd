import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, dialog, nativeTheme, screen, type Session } from 'electron'
import type { Theme } from '../../src-preload/contract/settings'
import { nextTextSize, type TextSize } from '../../src-preload/contract/text-size'
import { logger } from '../shared/log'
import { Crashes } from './crashes'
import { writeFileSafely } from './files'
import { appOrigin } from './protocol'
import { windowStateOf, type WindowState } from './window-state'

const log = logger('window')

const smallest = { width: 960, height: 600 }
const usual = { width: 1280, height: 800 }
/** ms from showing the window to its list being painted, on a slow machine. */
const afterShow = 250
/** ms that a window with a page stays hidden for the page's word that it has drawn itself. */
const forDrawing = 1500

export class MainWindow {
  private readonly file: string
  private state: WindowState
  private window: BrowserWindow | null = null
  private mayClose = false
  private readonly crashes = new Crashes()
  private shown = false
  /** Settles when the page has had time to draw itself for the first time, or is too slow to be waited for. */
  readonly drawn: Promise<void>
  private tellDrawn: () => void = () => undefined

  /** Told when it was maximised or made smaller again, and when its text was. */
  onChange: () => void = () => undefined
  /** Told before it closes: the page may save its draft first. */
  beforeClose: () => void = () => undefined
  /** Told when its page has loaded (again). */
  onLoad: () => void = () => undefined

  constructor(
    profile: string,
    private readonly session: Session,
    private readonly preload: string,
  ) {
    this.file = join(profile, 'window.json')
    this.drawn = new Promise((resolve) => {
      this.tellDrawn = resolve
      setTimeout(resolve, 4000).unref()
    })
    this.state = this.read()
    nativeTheme.themeSource = this.state.theme
  }

  get theme(): Theme {
    return this.state.theme
  }
  get textSize(): TextSize {
    return this.state.textSize
  }
  get filled(): boolean {
    return this.state.filled
  }
  get maximized(): boolean {
    return this.window?.isMaximized() ?? false
  }
  get contents(): Electron.WebContents | null {
    return this.window && !this.window.isDestroyed() ? this.window.webContents : null
  }
  get browserWindow(): BrowserWindow | null {
    return this.window && !this.window.isDestroyed() ? this.window : null
  }

  private read(): WindowState {
    try {
      return windowStateOf(existsSync(this.file) ? JSON.parse(readFileSync(this.file, 'utf8')) : {})
    } catch {
      return windowStateOf({})
    }
  }

  private save(change: Partial<WindowState>): void {
    this.state = { ...this.state, ...change }
    try {
      writeFileSafely(this.file, JSON.stringify(this.state))
    } catch {
      // Forgetting a window's place is not worth a word.
    }
  }

  private handSeen: () => void = () => undefined
  /** Told of each key and movement in the window. */
  onHand(seen: () => void): void {
    this.handSeen = seen
  }

  /** Opens the window, or brings the open one to the front. */
  open(): void {
    if (this.window && !this.window.isDestroyed()) {
      this.focus()
      return
    }
    const { bounds } = this.state
    const onScreen =
      bounds !== null &&
      screen
        .getAllDisplays()
        .some(
          ({ workArea: a }) =>
            bounds.x < a.x + a.width - 80 &&
            bounds.x + bounds.width > a.x + 80 &&
            bounds.y >= a.y - 10 &&
            bounds.y < a.y + a.height - 80,
        )
    const dark = nativeTheme.shouldUseDarkColors
    const window = new BrowserWindow({
      ...(onScreen && bounds ? bounds : usual),
      minWidth: smallest.width,
      minHeight: smallest.height,
      show: false,
      title: 'Postern',
      backgroundColor: dark ? '#191816' : '#f3f1ed',
      ...(process.platform === 'darwin'
        ? { titleBarStyle: 'hiddenInset' as const, trafficLightPosition: { x: 16, y: 13 } }
        : { frame: false }),
      webPreferences: {
        session: this.session,
        preload: this.preload,
        zoomFactor: this.state.textSize / 100,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        safeDialogs: true,
      },
    })
    this.window = window
    this.mayClose = false
    this.shown = false
    window.webContents.on('input-event', () => this.handSeen())
    // Ctrl and the wheel
    window.webContents.on('zoom-changed', (_event, direction) =>
      this.setTextSize(nextTextSize(this.state.textSize, direction === 'in' ? 1 : -1)),
    )
    window.once('ready-to-show', () => setTimeout(() => this.show(), forDrawing).unref())
    const remember = (): void => {
      if (!window.isMaximized() && !window.isMinimized() && !window.isFullScreen())
        this.save({ bounds: window.getBounds() })
    }
    window.on('resized', remember)
    window.on('moved', remember)
    for (const [event, now] of [
      ['maximize', true],
      ['unmaximize', false],
    ] as const) {
      window.on(event as 'maximize', () => {
        this.save({ maximized: now })
        this.onChange()
      })
    }
    window.on('close', (event) => {
      remember()
      if (this.mayClose) return
      event.preventDefault()
      this.beforeClose()
      // A page that hangs does not keep its window open.
      setTimeout(() => this.close(), 1500).unref()
    })
    window.on('closed', () => {
      if (this.window === window) this.window = null
    })
    window.webContents.on('did-finish-load', () => this.onLoad())
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      log.error('the page ended', { reason })
      // Not from within what tells of it: the window goes with it.
      setImmediate(() => this.window === window && this.crashed())
    })
    void window.loadURL(`${appOrigin}/index.html`)
  }

  /** Shows the window for the first time: its page has drawn itself, and nothing is painted that is gone a moment later. */
  show(): void {
    const { browserWindow: window } = this
    if (!window || this.shown) return
    this.shown = true
    if (this.state.maximized) window.maximize()
    window.show()
    setTimeout(this.tellDrawn, afterShow).unref()
  }

  /** Puts a new window with a process of its own in the place of this one; what this one had in memory ends with it. */
  replace(): void {
    const old = this.window
    if (!old || old.isDestroyed()) return
    if (!old.isMaximized() && !old.isMinimized() && !old.isFullScreen()) this.save({ bounds: old.getBounds() })
    this.window = null
    // The new one first: a program without a window ends.
    this.open()
    old.destroy()
  }

  /** Its page's process is gone: another window comes in its place. What was written is in the store but for the last moment. */
  private crashed(): void {
    if (this.crashes.note().tooMany) void this.askToOpen()
    else this.replace()
  }

  /** The window that is left has no page that could say anything, and on most systems no frame to close it by. */
  private async askToOpen(): Promise<void> {
    const left = this.window
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'Postern',
      message: 'The window of Postern stopped too often',
      detail: 'Mail and everything that was saved are safe. If it stops again, restart the computer.',
      buttons: ['Open it again', 'Quit Postern'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    })
    if (this.window !== left) return
    this.crashes.forget()
    if (response === 0) this.replace()
    else app.quit()
  }

  /** Closes for good; the page has saved what it had. */
  close(): void {
    this.mayClose = true
    if (this.window && !this.window.isDestroyed()) this.window.close()
  }

  focus(): void {
    if (!this.window || this.window.isDestroyed()) return
    if (this.window.isMinimized()) this.window.restore()
    this.window.show()
    this.window.focus()
  }

  setFilled(filled: boolean): void {
    if (filled !== this.state.filled) this.save({ filled })
  }

  setTheme(theme: Theme): void {
    nativeTheme.themeSource = theme
    this.save({ theme })
  }

  /** Makes everything in the window larger or smaller, now and at the next start. */
  setTextSize(textSize: TextSize): void {
    if (textSize === this.state.textSize) return
    this.save({ textSize })
    this.contents?.setZoomFactor(textSize / 100)
    this.onChange()
  }

  act(act: 'minimize' | 'maximize' | 'close'): void {
    const window = this.browserWindow
    if (!window) return
    if (act === 'minimize') window.minimize()
    else if (act === 'close') window.close()
    else if (window.isMaximized()) window.unmaximize()
    else window.maximize()
  }
}
