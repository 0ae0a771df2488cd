/**
 * bench:start. Start of a profile with N messages to a painted inbox, and to the store's first answer, and its memory after the sync and after a start, beside
 * an empty Electron window of the same binary in the same run. All are started alike and watched from outside: the picture in
 * the screen's own framebuffer, the memory in /proc. Nothing is attached to them.
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { appEnv, electronArgs } from '../../build/lib/app.mjs'
import { root } from '../../build/lib/machine.mjs'
import { startDovecot } from '../servers/dovecot.mjs'
import { ensureDisplay } from '../servers/display.mjs'
import { fill } from './mailbox.mjs'
import { cpuByProcess, figure, median, pssByProcess, pssMiB, screenWatcher, seconds, sleep } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilSynced } from './program.mjs'

/** Memory is looked at in so many of the rounds, since each look takes `restMs`. */
const memoryRounds = 3
const restMs = 8000
/** Starts that are watched until the store answers, by the program's log: it writes more then, so they count for nothing else. */
const answeringRounds = 3

export default async function benchStart({ electron, env, count = 20_000, rounds = 7 }) {
  const dovecot = await startDovecot({ users: [{ name: 'support', password: 'pw' }] })
  const profile = newProfile()
  const emptyApp = emptyWindow()
  const frames = newProfile()
  const display = await ensureDisplay({ always: true, framebufferDir: frames })
  const screen = screenWatcher(path.join(frames, 'Xvfb_screen0'), { columns: 500 })
  const watched = appEnv({ ...env, ...display.env })
  const begin = (app, dir, args = [], more = {}) =>
    started(electron.path, [...electronArgs(), app, `--user-data-dir=${dir}`, ...args], { ...watched, ...more })
  try {
    fill(dovecot.maildirOf('support'), count)
    const provision = path.join(frames, 'provision.json')
    const mailbox = { ...mailboxSettings('support', dovecot.port), password: 'pw' }
    fs.writeFileSync(provision, JSON.stringify({ version: 1, mailboxes: [mailbox] }))
    const first = begin(root, profile, [`--provision=${provision}`])
    await untilQuiet(first.pid)
    // Long enough that everything has given back what it took, the page too, whose memory Chromium looks after.
    await sleep(30_000)
    const afterSync = memoryOf(first.pid)
    console.log(`after the sync: ${afterSync.said}`)
    await first.end()
    const desk = await startProgram({ electron, env: watched, profile })
    console.log(`${await untilSynced(desk.call, count, { limit: 10_000 })} messages are in the profile`)
    await desk.close()

    const empty = { start: [], memory: [] }
    const postern = { start: [], memory: [] }
    for (let round = 0; round <= rounds; round += 1) {
      const withMemory = round > rounds - memoryRounds
      const one = await watch(() => begin(emptyApp, newProfile()), screen, withMemory)
      const other = await watch(() => begin(root, profile), screen, withMemory)
      if (round === 0) continue // Warms the disk cache for both.
      empty.start.push(one.appeared)
      postern.start.push(other.rest)
      console.log(
        `round ${round}: empty window ${seconds(one.appeared)}; Postern painted ${seconds(other.rest)} (window ${seconds(other.appeared)})`,
      )
      if (!withMemory) continue
      empty.memory.push(one.memory.mib)
      postern.memory.push(other.memory.mib)
      console.log(`  empty window ${one.memory.said}\n  Postern ${other.memory.said}`)
    }
    const answered = []
    for (let round = 0; round < answeringRounds; round += 1)
      answered.push(await answering(() => begin(root, profile, [], { POSTERN_LOG: 'debug' }), profile))
    console.log(`the store answers the window after ${answered.map(seconds).join(', ')}`)
    figure('start.vs-empty-window', median(postern.start) / median(empty.start), 'x')
    figure('start.answering-vs-empty-window', median(answered) / median(empty.start), 'x')
    figure('memory.after-sync-vs-empty-window', afterSync.mib / median(empty.memory), 'x')
    figure('memory.vs-empty-window', median(postern.memory) / median(empty.memory), 'x')
  } finally {
    await display.stop()
    await dovecot.stop()
    for (const dir of [profile, emptyApp, frames]) fs.rmSync(dir, { recursive: true, force: true })
  }
}

/** A program on its way up; `end` asks it to end and answers when it is gone. */
function started(electron, args, env) {
  const child = spawn(electron, args, { env, stdio: 'ignore' })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  return {
    pid: child.pid,
    end: async () => {
      child.kill('SIGTERM')
      await Promise.race([gone, sleep(8000).then(() => child.kill('SIGKILL'))])
      await sleep(300)
    },
  }
}

/** Waits until a program that had much to do has done next to nothing for 4 s. */
async function untilQuiet(pid, { limit = 300_000 } = {}) {
  const end = Date.now() + limit
  for (let quiet = 0, last = cpuByProcess(pid); quiet < 2;) {
    if (Date.now() > end) throw new Error('the program does not come to rest')
    await sleep(2000)
    const worked = cpuByProcess(pid, last).reduce((sum, { cpu }) => sum + cpu, 0)
    quiet = worked < 0.2 ? quiet + 1 : 0
    last = cpuByProcess(pid)
  }
}

function memoryOf(pid) {
  const mib = pssMiB(pid)
  const each = pssByProcess(pid).map((one) => `${one.kind} ${one.mib.toFixed(0)}`)
  return { mib, said: `${mib.toFixed(0)} MiB: ${each.join(', ')}` }
}

async function watch(start, screen, withMemory) {
  const before = screen.read()
  const t0 = Date.now()
  const program = start()
  try {
    const { appeared, rest } = await screen.settle(before, t0)
    if (withMemory) await sleep(restMs)
    return { appeared, rest, memory: withMemory ? memoryOf(program.pid) : null }
  } finally {
    await program.end()
  }
}

/** ms from the start until the store has answered the window's first call; what the window shows before that it was handed by the last end. */
async function answering(start, profile) {
  const t0 = Date.now()
  const program = start()
  try {
    for (;;) {
      await sleep(100)
      if (Date.now() - t0 > 40_000) throw new Error('the store does not answer')
      const log = fs.readFileSync(path.join(profile, 'logs/postern.log'), 'utf8')
      const calls = [...log.matchAll(/^{"at":"([^"]+)".*"message":"call"/gm)].map(([, at]) => Date.parse(at))
      const first = calls.find((at) => at >= t0)
      if (first !== undefined) {
        // Ended in its first second the program has work under way that keeps its end from being a usual one.
        await sleep(2000)
        return first - t0
      }
    }
  } finally {
    await program.end()
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
