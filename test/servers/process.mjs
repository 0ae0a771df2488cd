/** Starting server programs so that none outlives the program that started it, and the small things all of them need. */
import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const guard = fileURLToPath(new URL('guard.sh', import.meta.url))

/**
 * @typedef {object} Guarded
 * @property {Promise<number>} exited exit code, once the server and its helpers are gone
 * @property {() => boolean} running
 * @property {() => Promise<void>} stop ends it politely, after five seconds by force, and removes its folder
 * @property {() => Promise<void>} pause ends it politely and keeps its folder
 * @property {() => Promise<void>} kill ends it as a crash would
 */

/**
 * Starts a command that ends when this process ends, even by kill -9; it does not keep this process alive either.
 * @param {string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, logFile: string, folder?: string,
 *   onOutput?: (text: string) => void }} options folder: removed by stop and when this process vanishes; onOutput: gets
 *   what it prints, instead of the log
 * @returns {Guarded}
 */
export function startGuarded(command, { env, cwd, logFile, folder = '', onOutput }) {
  const log = fs.openSync(logFile, 'a')
  const child = spawn('/bin/sh', [guard, folder, ...command], {
    env: env ?? process.env,
    cwd,
    // Its own session: Ctrl-C in the terminal reaches us first, and we decide.
    detached: true,
    stdio: ['pipe', onOutput ? 'pipe' : log, log],
  })
  fs.closeSync(log)
  let running = true
  const exited = new Promise((resolve) => {
    child.once('error', () => resolve(127))
    child.once('exit', (code) => resolve(code ?? 1))
  }).then((code) => {
    running = false
    child.stdin?.destroy()
    return /** @type {number} */ (code)
  })
  child.stdin?.on('error', () => {})
  child.stdout?.on('data', (chunk) => onOutput?.(String(chunk)))
  child.unref()
  for (const stream of [child.stdin, child.stdout]) /** @type {net.Socket | null} */ (stream)?.unref()
  return {
    exited,
    running: () => running,
    stop: async () => {
      child.stdin?.destroy()
      await keepAlive(exited)
    },
    pause: async () => {
      if (running) child.kill('SIGTERM')
      await keepAlive(exited)
    },
    kill: async () => {
      if (running) child.kill('SIGUSR2')
      await keepAlive(exited)
    },
  }
}

/** The child is unreferenced, so without a timer Node might end while we wait for it. */
async function keepAlive(promise) {
  const timer = setInterval(() => {}, 1000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}

/** Ports this process has named already: a server may take a while until it listens on its own. */
const named = new Set()

/**
 * Lies below the ports that the system gives to outgoing connections (from 32768 on Linux): between the look and the
 * server's start one of those would go to whatever connects next, and a test would then speak with a stranger.
 * @returns {Promise<number>} a port on 127.0.0.1 that nobody uses at this moment, each time another one
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    if (!named.has(port) && (await canListen(port))) {
      named.add(port)
      return port
    }
  }
}

/** @returns {Promise<boolean>} */
function canListen(/** @type {number} */ port) {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/**
 * Waits until `check` gives something true.
 * @template T
 * @param {() => T | Promise<T>} check
 * @param {{ ms?: number, every?: number, what?: string | (() => string) }} [options]
 * @returns {Promise<NonNullable<T>>}
 */
export async function waitFor(check, { ms = 60_000, every = 20, what = 'something' } = {}) {
  const end = Date.now() + ms
  for (;;) {
    const result = await check()
    if (result) return /** @type {NonNullable<T>} */ (result)
    if (Date.now() > end) {
      throw new Error(`Waited ${ms} ms in vain for ${typeof what === 'string' ? what : what()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}

/**
 * Waits for a server's greeting.
 * @param {number | string} at a port on 127.0.0.1, or the file of a socket
 * @param {{ hello?: Uint8Array, isGreeting?: (answer: Uint8Array) => boolean, ms?: number }} [options] hello: what is said
 *   to servers that do not speak first
 * @returns {Promise<boolean>} whether one came within `ms`
 */
export function greets(at, { hello, isGreeting = () => true, ms = 500 } = {}) {
  return new Promise((resolve) => {
    const socket = typeof at === 'string' ? net.connect(at) : net.connect(at, '127.0.0.1')
    const done = (/** @type {boolean} */ value) => {
      socket.destroy()
      resolve(value)
    }
    socket.setTimeout(ms, () => done(false))
    if (hello) socket.once('connect', () => socket.write(hello))
    socket.once('data', (answer) => done(isGreeting(answer)))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
  })
}

/** Full path of a program, looked up where Debian keeps servers too. */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin']
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file))
}

/** @throws {Error} with the line to type when the program is missing */
export function requireProgram(name, debianPackage) {
  const file = findProgram(name)
  if (!file) throw new Error(`${name} is not installed; type: sudo apt-get install -y ${debianPackage}`)
  return file
}

/** @returns {string} a new folder under the system's temporary one that other system users may enter */
export function tempFolder(prefix) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `postern-${prefix}-`))
  fs.chmodSync(dir, 0o711)
  return dir
}

/** Servers run as their own users: lets them pass through `dir`, and says which parent keeps them out. */
export function makeEnterable(dir) {
  fs.mkdirSync(dir, { recursive: true })
  if (!isRoot) return
  fs.chmodSync(dir, fs.statSync(dir).mode | 0o011)
  for (let at = path.resolve(dir); at !== '/'; at = path.dirname(at)) {
    if ((fs.statSync(at).mode & 0o001) === 0) {
      throw new Error(
        `Mail servers run as users of their own and cannot enter ${at}; use a folder under ${os.tmpdir()}`,
      )
    }
  }
}

export const isRoot = process.getuid?.() === 0

/** The system user who owns mail when run as root (Dovecot refuses uid 0); otherwise whoever runs this. */
export function mailOwner() {
  const id = (/** @type {string} */ flag) =>
    spawnSync('id', isRoot ? [flag, 'nobody'] : [flag], { encoding: 'utf8' }).stdout.trim()
  return { uid: Number(id('-u')), gid: Number(id('-g')), user: id('-un'), group: id('-gn') }
}

/** Last lines of a log file, for error messages. */
export function tail(file, lines = 8) {
  try {
    return fs.readFileSync(file, 'utf8').trim().split('\n').slice(-lines).join('\n')
  } catch {
    return '(no log)'
  }
}
