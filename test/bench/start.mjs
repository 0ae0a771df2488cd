/**
 * bench:start. Start of a profile with N messages to a painted inbox, and its memory at rest, beside an empty Electron window
 * of the same binary in the same run. Both are watched from outside, in the screen's own framebuffer.
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { appEnv, electronArgs } from '../../build/lib/app.mjs'
import { root } from '../../build/lib/machine.mjs'
import { startDovecot } from '../servers/dovecot.mjs'
import { ensureDisplay } from '../servers/display.mjs'
import { fill } from './mailbox.mjs'
import { figure, median, pssByProcess, pssMiB, screenWatcher, seconds, sleep } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilSynced } from './program.mjs'

export default async function benchStart({ electron, env, count = 20_000, rounds = 5 }) {
  const dovecot = await startDovecot({ users: [{ name: 'support', password: 'pw' }] })
  const profile = newProfile()
  const emptyApp = emptyWindow()
  const frames = newProfile()
  const display = await ensureDisplay({ always: true, framebufferDir: frames })
  const screen = screenWatcher(path.join(frames, 'Xvfb_screen0'), { columns: 500 })
  try {
    fill(dovecot.maildirOf('support'), count)
    const desk = await startProgram({ electron, env, profile })
    await desk.call('app.addMailbox', { settings: mailboxSettings('support', dovecot.port), password: 'pw' })
    await untilSynced(desk.call, count)
    // Long enough that everything has come to rest and given back what it took.
    await sleep(25_000)
    const afterSync = pssMiB(desk.app.process().pid)
    console.log(
      `after the sync: ${afterSync.toFixed(0)} MiB: ${pssByProcess(desk.app.process().pid)
        .map(({ kind, mib }) => `${kind} ${mib.toFixed(0)}`)
        .join(', ')}`,
    )
    await desk.close()

    const watched = appEnv({ ...env, ...display.env })
    const empty = { start: [], memory: [] }
    const postern = { start: [], memory: [] }
    for (let round = 0; round <= rounds; round += 1) {
      const one = await watch(
        electron.path,
        [...electronArgs(), emptyApp, `--user-data-dir=${newProfile()}`],
        watched,
        screen,
      )
      const other = await watch(electron.path, [...electronArgs(), root, `--user-data-dir=${profile}`], watched, screen)
      if (round === 0) continue // Warms the disk cache for both.
      empty.start.push(one.appeared)
      empty.memory.push(one.memory)
      postern.start.push(other.rest)
      postern.memory.push(other.memory)
      console.log(
        `round ${round}: empty window ${seconds(one.appeared)}, ${one.memory.toFixed(0)} MiB; Postern painted ${seconds(other.rest)} (window ${seconds(other.appeared)}), ${other.memory.toFixed(0)} MiB: ${other.byProcess}`,
      )
    }
    figure('start.vs-empty-window', median(postern.start) / median(empty.start), 'x')
    figure('memory.after-sync-vs-empty-window', afterSync / median(empty.memory), 'x')
    figure('memory.vs-empty-window', median(postern.memory) / median(empty.memory), 'x')
  } finally {
    await display.stop()
    await dovecot.stop()
    for (const dir of [profile, emptyApp, frames]) fs.rmSync(dir, { recursive: true, force: true })
  }
}

async function watch(electron, args, env, screen) {
  const before = screen.read()
  const t0 = Date.now()
  const child = spawn(electron, args, { env, stdio: 'ignore' })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  try {
    const { appeared, rest } = await screen.settle(before, t0)
    await sleep(8000)
    return {
      appeared,
      rest,
      memory: pssMiB(child.pid),
      byProcess: pssByProcess(child.pid)
        .map(({ kind, mib }) => `${kind} ${mib.toFixed(0)}`)
        .join(', '),
    }
  } finally {
    child.kill('SIGTERM')
    await Promise.race([gone, sleep(8000).then(() => child.kill('SIGKILL'))])
    await sleep(300)
  }
}

/** The smallest sensible program: one sandboxed window with a heading. */
function emptyWindow() {
  const dir = newProfile()
  fs.writeFileSync(path.join(dir, 'package.json'), '{"name":"empty-window","version":"1.0.0","main":"main.cjs"}')
  fs.writeFileSync(
    path.join(dir, 'index.html'),
    '<!doctype html><meta charset=utf-8><title>empty</title><style>body{background:#e8f0ff}</style><h1>Empty</h1>',
  )
  fs.writeFileSync(
    path.join(dir, 'main.cjs'),
    `
const { app, BrowserWindow } = require('electron')
const dir = process.argv.find((a) => a.startsWith('--user-data-dir='))
if (dir) app.setPath('userData', dir.slice(16))
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, show: false, webPreferences: { sandbox: true, contextIsolation: true } })
  window.once('ready-to-show', () => window.show())
  window.loadFile(__dirname + '/index.html')
})
app.on('window-all-closed', () => app.quit())
`,
  )
  return dir
}
