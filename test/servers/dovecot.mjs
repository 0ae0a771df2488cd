/** A private Dovecot on loopback with its own configuration, users and Maildirs: a real IMAP server for tests and demo. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {
  freePort,
  greets,
  isRoot,
  mailOwner,
  makeEnterable,
  requireProgram,
  startGuarded,
  tail,
  tempFolder,
  waitFor,
} from './process.mjs'

export { seedMaildir } from './maildir.mjs'

export const SPECIAL_FOLDERS = ['Sent', 'Drafts', 'Junk', 'Trash', 'Archive']

/**
 * @typedef {{ name: string, password: string }} MailUser
 * @typedef {object} DovecotOptions
 * @property {string} [dir] keeps mail, configuration and log; without it a temporary one that goes with the server
 * @property {MailUser[]} users
 * @property {number} [port] without it a free one
 * @property {{ cert: string, key: string, required?: boolean }} [tls] files in PEM; then STARTTLS is offered on `port`
 *   and implicit TLS on `tlsPort`; required: no login without TLS
 * @property {string} [config] lines added to the configuration
 *
 * @typedef {object} Dovecot
 * @property {string} host "127.0.0.1"
 * @property {number} port
 * @property {number | undefined} tlsPort
 * @property {string} dir
 * @property {string} logFile
 * @property {string} authSocket for Postfix's SASL
 * @property {(user: string) => string} maildirOf
 * @property {(user: MailUser) => Promise<void>} setUser adds a user or changes the password; takes a second
 * @property {(...args: string[]) => string} doveadm runs doveadm on this server and gives its output
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill as in a crash: all processes at once by SIGKILL
 * @property {() => Promise<void>} restart on the same ports with the same mail
 */

/**
 * @param {DovecotOptions} options
 * @returns {Promise<Dovecot>} once it greets on its port
 */
export async function startDovecot({ dir, users, port, tls, config = '' }) {
  const program = requireProgram('dovecot', 'dovecot-imapd')
  if (!fs.existsSync('/usr/lib/dovecot/imap')) requireProgram('dovecot-imap', 'dovecot-imapd')
  const own = dir ? undefined : tempFolder('dovecot')
  const home = dir ?? /** @type {string} */ (own)
  makeEnterable(home)
  // Sockets live in a short path of their own: a Unix socket's name ends at 108 bytes.
  const run = own ? path.join(own, 'run') : tempFolder('dovecot-run')
  makeEnterable(run)
  const owner = mailOwner()
  const mail = path.join(home, 'mail')
  fs.mkdirSync(mail, { recursive: true, mode: 0o755 })
  fs.chownSync(mail, owner.uid, owner.gid)
  const at = {
    configFile: path.join(home, 'dovecot.conf'),
    usersFile: path.join(home, 'users'),
    logFile: path.join(home, 'dovecot.log'),
    authSocket: path.join(run, 'auth-sasl'),
  }
  const passwords = new Map(users.map((user) => [user.name.toLowerCase(), user.password]))
  const writeUsers = () => {
    const lines = [...passwords].map(([name, password]) => `${name}:{PLAIN}${password}::::::\n`)
    fs.writeFileSync(at.usersFile, lines.join(''), { mode: 0o600 })
    if (isRoot) spawnSync('chown', ['dovecot', at.usersFile])
  }
  writeUsers()

  let server = /** @type {import('./process.mjs').Guarded | undefined} */ (undefined)
  let ports = { port: 0, tlsPort: /** @type {number | undefined} */ (undefined) }
  const launch = async () => {
    fs.writeFileSync(at.configFile, configText({ ...at, ...ports, run, mail, owner, tls, config }), { mode: 0o644 })
    server = startGuarded([program, '-F', '-c', at.configFile], { logFile: at.logFile, folder: own ?? run })
    await waitFor(async () => !server?.running() || (await greets(ports.port)), { what: 'Dovecot to greet' })
    if (!server.running()) throw new Error(`Dovecot did not start: ${tail(at.logFile)}`)
  }
  for (let tries = 1; ; tries += 1) {
    ports = { port: port ?? (await freePort()), tlsPort: tls ? await freePort() : undefined }
    try {
      await launch()
      break
    } catch (error) {
      // Somebody else may have taken a free port between the look and the start.
      const taken = /Address already in use/.test(tail(at.logFile, 30))
      if (!taken || port !== undefined || tries === 5) throw error
      fs.writeFileSync(at.logFile, '')
    }
  }

  const maildirOf = (/** @type {string} */ user) => path.join(mail, user.toLowerCase(), 'Maildir')
  return {
    host: '127.0.0.1',
    ...ports,
    dir: home,
    logFile: at.logFile,
    authSocket: at.authSocket,
    maildirOf,
    setUser: async (user) => {
      passwords.set(user.name.toLowerCase(), user.password)
      writeUsers()
      // Dovecot looks at the file once in a second.
      await new Promise((resolve) => setTimeout(resolve, 1100))
    },
    doveadm: (...args) => {
      const result = spawnSync(requireProgram('doveadm', 'dovecot-core'), ['-c', at.configFile, ...args], {
        encoding: 'utf8',
      })
      if (result.status !== 0) throw new Error(`doveadm ${args.join(' ')}: ${result.stderr || result.stdout}`)
      return result.stdout
    },
    stop: async () => {
      await server?.stop()
      fs.rmSync(run, { recursive: true, force: true })
      if (own) fs.rmSync(own, { recursive: true, force: true })
    },
    kill: async () => server?.kill(),
    restart: async () => {
      await server?.pause()
      await launch()
    },
  }
}

function configText({ port, tlsPort, run, mail, owner, tls, config, usersFile, logFile, authSocket }) {
  const me = os.userInfo().username
  // Without root nothing can change user or be locked into a folder.
  const rootless = ['anvil', 'imap-login', 'stats', 'director', 'old-stats']
    .map((service) => `service ${service} {\n  chroot =\n}`)
    .join('\n')
  return `
base_dir = ${run}
state_dir = ${run}/state
log_path = ${logFile}
protocols = imap
listen = 127.0.0.1
default_internal_user = ${isRoot ? 'dovecot' : me}
default_internal_group = ${isRoot ? 'dovecot' : owner.group}
default_login_user = ${isRoot ? 'dovenull' : me}
${isRoot ? '' : rootless}
first_valid_uid = 1
mail_uid = ${owner.uid}
mail_gid = ${owner.gid}
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
ssl = ${tls ? (tls.required ? 'required' : 'yes') : 'no'}
${tls ? `ssl_cert = <${tls.cert}\nssl_key = <${tls.key}` : ''}
disable_plaintext_auth = no
auth_mechanisms = plain login
# A wrong password is answered at once; Dovecot would make the next tries wait longer and longer.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}

passdb {
  driver = passwd-file
  args = ${usersFile}
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${mail}/%Lu
}
service auth {
  unix_listener ${authSocket} {
    mode = 0666
  }
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = ${tlsPort ?? 0}
    ssl = yes
  }
}
namespace inbox {
  inbox = yes
  separator = /
${SPECIAL_FOLDERS.map((name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`).join('\n')}
}
${config}
`
}
