import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, net, powerMonitor, session as sessions, type IpcMainInvokeEvent } from 'electron'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import type { PosternEvent } from '../../src-preload/contract/events'
import { Settings } from '../../src-preload/contract/settings'
import { logger, setLogSink } from '../shared/log'
import { forbidNetwork } from '../shared/network-gate'
import { accountHandlers } from './accounts'
import { AutoLock } from './auto-lock'
import { setAppMenu } from './menu'
import { Files, lockDown, openLink } from './desktop'
import { openGate } from './gate'
import { policyFolder, PolicyWatch, type PolicyPlace } from './policy'
import { Keys } from './keys'
import { openLogFile } from './log-file'
import { readPages, registerSchemes, servePages } from './protocol'
import { commandLine, refuseUnsafeSwitches } from './switches'
import { SupportAccess } from './support'
import { systemUnlock } from './system-unlock'
import { Transfers } from './transfers'
import { Notices } from './notices'
import { MainWindow } from './window'
import { Workspace } from './workspace'

const log = logger('app')
const options = commandLine(process.argv)
const devServer = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']

refuseUnsafeSwitches(app.isPackaged, process.argv)
app.setName('Postern')
if (process.platform === 'win32') app.setAppUserModelId('org.postern.desk')
app.setPath('userData', options.userDataDir ?? join(app.getPath('appData'), 'Postern'))
const profile = app.getPath('userData')
mkdirSync(profile, { recursive: true, mode: 0o700 })

// Chromium itself has no business on the network: mail's process is the only one that connects. No name resolves,
// so no prefetch, no update check and no leak of a mail can leave, whatever else fails (R12).
app.commandLine.appendSwitch('host-resolver-rules', devServer === undefined ? 'MAP * ~NOTFOUND' : 'MAP * ~NOTFOUND, EXCLUDE localhost')
app.commandLine.appendSwitch('disable-background-networking')
app.commandLine.appendSwitch('disable-component-update')
app.commandLine.appendSwitch('no-pings')
app.commandLine.appendSwitch('disable-features', 'MediaRouter,OptimizationHints,Translate,AutofillServerCommunication')
// Scrollbars lie over the panes on every system and take no width.
app.commandLine.appendSwitch('enable-features', 'OverlayScrollbar')
registerSchemes()

if (!app.requestSingleInstanceLock()) {
  // The first instance brings its window to the front (R52).
  app.exit(0)
} else {
  const logFile = openLogFile(profile)
  setLogSink((line) => logFile.write('app', line))
  forbidNetwork((host) => log.error('a connection was refused', { host }))
  process.on('uncaughtException', (fault) => log.error('uncaught', { fault }))
  process.on('unhandledRejection', (fault) => log.error('unhandled rejection', { fault }))
  void run(logFile).catch((fault: unknown) => {
    log.error('start failed', { fault })
    app.exit(1)
  })
}

async function run(logFile: ReturnType<typeof openLogFile>): Promise<void> {
  const keys = new Keys(profile)
  const found = keys.find()
  const pages = readPages(join(import.meta.dirname, '../renderer'))
  await app.whenReady()
  const session = sessions.defaultSession
  lockDown(session)
  servePages(session, pages, devServer)

  const emit = (event: PosternEvent): void => window.contents?.send('postern:event', event)
  const policy = new PolicyWatch(policyPlace(app.isPackaged, options.policyDir))
  const policyRead = policy.start()
  const window = new MainWindow(profile, session, join(import.meta.dirname, '../preload/index.cjs'), () => emit({ topic: 'app-state' }))
  const workspace = new Workspace({
    profile, keys, found, drawn: window.drawn, policy, provisionFile: options.provisionFile, sampleDir: options.sampleDir, emit, openBrowser: openLink, systemUnlock: systemUnlock(), emptyWindow: () => window.replace(openWindow),
    onLog: (process, line) => logFile.write(process, line),
    windowPort: (port) => {
      if (port) window.contents?.postMessage('postern:store-port', null, [port])
      else window.contents?.send('postern:store-gone')
    },
  })
  const notices = new Notices((conversationId) => {
    openWindow()
    if (conversationId !== null) emit({ topic: 'command', name: 'open-conversation', id: conversationId })
  })
  const files = new Files(profile, () => workspace.store, () => window.browserWindow)

  const transfers = new Transfers(() => workspace.store, () => window.browserWindow)

  const support = new SupportAccess(workspace, () => window.browserWindow, session, join(import.meta.dirname, '../preload/index.cjs'))
  workspace.onSupportEnded = (number, why) => support.ended(number, why)

  openGate((event: IpcMainInvokeEvent) => (event.sender === window.contents ? 'agent' : support.isSupport(event) ? 'support' : null), {
    'app.state': () => ({
      phase: workspace.phase,
      error: workspace.error && { code: workspace.error.code, detail: workspace.error.detail },
      stopped: workspace.stopped,
      version: app.getVersion(),
      platform: process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'windows' : 'linux',
      theme: window.theme,
      maximized: window.maximized,
      keyIn: workspace.keys.keyIn,
      canLock: workspace.canLock,
      standIn: isStandIn(),
      provisionError: workspace.provisionError === null ? null : String(workspace.provisionError.detail['what'] ?? workspace.provisionError.code),
    }),
    'app.unlock': async ({ passphrase }) => done(await workspace.unlock(passphrase)),
    'app.unlockWithSystem': async () => done(await workspace.unlockWithSystem()),
    'app.setPassphrase': async ({ passphrase, current }) => done(await workspace.setPassphrase(passphrase, current)),
    'app.removePassphrase': async ({ current }) => done(await workspace.removePassphrase(current)),
    'app.restartService': async ({ service }) => done(await workspace.restart(service)),
    'app.setAsideDamaged': async () => done(await workspace.setAsideDamaged()),
    'app.testConnection': ({ testId, settings, ...given }) => done(workspace.mailboxes.startTest(testId, settings, given)),
    'app.connectionTest': ({ testId }) => workspace.mailboxes.test(testId),
    'app.addMailbox': async ({ settings, ...given }) => {
      const { id, existed } = await workspace.mailboxes.add(settings, given)
      if (existed) throw new PosternError('conflict', 'mailbox exists', { what: 'mailbox' })
      return { id }
    },
    'app.updateMailbox': async ({ id, settings, ...given }) => done(await workspace.mailboxes.update(id, settings, given)),
    'app.removeMailbox': async ({ id }) => done(await workspace.mailboxes.remove(id)),
    ...accountHandlers(workspace),
    'app.openLink': async ({ url }) => done(await openLink(url)),
    'app.openAttachment': async ({ id, confirmed }) => ({ opened: await files.openAttachment(id, confirmed) }),
    'app.saveAttachments': async ({ ids }) => ({ saved: await files.save(ids) }),
    'app.saveLedger': async () => ({ saved: await files.saveText('postern-network-ledger.jsonl', async () => (await workspace.store.call('ledger.export', {})).text) }),
    'app.chooseImport': ({ what }) => transfers.choose(what),
    'app.startImport': ({ token, target }) => transfers.import(token, target),
    'app.exportMail': ({ scope, format }) => transfers.export(scope, format),
    'app.showExport': async ({ id }) => done(await transfers.show(id)),
    'app.saveAccessLog': ({ by }) => files.saveAccessLog(by),
    'app.makeSupportIdentity': async ({ name, organisation, passphrase }) => ({ person: await support.makeIdentity(name, organisation, passphrase) }),
    'app.saveSupportCard': async ({ card }) => ({ saved: await support.saveCard(card) }),
    'app.openSupportCard': async () => ({ text: await support.openCard() }),
    'app.openSupportKey': async () => ({ person: await support.openKey() }),
    'app.supportSignIn': async ({ passphrase }) => done(await support.signIn(passphrase)),
    'app.supportChallenge': async ({ card }) => ({ challenge: await support.challenge(card) }),
    'app.supportAnswer': async ({ challenge, answer }) => done(await support.answer(challenge, answer)),
    'app.signChallenge': async ({ challenge, passphrase }) => ({ answer: await support.sign(challenge, passphrase) }),
    'app.endSupport': async () => done(await support.end()),
    'app.notify': (notice) => ({ shown: notices.show(notice) }),
    'app.badge': ({ count }) => done(notices.badge(count)),
    'app.setTheme': ({ theme }) => done(window.setTheme(theme)),
    'app.window': ({ act }) => {
      if (act === 'ready-to-close') window.close()
      else if (act === 'quit') app.quit()
      else if (act === 'show-logs') void import('electron').then(({ shell }) => shell.openPath(logFile.dir))
      else window.act(act)
      return {}
    },
  })

  const openWindow = (): void => {
    const isNew = window.contents === null
    const opened = window.open(() => emit({ topic: 'command', name: 'before-close' }))
    if (isNew) opened.on('did-finish-load', () => workspace.windowLoaded())
  }
  setAppMenu((name) => emit({ topic: 'command', name }), () => app.quit())
  // The window first: its process takes longest to come up, and the keychain and store are ready before it asks.
  openWindow()
  await policyRead
  const started = workspace.start()
  app.on('second-instance', openWindow)
  app.on('activate', openWindow)
  app.on('window-all-closed', () => {
    // On macOS too: an inbox without its window would go on syncing unseen.
    app.quit()
  })

  watchForLock(workspace, window, () => emit({ topic: 'command', name: 'lock' }))
  watchNetwork((online) => workspace.networkChanged(online))

  let stopping = false
  app.on('will-quit', (event) => {
    if (stopping) return
    stopping = true
    event.preventDefault()
    void workspace.stop().finally(() => {
      files.empty()
      log.info('stopped')
      app.exit(0)
    })
  })

  await started
}

/** Where policy is on this platform; another folder only in development, so that nobody unlocks a shipped build with a switch. */
function policyPlace(packaged: boolean, given: string | null): PolicyPlace | null {
  if (!packaged && given !== null) return policyFolder(given)
  return process.platform === 'linux' ? policyFolder('/etc/postern/policies/managed') : null
}

function done(_nothing: void): Record<string, never> {
  return {}
}

/** In development another Electron than the one the package names may serve (see build/electron.mjs). */
function isStandIn(): boolean {
  if (app.isPackaged) return false
  const wanted = z.object({ devDependencies: z.object({ electron: z.string() }) })
    .safeParse(JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')))
  return wanted.success && wanted.data.devDependencies.electron !== process.versions.electron
}

/** How long the window has to keep what is being written before a lock comes, in ms. */
const keepMs = 1500

/** Locks when nobody is there; the window keeps its draft first and locks itself, or is locked. */
function watchForLock(workspace: Workspace, window: MainWindow, askWindow: () => void): void {
  const lock = (): void => {
    askWindow()
    setTimeout(() => void workspace.lock().catch((fault: unknown) => log.warn('not locked', { fault })), keepMs)
  }
  const auto = new AutoLock({
    open: () => workspace.phase === 'ready' && workspace.canLock,
    rules: async () => {
      const { lockMinutes, lockOnSleep } = Settings.parse(await workspace.store.call('settings.get', {}))
      return { minutes: lockMinutes, onSleep: lockOnSleep }
    },
    systemIdle: () => powerMonitor.getSystemIdleTime(), now: () => Date.now(), lock,
  })
  window.onHand(() => auto.handSeen())
  const quietly = (work: Promise<void>): void => void work.catch((fault: unknown) => log.warn('lock was not looked at', { fault }))
  setInterval(() => quietly(auto.tick()), 5000).unref()
  powerMonitor.on('suspend', () => quietly(auto.sleeping()))
  powerMonitor.on('lock-screen', () => quietly(auto.sleeping()))
}

/** Wake from sleep and a network that comes back are told at once; mail's own deadlines find out the rest. */
function watchNetwork(changed: (online: boolean) => void): void {
  let online = net.isOnline()
  powerMonitor.on('resume', () => changed(true))
  setInterval(() => {
    const now = net.isOnline()
    if (now !== online) changed(now)
    online = now
  }, 2000).unref()
}
