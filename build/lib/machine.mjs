/**
 * What every build script needs to know of the machine: where the repository and the user's cache are,
 * whether Node and node_modules fit, and how to end with one sentence instead of a stack trace.
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** An error whose message is meant for the person at the keyboard: printed alone, without a stack. */
export class PlainError extends Error {}

/**
 * Runs the main function of a script; a PlainError ends it with its sentence and exit code 1.
 * @param {() => Promise<number | void>} main its number becomes the exit code
 */
export function runMain(main) {
  main().then(
    (code) => {
      process.exitCode = code ?? 0
    },
    (error) => {
      console.error(error instanceof PlainError ? `postern: ${error.message}` : error)
      process.exitCode = 1
    },
  )
}

/** Whether the file `url` (import.meta.url) is the script that Node was started with. */
export function isScript(url) {
  const script = process.argv[1]
  return script !== undefined && fs.existsSync(script) && fs.realpathSync(script) === fileURLToPath(url)
}

/** @returns {any} package.json of the repository */
export function readPackage() {
  return JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
}

/** The folder of this user for things that can be made again; created when missing. */
export function cacheDir() {
  const home = os.homedir()
  let base = process.env.XDG_CACHE_HOME || path.join(home, '.cache')
  if (process.platform === 'darwin') base = path.join(home, 'Library', 'Caches')
  if (process.platform === 'win32') base = process.env.LOCALAPPDATA || path.join(home, 'AppData', 'Local')
  const dir = path.join(base, 'postern')
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 })
  return dir
}

export const isRoot = () => process.getuid?.() === 0

/** Whether windows can be shown here. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/** Throws a PlainError where Node, node_modules or the database's binary do not fit. */
export function checkMachine() {
  checkNode(process.versions.node)
  checkModules(root, readPackage())
  checkDatabaseBinary(root)
}

/** @param {string} version */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new PlainError(`Postern needs Node 20.19 or newer, and this is Node ${version}.`)
  }
}

/**
 * @param {string} dir the repository
 * @param {{ dependencies: Record<string, string>, devDependencies: Record<string, string> }} pkg
 */
export function checkModules(dir, pkg) {
  const modules = path.join(dir, 'node_modules')
  if (!fs.existsSync(modules)) throw new PlainError('The npm packages are not installed yet; type: npm ci')
  for (const [name, wanted] of Object.entries({ ...pkg.dependencies, ...pkg.devDependencies })) {
    const file = path.join(modules, name, 'package.json')
    if (!fs.existsSync(file)) throw new PlainError(`The npm package ${name} is missing; type: npm ci`)
    const found = JSON.parse(fs.readFileSync(file, 'utf8')).version
    const exact = wanted.slice(wanted.lastIndexOf('@') + 1)
    if (found !== exact) {
      throw new PlainError(`The npm package ${name} is ${found} but package.json says ${exact}; type: npm ci`)
    }
  }
}

/**
 * @param {string} dir the repository
 * @param {string} [platform]
 * @param {string} [arch]
 */
export function checkDatabaseBinary(dir, platform = process.platform, arch = process.arch) {
  // The same naming as the package's own loader: musl has binaries apart.
  const report = /** @type {any} */ (process.report?.getReport())
  const musl = platform === 'linux' && process.platform === 'linux' && !report?.header?.glibcVersionRuntime
  const name = `${platform}${musl ? 'musl' : ''}-${arch}.node`
  const folder = path.join(dir, 'node_modules', 'better-sqlite3-multiple-ciphers', 'prebuilds')
  if (!fs.existsSync(path.join(folder, name))) {
    throw new PlainError(
      `The database package better-sqlite3-multiple-ciphers brings no binary for this machine (${name}); ` +
        'if npm ci does not put it there, this platform is not supported.',
    )
  }
}

/**
 * Runs a command with the terminal's own input and output. A polite kill of this script goes on to the command; Ctrl-C
 * reaches it from the terminal anyway.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} exit code (1 when ended by a signal or not startable)
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
    process.on('SIGTERM', forward).on('SIGHUP', forward)
    const done = (/** @type {number} */ code) => {
      process.off('SIGTERM', forward).off('SIGHUP', forward)
      resolve(code)
    }
    child.on('error', (error) => {
      console.error(`postern: ${path.basename(command)} could not be started: ${error.message}`)
      done(1)
    })
    child.on('exit', (code) => done(code ?? 1))
  })
}

/**
 * Runs a command quietly and hands back what it said.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, out: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    child.stdout?.on('data', (chunk) => (out += chunk))
    child.stderr?.on('data', (chunk) => (out += chunk))
    child.on('error', (error) => resolve({ code: 127, out: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, out }))
  })
}

/** Path of a script inside node_modules, to be run with this very Node. */
export const moduleFile = (...parts) => path.join(root, 'node_modules', ...parts)

/**
 * Calls `end` once when this process ends by Ctrl-C or a polite kill, then ends it.
 * @param {() => Promise<void>} end
 */
export function onInterrupt(end) {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.once(signal, () => {
      void end().finally(() => process.exit(code))
    })
  }
}
