import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import {
  app,
  BrowserWindow,
  dialog,
  nativeTheme,
  type BrowserWindowConstructorOptions,
  type IpcMainInvokeEvent,
  type Session,
} from 'electron'
import { PosternError } from '../../src-preload/contract/errors'
import type { PosternEvent } from '../../src-preload/contract/events'
import type { SupportCard } from '../../src-preload/contract/support'
import {
  fingerprintOf,
  newSupportIdentity,
  readCard,
  readKeyFile,
  signChallenge,
  wordsOf,
  type KeyFile,
} from '../crypto/support-identity'
import { safeFileName } from '../shared/guards'
import { logger } from '../shared/log'
import { isTakenOut } from './erasure'
import { writeFileSafely } from './files'
import { appOrigin } from './protocol'
import type { Workspace } from './workspace'

const log = logger('support')

interface Person {
  readonly card: SupportCard
  readonly fingerprint: string
  readonly words: string
}

const personOf = (card: SupportCard): Person => ({ card, fingerprint: fingerprintOf(card), words: wordsOf(card) })

/** Ends that whoever sat there has made. */
const byThemselves: ReadonlySet<string> = new Set(['ended-by-staff', 'window-closed'])

/** Signing in of support people, the window of a session, and what is said when it is taken away. Keys are read from their file for one signature and forgotten. */
export class SupportAccess {
  private keyFile: KeyFile | null = null
  private current: { window: BrowserWindow; session: number } | null = null
  private isAnswering = false
  private note: BrowserWindow | null = null

  constructor(
    private readonly workspace: Workspace,
    private readonly owner: () => BrowserWindow | null,
    private readonly session: Session,
    private readonly preload: string,
  ) {}

  /** Whether a call comes from the window of a session. */
  isSupport(event: IpcMainInvokeEvent): boolean {
    return (
      this.current !== null && !this.current.window.isDestroyed() && event.sender === this.current.window.webContents
    )
  }

  get isOpen(): boolean {
    return this.current !== null
  }

  async makeIdentity(name: string, organisation: string, passphrase: string): Promise<Person | null> {
    const path = await this.askSave(`${safeFileName(name)}.postern-key`)
    if (path === null) return null
    const file = await newSupportIdentity(name, organisation, passphrase)
    keep(path, file)
    return personOf(file.card)
  }

  async saveCard(card: SupportCard): Promise<boolean> {
    const path = await this.askSave(`${safeFileName(card.name)}.postern-card`)
    if (path === null) return false
    keep(path, readCard(JSON.stringify(card)))
    return true
  }

  async openCard(): Promise<string | null> {
    return this.askOpen('postern-card')
  }

  async openKey(): Promise<Person | null> {
    const text = await this.askOpen('postern-key')
    if (text === null) return null
    this.keyFile = readKeyFile(text)
    return personOf(this.keyFile.card)
  }

  async signIn(passphrase: string): Promise<void> {
    const file = this.keyFile
    if (!file) throw new PosternError('not-found', 'no key file was chosen')
    const challenge = await this.challenge(JSON.stringify(file.card))
    await this.answer(challenge, await signChallenge(file, passphrase, challenge))
    this.keyFile = null
  }

  async challenge(card: string): Promise<string> {
    return (await this.workspace.storeForSupport.call('support.challenge', { card })).challenge
  }

  async answer(challenge: string, answer: string): Promise<void> {
    if (this.current || this.isAnswering) throw new PosternError('conflict', 'a session is open', { what: 'session' })
    this.isAnswering = true
    try {
      const { session, name } = await this.workspace.supportSignIn(challenge, answer)
      this.open(session, name)
    } finally {
      this.isAnswering = false
    }
  }

  async sign(challenge: string, passphrase: string): Promise<string> {
    if (!this.keyFile) throw new PosternError('not-found', 'no key file was chosen')
    if (!/^postern-challenge [\w-]{43} [\w-]*$/.test(challenge))
      throw new PosternError('invalid-input', 'not a challenge')
    return signChallenge(this.keyFile, passphrase, challenge)
  }

  /** The session ended: revoked, over, by its own window, or (null) with the store. Its window goes at once; whoever sat there is told why. */
  ended(session: number | null, why: string): void {
    if (!this.current || (session !== null && this.current.session !== session)) return
    const { window } = this.current
    log.info('support session ended', { why })
    this.current = null
    if (window.isDestroyed()) return
    const isGone = window.webContents.isCrashed()
    if (isGone || !byThemselves.has(why)) this.tell(isGone ? 'page-ended' : why, window.isFocused())
    window.destroy()
  }

  /** A window of its own with one sentence: no page that ever held mail stays. */
  private tell(why: string, inFront: boolean): void {
    const owner = this.owner()
    // Its text is as large as that of the other windows.
    const scale = owner?.webContents.zoomFactor ?? 1
    const note = this.openPage(`ended-${['closed', 'store-stopped'].includes(why) ? this.closedBy() : why}`, {
      ...(owner ? { parent: owner } : {}),
      width: Math.round(440 * scale),
      height: Math.round(240 * scale),
      useContentSize: true,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      show: false,
    })
    this.closeNote()
    this.note = note
    note.on('closed', () => {
      if (this.note === note) this.note = null
    })
    // Whoever works in another window goes on there.
    note.once('ready-to-show', () => (inFront ? note.show() : note.showInactive()))
  }

  private closeNote(): void {
    this.note?.destroy()
  }

  /** What took the store away from under a session. */
  private closedBy(): string {
    const { phase, error, guest } = this.workspace
    if (phase === 'changing-key') return phase
    if (phase === 'failed') return isTakenOut(error) ? 'taken-out' : 'stopped'
    return phase === 'ready' || guest.isHere ? 'stopped' : 'locked'
  }

  /** From the session's own window, or because that was closed. */
  async end(): Promise<void> {
    const session = this.current?.session
    if (session !== undefined) await this.workspace.storeForSupport.call('support.end', { session })
  }

  private open(session: number, name: string): void {
    this.closeNote()
    const window = this.openPage('support', { width: 1280, height: 800, minWidth: 960, minHeight: 600 })
    this.current = { window, session }
    // Ctrl P and the like have no menu to come from; printing by script is refused with them.
    window.webContents.on('before-input-event', (event, input) => {
      if ((input.control || input.meta) && ['p', 's'].includes(input.key.toLowerCase())) event.preventDefault()
    })
    window.webContents.once('did-finish-load', () => {
      const port = this.workspace.services.supportPort(session, name)
      window.webContents.postMessage('postern:store-port', null, [port])
      const state: PosternEvent = { topic: 'app-state' }
      window.webContents.send('postern:event', state)
    })
    // The store hears of it from the port that closes, and says that the session ended.
    window.webContents.on('render-process-gone', (_event, { reason }) =>
      log.error('the page of a session ended', { reason }),
    )
    window.on('closed', () => {
      if (this.current?.session !== session) return
      void this.end().catch(() => undefined)
    })
  }

  private openPage(name: string, shape: BrowserWindowConstructorOptions): BrowserWindow {
    const window = new BrowserWindow({
      title: 'Postern',
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#191816' : '#f3f1ed',
      ...shape,
      webPreferences: {
        session: this.session,
        preload: this.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        navigateOnDragDrop: false,
        safeDialogs: true,
        // No way past the page for whoever looks: no developer tools.
        devTools: false,
      },
    })
    window.removeMenu()
    void window.loadURL(`${appOrigin}/index.html#${name}`)
    return window
  }

  private async askSave(name: string): Promise<string | null> {
    const owner = this.owner()
    if (!owner) throw new PosternError('cancelled')
    const { canceled, filePath } = await dialog.showSaveDialog(owner, {
      defaultPath: join(app.getPath('documents'), basename(name)),
    })
    return canceled || !filePath ? null : filePath
  }

  private async askOpen(extension: string): Promise<string | null> {
    const owner = this.owner()
    if (!owner) throw new PosternError('cancelled')
    const {
      canceled,
      filePaths: [path],
    } = await dialog.showOpenDialog(owner, {
      properties: ['openFile'],
      filters: [
        { name: 'Postern', extensions: [extension, 'json'] },
        { name: '*', extensions: ['*'] },
      ],
    })
    if (canceled || path === undefined) return null
    try {
      if (statSync(path).size > 20_000) throw new PosternError('unreadable', 'too large')
      return readFileSync(path, 'utf8')
    } catch (fault) {
      throw fault instanceof PosternError ? fault : new PosternError('file-not-found', 'cannot be read')
    }
  }
}

function keep(path: string, value: unknown): void {
  try {
    writeFileSafely(path, `${JSON.stringify(value, null, 2)}\n`)
  } catch {
    throw new PosternError('disk-error', 'the file cannot be written')
  }
}
