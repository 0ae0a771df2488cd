/** A private D-Bus session with an unlocked gnome-keyring, so that tests never touch anybody's real keychain. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { requireProgram, startGuarded, tail, tempFolder, waitFor } from './process.mjs'

/**
 * @typedef {object} Keychain
 * @property {Record<string, string>} env to be added for child processes
 * @property {() => Promise<void>} kill ends the keyring but not the bus: the keychain is gone in mid-run
 * @property {() => Promise<void>} restore the keyring comes back with what it held
 * @property {() => Promise<() => void>} freeze it takes what it is asked and answers nothing, until the function that comes back is called
 * @property {() => Promise<void>} stop
 */

/**
 * @param {{ keyring?: boolean }} [options] keyring: false gives a bus without any keychain on it
 * @returns {Promise<Keychain>}
 */
export async function startKeychain({ keyring = true } = {}) {
  const busProgram = requireProgram('dbus-daemon', 'dbus')
  const keyringProgram = requireProgram('gnome-keyring-daemon', 'gnome-keyring')
  const dir = tempFolder('keychain')
  fs.chmodSync(dir, 0o700)
  const at = (/** @type {string} */ name) => path.join(dir, name)
  for (const name of ['data', 'config', 'runtime']) fs.mkdirSync(at(name), { mode: 0o700 })
  fs.writeFileSync(at('bus.conf'), busConfig(at('bus')))

  const bus = startGuarded([busProgram, '--nofork', '--nopidfile', '--config-file', at('bus.conf')], {
    logFile: at('bus.log'),
    folder: dir,
  })
  await waitFor(() => !bus.running() || fs.existsSync(at('bus')), { what: 'the D-Bus session' })
  if (!bus.running()) throw new Error(`D-Bus did not start: ${tail(at('bus.log'))}`)
  const env = {
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${at('bus')}`,
    // Keeps GTK from looking for services that this bus does not have, and from writing settings.
    NO_AT_BRIDGE: '1',
    GSETTINGS_BACKEND: 'memory',
    GNOME_KEYRING_CONTROL: '',
    // Electron picks the keychain by the desktop's name.
    XDG_CURRENT_DESKTOP: 'GNOME',
  }
  let daemon = keyring ? await startKeyring(keyringProgram, { at, env }) : undefined
  return {
    env,
    kill: async () => daemon?.kill(),
    restore: async () => {
      daemon = await startKeyring(keyringProgram, { at, env })
    },
    freeze: async () => {
      const pid = Number(/uint32 (\d+)/.exec(await askBus(env, whoServes))?.[1])
      process.kill(pid, 'SIGSTOP')
      return () => process.kill(pid, 'SIGCONT')
    },
    stop: async () => {
      await daemon?.kill()
      await bus.stop()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The password that unlocks it is read from standard input, which the guard keeps for itself: a shell gives it anew. */
async function startKeyring(program, { at, env }) {
  const command = `exec ${program} --foreground --unlock --components=secrets <<END\ntest\nEND\n`
  const daemon = startGuarded(['/bin/sh', '-c', command], {
    logFile: at('keyring.log'),
    env: {
      ...process.env,
      ...env,
      XDG_DATA_HOME: at('data'),
      XDG_CONFIG_HOME: at('config'),
      XDG_RUNTIME_DIR: at('runtime'),
    },
  })
  await waitFor(async () => !daemon.running() || (await ownsSecrets(env)), { what: 'gnome-keyring', every: 50 })
  if (!daemon.running()) throw new Error(`gnome-keyring did not start: ${tail(at('keyring.log'))}`)
  return daemon
}

/** Asks the bus whether somebody serves the keychain's well-known name, with its login keyring open. */
async function ownsSecrets(env) {
  const args = [
    '--dest=org.freedesktop.secrets',
    '/org/freedesktop/secrets/aliases/default',
    'org.freedesktop.DBus.Properties.Get',
    'string:org.freedesktop.Secret.Collection',
    'string:Locked',
  ]
  return (await askBus(env, args)).includes('boolean false')
}

/** The number of the process behind that name. */
const whoServes = [
  '--dest=org.freedesktop.DBus',
  '/',
  'org.freedesktop.DBus.GetConnectionUnixProcessID',
  'string:org.freedesktop.secrets',
]

/** @returns {Promise<string>} what came back; '' when nobody answers */
function askBus(env, args) {
  return new Promise((resolve) => {
    const child = spawn(requireProgram('dbus-send', 'dbus'), ['--session', '--print-reply', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let out = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.on('error', () => resolve(''))
    child.on('close', () => resolve(out))
  })
}

/** No folders with services: nothing of the real session is started through this bus. */
function busConfig(socket) {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`
}
