import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, Menu, session as sessions } from 'electron'
import { logger, setLogSink } from '../shared/log'
import { commandOf } from './command'
import { lastSeenFile, takeFile } from './files'
import { forkService } from './fork'
import { lockDown } from './lock-down'
import { openLogFile } from './log-file'
import { readPages, registerSchemes, servePages } from './protocol'
import { commandLine, refuseUnsafeSwitches } from './switches'
import { MainWindow } from './window'

/**
 * The entry of the program. It does what must be done before Electron is ready, then starts the two processes that take
 * longest to come up, the window's and the store's, and only then loads the rest of app (`index.ts`) while they start.
 * So nothing that is imported here may be heavy: no schemas, no native modules.
 */
const log = logger('app')
const options = commandLine(process.argv)
const devServer = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']

refuseUnsafeSwitches(app.isPackaged, (name) => app.commandLine.hasSwitch(name))
app.setName('Postern')
if (process.platform === 'win32') app.setAppUserModelId('org.postern.desk')
app.setPath('userData', options.userDataDir ?? join(app.getPath('appData'), 'Postern'))
const profile = app.getPath('userData')
mkdirSync(profile, { recursive: true, mode: 0o700 })

// Said before Electron makes a menu of its own and puts it into the window, which takes a start longer than loading app.
if (process.platform !== 'darwin') Menu.setApplicationMenu(null)

// Chromium itself has no business on the network: mail's process is the only one that connects. No name resolves,
// so no prefetch, no update check and no leak of a mail can leave, whatever else fails (R12).
app.commandLine.appendSwitch(
  'host-resolver-rules',
  devServer === undefined ? 'MAP * ~NOTFOUND' : 'MAP * ~NOTFOUND, EXCLUDE localhost',
)
app.commandLine.appendSwitch('disable-background-networking')
app.commandLine.appendSwitch('disable-component-update')
app.commandLine.appendSwitch('no-pings')
app.commandLine.appendSwitch('disable-features', 'MediaRouter,OptimizationHints,Translate,AutofillServerCommunication')
// Scrollbars lie over the panes on every system and take no width. Chromium's network service, which only hands out our own
// files, is no process of its own: it would take a tenth of a start and 15 MiB for as long as the program runs.
// Chromium's allocator, which SQLite, zstd and V8 have their memory from, keeps 128 instead of 16 of the runs of pages that were
// freed: at work each was given back to the system and taken again a moment later, a tenth of a sync's processor time.
app.commandLine.appendSwitch(
  'enable-features',
  'OverlayScrollbar,NetworkServiceInProcess2,PartitionAllocLargeEmptySlotSpanRing',
)
registerSchemes()

const asked = commandOf(process.argv)
if (asked) {
  void runAsked(asked)
} else if (!app.requestSingleInstanceLock()) {
  // The first instance brings its window to the front (R52).
  app.exit(0)
} else {
  const logFile = openLogFile(profile)
  setLogSink((line) => logFile.write('app', line))
  process.on('uncaughtException', (fault) => log.error('uncaught', { fault }))
  process.on('unhandledRejection', (fault) => log.error('unhandled rejection', { fault }))
  void start(logFile).catch((fault: unknown) => {
    log.error('start failed', { fault })
    app.exit(1)
  })
}

/** No window and no lock: a command may run beside the program. */
async function runAsked({ command, rest }: NonNullable<ReturnType<typeof commandOf>>): Promise<void> {
  app.disableHardwareAcceleration()
  if (lacksScreen(process.argv)) {
    const { spawnSync } = await import('node:child_process')
    const again = ['--ozone-platform=headless', ...process.argv.slice(1)]
    process.exit(spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 2)
  }
  const { runCommand, systemTerminal } = await import('./cli')
  app.exit(await runCommand(command, rest, systemTerminal(profile, app.getVersion())))
}

/** A command needs no screen, but Chromium ends without one unless it was told when the process began. */
function lacksScreen(argv: readonly string[]): boolean {
  const { DISPLAY: x11, WAYLAND_DISPLAY: wayland } = process.env
  return process.platform === 'linux' && !x11 && !wayland && !argv.some((one) => one.startsWith('--ozone-platform'))
}

async function start(logFile: ReturnType<typeof openLogFile>): Promise<void> {
  const pages = readPages(join(import.meta.dirname, '../renderer'))
  // Removed whatever comes of it: only a clean end leaves one, of the very store that the next start finds.
  const seen = takeFile(lastSeenFile(profile))
  await app.whenReady()
  // With something to draw at once, the store's process comes up behind it.
  const store = seen ? null : forkService('store')
  const session = sessions.defaultSession
  lockDown(session)
  // No page is answered before app can hear what it asks.
  const { promise: listening, resolve: listen } = Promise.withResolvers<void>()
  servePages(
    session,
    listening.then(() => pages),
    devServer,
  )
  const window = new MainWindow(profile, session, join(import.meta.dirname, '../preload/index.cjs'))
  window.open()
  // Electron brings both processes up from this thread: loading the rest first would hold them up by as long as it takes.
  if (store) await spawned(store)
  // The keychain takes its time: it is asked before the rest is loaded.
  const { Keys } = await import('./keys')
  const keys = new Keys(profile)
  const found = keys.find()
  const { run } = await import('./index')
  const started = run({ profile, options, logFile, window, session, store, seen, keys, found })
  listen()
  await started
}

/** Resolves once the process runs, or failed to start: then its supervisor, which is loaded next, starts another. */
async function spawned(child: ReturnType<typeof forkService>): Promise<void> {
  await new Promise<void>((resolve) => {
    child.once('spawn', resolve)
    child.once('exit', () => resolve())
  })
}
