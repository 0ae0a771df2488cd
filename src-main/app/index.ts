import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { app, net, powerMonitor, type IpcMainInvokeEvent, type Session, type UtilityProcess } from 'electron'
import * as z from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import type { PosternEvent } from '../../src-preload/contract/events'
import { lockRules } from '../../src-preload/contract/lock'
import { Settings } from '../../src-preload/contract/settings'
import { CorrectedClock } from '../crypto/clock'
import { logger } from '../shared/log'
import { forbidNetwork } from '../shared/network-gate'
import { giveBackAtRest } from '../shared/rest'
import { accountHandlers } from './accounts'
import { AutoLock } from './auto-lock'
import { Files, openLink } from './desktop'
import { openGate } from './gate'
import { policyFolder, PolicyWatch, systemPolicies, type PolicyPlace } from './policy'
import type { Keys, KeyState } from './keys'
import { LastSeenFile } from './last-seen'
import type { openLogFile } from './log-file'
import { setAppMenu } from './menu'
import { makeReport } from './reports'
import type { CommandLine } from './switches'
import { SupportAccess } from './support'
import { systemUnlock } from './system-unlock'
import { Transfers } from './transfers'
import { Notices } from './notices'
import type { MainWindow } from './window'
import { Workspace } from './workspace'

const log = logger('app')

/** What `start.ts` has ready when the rest of app is loaded. */
export interface Started {
  readonly profile: string
  readonly options: CommandLine
  readonly keys: Keys
  /** `keys.find()`: the keychain takes its time. */
  readonly found: Promise<KeyState>
  readonly logFile: ReturnType<typeof openLogFile>
  readonly window: MainWindow
  readonly session: Session
  /** The store's process, on its way up; null: it comes up behind `seen`. */
  readonly store: UtilityProcess | null
  /** What the last run left sealed of what it showed. */
  readonly seen: Buffer | null
}

/** The program once its window is opened: joins window, store and mail. All that the window may ask can be answered when this returns. */
export async function run({
  profile,
  options,
  logFile,
  window,
  session,
  store,
  seen,
  keys,
  found,
}: Started): Promise<void> {
  forbidNetwork((refused) => {
    log.error('a connection was refused', { host: refused.host })
    workspace.connectionRefused(refused)
  })
  giveBackAtRest()
  // The name of this very file says which code it is.
  const lastSeen = new LastSeenFile(profile, `${app.getVersion()} ${basename(import.meta.filename)}`, seen)
  const emit = (event: PosternEvent): void => window.contents?.send('postern:event', event)
  const policy = new PolicyWatch(policyPlace(app.isPackaged, options.policyDir))
  const policyRead = policy.start()
  const setMenu = (chosen: Readonly<Record<string, string>>): void =>
    setAppMenu(
      (name) => emit({ topic: 'command', name }),
      () => app.quit(),
      chosen,
    )
  window.onChange = () => emit({ topic: 'app-state' })
  window.beforeClose = () => emit({ topic: 'command', name: 'before-close' })
  window.onLoad = () => workspace.windowLoaded()
  const workspace = new Workspace({
    profile,
    keys,
    found,
    storeProcess: store,
    drawn: window.drawn,
    lastSeen,
    policy,
    provisionFile: options.provisionFile,
    sampleDir: options.sampleDir,
    emit,
    openBrowser: openLink,
    systemUnlock: systemUnlock(),
    emptyWindow: () => {
      notices.takeBack()
      window.replace()
    },
    onLog: (process, line) => logFile.write(process, line),
    onFilled: (filled) => window.setFilled(filled),
    windowPort: (port) => {
      if (port) window.contents?.postMessage('postern:store-port', null, [port])
      else window.contents?.send('postern:store-gone')
    },
  })
  const notices = new Notices((conversationId) => {
    window.open()
    if (conversationId !== null) emit({ topic: 'command', name: 'open-conversation', id: conversationId })
  })
  const files = new Files(
    profile,
    () => workspace.store,
    () => window.browserWindow,
  )

  const transfers = new Transfers(
    () => workspace.store,
    () => window.browserWindow,
  )

  const support = new SupportAccess(
    workspace,
    () => window.browserWindow,
    session,
    join(import.meta.dirname, '../preload/index.cjs'),
  )
  workspace.onSupportEnded = (number, why) => support.ended(number, why)

  openGate(
    (event: IpcMainInvokeEvent) =>
      event.sender === window.contents ? 'agent' : support.isSupport(event) ? 'support' : null,
    {
      'app.state': () => ({
        phase: workspace.phase,
        keyChange: workspace.keyChange,
        error: workspace.error && { code: workspace.error.code, detail: workspace.error.detail },
        stopped: workspace.stopped,
        version: app.getVersion(),
        platform: process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'windows' : 'linux',
        theme: window.theme,
        textSize: window.textSize,
        maximized: window.maximized,
        filled: window.filled,
        keyIn: workspace.keys.keyIn,
        canLock: workspace.keyActs.canLock,
        standIn: isStandIn(),
        provisionError: workspace.provisioning.failure,
      }),
      'app.lastSeen': async () => ({ seen: await lastSeen.handOut() }),
      'app.unlock': async ({ passphrase }) => done(await workspace.keyActs.unlock(passphrase)),
      'app.unlockWithSystem': async () => done(await workspace.keyActs.unlockWithSystem()),
      'app.setPassphrase': async ({ passphrase, current }) =>
        done(await workspace.keyActs.setPassphrase(passphrase, current)),
      'app.removePassphrase': async ({ current }) => done(await workspace.keyActs.removePassphrase(current)),
      'app.changeKey': async ({ current }) => done(await workspace.keyActs.changeKey(current)),
      'app.restartService': async ({ service, leave }) => done(await workspace.restart(service, leave)),
      'app.setAsideDamaged': async () => done(await workspace.setAsideDamaged()),
      'app.testConnection': ({ testId, settings, ...given }) =>
        done(workspace.mailboxes.startTest(testId, settings, given)),
      'app.connectionTest': ({ testId }) => workspace.mailboxes.test(testId),
      'app.addMailbox': async ({ settings, depth, ...given }) => {
        workspace.mailboxes.comes()
        const { id, existed } = await workspace.mailboxes.add(settings, given, depth)
        if (existed) throw new PosternError('conflict', 'mailbox exists', { what: 'mailbox' })
        return { id }
      },
      'app.updateMailbox': async ({ id, settings, ...given }) => {
        await workspace.managed.refuseChange(id, settings)
        return done(await workspace.mailboxes.update(id, settings, given))
      },
      'app.removeMailbox': async ({ id }) => {
        await workspace.managed.refuseChange(id, null)
        return done(await workspace.mailboxes.remove(id))
      },
      ...accountHandlers(workspace),
      'app.openLink': async ({ url }) => done(await openLink(url)),
      'app.openAttachment': async ({ id, confirmed }) => ({ opened: await files.openAttachment(id, confirmed) }),
      'app.saveAttachments': async ({ ids }) => ({ saved: await files.save(ids) }),
      'app.saveLedger': async () => ({
        saved: await files.saveText(
          'postern-network-ledger.jsonl',
          async () => (await workspace.store.call('ledger.export', {})).text,
        ),
      }),
      'app.chooseImport': ({ what }) => transfers.choose(what),
      'app.startImport': ({ token, target }) => transfers.import(token, target),
      'app.exportMail': ({ scope, format }) => transfers.export(scope, format),
      'app.showExport': async ({ id }) => done(await transfers.show(id)),
      'app.makeReport': async () => ({ text: await makeReport(workspace, app.getVersion(), logFile) }),
      'app.saveReport': async ({ text }) => ({
        saved: await files.saveText('postern-report.txt', () => Promise.resolve(text)),
      }),
      'app.saveAccessLog': ({ by }) => files.saveAccessLog(by),
      'app.makeSupportIdentity': async ({ name, organisation, passphrase }) => ({
        person: await support.makeIdentity(name, organisation, passphrase),
      }),
      'app.saveSupportCard': async ({ card }) => ({ saved: await support.saveCard(card) }),
      'app.openSupportCard': async () => ({ text: await support.openCard() }),
      'app.openSupportKey': async () => ({ person: await support.openKey() }),
      'app.supportSignIn': async ({ passphrase }) => done(await support.signIn(passphrase)),
      'app.supportUnlock': async ({ passphrase }) => done(await workspace.guest.letIn(passphrase)),
      'app.supportRelock': async () => done(support.isOpen ? undefined : await workspace.guest.leave()),
      'app.supportChallenge': async ({ card }) => ({ challenge: await support.challenge(card) }),
      'app.supportAnswer': async ({ challenge, answer }) => done(await support.answer(challenge, answer)),
      'app.signChallenge': async ({ challenge, passphrase }) => ({ answer: await support.sign(challenge, passphrase) }),
      'app.endSupport': async () => done(await support.end()),
      'app.notify': (notice) => ({ shown: notices.show(notice) }),
      'app.badge': ({ count }) => done(notices.badge(count)),
      'app.setTheme': ({ theme }) => done(window.setTheme(theme)),
      'app.setMenuKeys': ({ keys }) => done(setMenu(keys)),
      'app.setTextSize': ({ size }) => done(window.setTextSize(size)),
      'app.window': ({ act }) => {
        if (act === 'ready-to-close') window.close()
        else if (act === 'drawn') window.show()
        else if (act === 'quit') app.quit()
        else if (act === 'show-logs') void import('electron').then(({ shell }) => shell.openPath(logFile.dir))
        else window.act(act)
        return {}
      },
    },
    async (permission) => (await workspace.store.call('access.allowed', { permission })).allowed,
  )

  setMenu({})
  await policyRead
  let stopping = false
  let wantedAgain = false
  const started = workspace.start()
  const open = (): void => {
    if (stopping) wantedAgain = true
    else window.open()
  }
  app.on('second-instance', open)
  app.on('activate', open)
  app.on('window-all-closed', () => {
    // On macOS too: an inbox without its window would go on syncing unseen.
    app.quit()
  })

  watchForLock(workspace, policy, window, () => emit({ topic: 'command', name: 'lock' }))
  watchPower((onBattery) => workspace.powerChanged(onBattery))
  watchNetwork((online) => workspace.networkChanged(online))

  app.on('will-quit', (event) => {
    if (stopping) return
    stopping = true
    event.preventDefault()
    void workspace.stop().finally(() => {
      files.empty()
      log.info('stopped')
      // Somebody started it while it ended: that start left it to this one.
      if (wantedAgain) app.relaunch()
      // Everything is put away. An end as usual would wait for the thread that waits for the keychain.
      if (keys.keychainOwes) process.kill(process.pid, 'SIGKILL')
      app.exit(0)
    })
  })

  await started
}

/** Where policy is on this platform; another folder only in development, so that nobody unlocks a shipped build with a switch. */
function policyPlace(packaged: boolean, given: string | null): PolicyPlace {
  if (!packaged && given !== null) return policyFolder(given)
  return systemPolicies()
}

function done(_nothing: void): Record<string, never> {
  return {}
}

/** In development another Electron than the one the package names may serve (see build/electron.mjs). */
function isStandIn(): boolean {
  if (app.isPackaged) return false
  const wanted = z
    .object({ devDependencies: z.object({ electron: z.string() }) })
    .safeParse(JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')))
  return wanted.success && wanted.data.devDependencies.electron !== process.versions.electron
}

/** How long the window has to keep what is being written before a lock comes, in ms. */
const keepMs = 1500

/** Locks when nobody is there; the window keeps its draft first and locks itself, or is locked. */
function watchForLock(workspace: Workspace, policy: PolicyWatch, window: MainWindow, askWindow: () => void): void {
  const lock = (): void => {
    const before = workspace.keyActs.locks
    askWindow()
    setTimeout(() => {
      // The window has locked by itself, and somebody may have unlocked since.
      if (workspace.keyActs.locks === before)
        void workspace.keyActs.lock().catch((fault: unknown) => log.warn('not locked', { fault }))
    }, keepMs)
  }
  const clock = new CorrectedClock(0)
  const auto = new AutoLock({
    open: () => workspace.phase === 'ready' && workspace.keyActs.canLock,
    rules: async () => {
      return lockRules(Settings.parse(await workspace.store.call('settings.get', {})), policy.state.policy)
    },
    systemIdle: () => powerMonitor.getSystemIdleTime(),
    // Nobody keeps it open by setting the clock back; a sleep counts.
    now: () => clock.now(),
    lock,
  })
  const obey = (): void => {
    if (workspace.keyActs.mustLock) lock()
  }
  policy.onChange(obey)
  window.onHand(() => auto.handSeen())
  const quietly = (work: Promise<void>): void =>
    void work.catch((fault: unknown) => log.warn('lock was not looked at', { fault }))
  setInterval(() => {
    obey()
    quietly(auto.tick())
  }, 5000).unref()
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

/** On battery, background work goes slower. */
function watchPower(changed: (onBattery: boolean) => void): void {
  changed(powerMonitor.isOnBatteryPower())
  powerMonitor.on('on-battery', () => changed(true))
  powerMonitor.on('on-ac', () => changed(false))
}
