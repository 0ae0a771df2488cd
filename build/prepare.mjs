/**
 * Finds which Debian packages are missing and, as root, installs them without starting any service.
 * `node build/prepare.mjs [run] [servers] [bench]`; without root it prints the one line to type.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { PlainError, capture, isRoot, isScript, runMain } from './lib/machine.mjs'

/** Shared libraries without which Electron does not start at all. */
const LIBRARIES = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1', 'libxtst6', 'libsecret-1-0']

export const GROUPS = {
  run: [
    ...LIBRARIES,
    // A screen and a keychain for machines that have none.
    'xvfb',
    'xauth',
    'dbus',
    'dbus-x11',
    'gnome-keyring',
    // Glyphs for the languages that customers write in.
    'fonts-inter',
    'fonts-noto-core',
    'fonts-noto-cjk',
    'fonts-noto-color-emoji',
  ],
  // chromium stands for the person's own browser when a sign-in is tested, tcpdump sees what the network ledger must say.
  servers: ['dovecot-imapd', 'postfix', 'openssl', 'nats-server', 'chromium', 'iproute2', 'tcpdump'],
  bench: ['isync', 'maildir-utils', 'notmuch'],
}

/** Packages whose services Debian would start; only our private copies are wanted. */
const SERVICES = {
  'dovecot-imapd': ['dovecot.service', 'dovecot.socket'],
  postfix: ['postfix.service'],
  'nats-server': ['nats-server.service'],
}

/**
 * Makes sure that the packages of the groups are installed.
 * @param {(keyof typeof GROUPS)[]} groups
 * @param {{ librariesOnly?: boolean }} [options] librariesOnly: without root, only missing libraries are an error and
 *   the rest is a hint; a developer's desktop needs no second screen and may have another keychain
 * @throws {PlainError} naming the line to type
 */
export async function prepare(groups, { librariesOnly = false } = {}) {
  if (process.platform !== 'linux') return
  const wanted = [...new Set(groups.flatMap((group) => GROUPS[group]))]
  if (!fs.existsSync('/etc/debian_version')) return hintElsewhere(wanted)
  const missing = findMissing(wanted)
  if (missing.length === 0) return
  if (isRoot()) return installPackages(missing)
  const sentence = `Debian packages are missing; type: ${aptLine(missing)}`
  if (librariesOnly && !missing.some((name) => LIBRARIES.includes(name))) return console.error(`postern: ${sentence}`)
  throw new PlainError(sentence)
}

/** The exact line with which a person installs these packages. */
export function aptLine(packages) {
  const line = `sudo DEBIAN_FRONTEND=noninteractive apt-get install -y ${packages.join(' ')}`
  const services = packages.flatMap((name) => SERVICES[/** @type {keyof typeof SERVICES} */ (name)] ?? [])
  if (services.length === 0 || !fs.existsSync('/run/systemd/system')) return line
  return `${line} && sudo systemctl disable --now ${services.join(' ')}`
}

/**
 * @param {string[]} wanted
 * @returns {string[]} those that dpkg does not know as installed
 */
export function findMissing(wanted) {
  // Newer releases name some libraries with t64 at the end (64-bit time).
  const names = wanted.flatMap((name) => [name, `${name}t64`])
  const args = ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names]
  const { stdout } = spawnSync('dpkg-query', args, { encoding: 'utf8' })
  const installed = new Set(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return wanted.filter((name) => !installed.has(name) && !installed.has(`${name}t64`))
}

function hintElsewhere(wanted) {
  console.error(
    `postern: this is not Debian; should something be missing, Debian's names for it are: ${wanted.join(' ')}`,
  )
}

async function installPackages(missing) {
  console.error(`Installing Debian packages: ${missing.join(' ')} ...`)
  const allowServices = forbidServices()
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const wait = ['-o', 'DPkg::Lock::Timeout=300']
    // A failed update may only mean that another apt runs; the lists that are there may do.
    await capture('apt-get', ['update', '-q', ...wait], { env })
    const args = ['install', '-y', '-q', '--no-install-recommends', ...wait, ...missing]
    const apt = await capture('apt-get', args, { env })
    if (apt.code !== 0 || findMissing(missing).length > 0) {
      const reason = apt.out.trim().split('\n').slice(-3).join(' | ')
      throw new PlainError(`Installing Debian packages failed (${reason}); type: ${aptLine(missing)}`)
    }
    await disableServices(missing)
  } finally {
    allowServices()
  }
}

const POLICY = '/usr/sbin/policy-rc.d'
const SAVED = `${POLICY}.before-postern`
const MARK = '# Written by build/prepare.mjs of Postern for the length of one installation.'

/**
 * Debian's packages start their services when installed, unless this file says no (101).
 * @returns {() => void} puts things back as they were
 */
function forbidServices() {
  const restore = () => {
    if (fs.existsSync(POLICY) && fs.readFileSync(POLICY, 'utf8').includes(MARK)) fs.rmSync(POLICY)
    if (fs.existsSync(SAVED)) fs.renameSync(SAVED, POLICY)
    process.off('exit', restore)
  }
  restore() // an earlier run may have been killed half-way
  if (fs.existsSync(POLICY)) fs.renameSync(POLICY, SAVED)
  fs.writeFileSync(POLICY, `#!/bin/sh\n${MARK}\nexit 101\n`, { mode: 0o755 })
  process.on('exit', restore)
  return restore
}

/** Without this the system's own Dovecot and Postfix would come up at the next boot. */
async function disableServices(installed) {
  if (!fs.existsSync('/run/systemd/system')) return
  const services = installed.flatMap((name) => SERVICES[/** @type {keyof typeof SERVICES} */ (name)] ?? [])
  if (services.length > 0) await capture('systemctl', ['disable', '--now', ...services])
}

if (isScript(import.meta.url)) {
  runMain(async () => {
    const groups = /** @type {(keyof typeof GROUPS)[]} */ (process.argv.slice(2))
    const unknown = groups.find((group) => !(group in GROUPS))
    if (unknown) throw new PlainError(`There is no group "${unknown}"; groups are ${Object.keys(GROUPS).join(', ')}.`)
    await prepare(groups.length > 0 ? groups : ['run'])
  })
}
