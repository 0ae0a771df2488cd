/**
 * A private Postfix on loopback: accepts mail for anybody, sends none anywhere, and keeps all of it for the test to read.
 * Postfix can only run as root; without root `startSmtpSink` of smtp-sink.mjs is the small replacement.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { deliveryMethods } from './deliveries.mjs'
import { makeFolder } from './maildir.mjs'
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

const deliverScript = fileURLToPath(new URL('deliver.sh', import.meta.url))

/**
 * @typedef {object} PostfixOptions
 * @property {string} [dir] keeps configuration, queue, log and deliveries; without it a temporary one that goes with it
 * @property {number} [port] without it a free one
 * @property {{ dovecotAuthSocket: string }} [sasl] Dovecot's `authSocket`; then only logged-in clients may send
 * @property {Record<string, string>} [deliverTo] address -> Maildir (Dovecot's `maildirOf(user)`) that gets a copy
 * @property {{ cert: string, key: string, required?: boolean }} [tls] STARTTLS on `port`, implicit TLS on `tlsPort`;
 *   required: nothing else than STARTTLS on `port`
 * @property {Record<string, string>} [settings] lines for main.cf, such as { smtpd_recipient_limit: '1000' }
 *
 * @typedef {object} PostfixServer
 * @property {string} host "127.0.0.1"
 * @property {number} port
 * @property {number | undefined} tlsPort
 * @property {string} dir
 * @property {string} logFile
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill as in a crash: all processes at once by SIGKILL; the queue stays
 * @property {() => Promise<void>} restart on the same ports with the same queue and deliveries
 * @typedef {PostfixServer & import('./deliveries.mjs').DeliveryMethods} Postfix
 */

/** Whether a private Postfix can run here; otherwise startPostfix throws. */
export const canRunPostfix = () => isRoot && fs.existsSync('/usr/sbin/postconf')

/**
 * @param {PostfixOptions} [options]
 * @returns {Promise<Postfix>} once it greets on its port
 */
export async function startPostfix({ dir, port, sasl, deliverTo = {}, tls, settings = {} } = {}) {
  const postconf = requireProgram('postconf', 'postfix')
  if (!isRoot) throw new Error('Postfix can only be started by root; use startSmtpSink, or run this as root.')
  const own = dir ? undefined : tempFolder('postfix')
  const home = dir ?? /** @type {string} */ (own)
  makeEnterable(home)
  const owner = mailOwner()
  const at = {
    config: path.join(home, 'etc'),
    queue: path.join(home, 'queue'),
    data: path.join(home, 'data'),
    deliveries: path.join(home, 'deliveries'),
    logFile: path.join(home, 'postfix.log'),
  }
  makeFolders(at, owner)
  const lines = Object.entries(deliverTo).map(([address, maildir]) => {
    makeFolder(maildir, 'INBOX', owner)
    return `${address.toLowerCase()} ${maildir}\n`
  })
  fs.writeFileSync(path.join(at.deliveries, 'local'), lines.join(''), { mode: 0o644 })
  const programs = spawnSync(postconf, ['-d', '-h', 'daemon_directory'], { encoding: 'utf8' }).stdout.trim()

  let server = /** @type {import('./process.mjs').Guarded | undefined} */ (undefined)
  let ports = { port: 0, tlsPort: /** @type {number | undefined} */ (undefined) }
  const launch = async () => {
    writeConfig({ ...at, ...ports, programs, owner, sasl, tls, settings })
    // -d: no session of its own, so that the guard's group holds all of it.
    server = startGuarded([path.join(programs, 'master'), '-c', at.config, '-d'], {
      logFile: path.join(home, 'master.log'),
      folder: own,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', MAIL_CONFIG: at.config, LANG: 'C' },
    })
    await waitFor(async () => !server?.running() || (await greets(ports.port)), { what: 'Postfix to greet' })
    if (!server.running())
      throw new Error(`Postfix did not start: ${tail(at.logFile)}\n${tail(path.join(home, 'master.log'))}`)
  }
  for (let tries = 1; ; tries += 1) {
    ports = { port: port ?? (await freePort()), tlsPort: tls ? await freePort() : undefined }
    try {
      await launch()
      break
    } catch (error) {
      const taken = /Address already in use/.test(String(error))
      if (!taken || port !== undefined || tries === 5) throw error
    }
  }

  return {
    host: '127.0.0.1',
    ...ports,
    dir: home,
    logFile: at.logFile,
    ...deliveryMethods(at.deliveries),
    stop: async () => {
      await server?.stop()
      if (own) fs.rmSync(own, { recursive: true, force: true })
    },
    kill: async () => server?.kill(),
    restart: async () => {
      await server?.pause()
      await launch()
    },
  }
}

/** The folders with the owners and modes that Postfix insists on. */
function makeFolders(at, owner) {
  const id = (/** @type {string} */ flag) => Number(spawnSync('id', [flag, 'postfix'], { encoding: 'utf8' }).stdout)
  const postfix = id('-u')
  const make = (dir, uid, gid, mode) => {
    fs.mkdirSync(dir, { recursive: true })
    fs.chownSync(dir, uid, gid)
    fs.chmodSync(dir, mode)
  }
  make(at.config, 0, 0, 0o755)
  make(at.queue, 0, 0, 0o755)
  make(at.data, postfix, 0, 0o700)
  for (const name of [
    'active',
    'bounce',
    'corrupt',
    'defer',
    'deferred',
    'flush',
    'hold',
    'incoming',
    'private',
    'saved',
    'trace',
  ]) {
    make(path.join(at.queue, name), postfix, 0, 0o700)
  }
  make(path.join(at.queue, 'pid'), 0, 0, 0o755)
  make(path.join(at.queue, 'public'), postfix, 0, 0o755)
  make(path.join(at.queue, 'maildrop'), postfix, 0, 0o700)
  make(at.deliveries, owner.uid, owner.gid, 0o755)
  make(path.join(at.deliveries, 'tmp'), owner.uid, owner.gid, 0o755)
}

function writeConfig({
  config,
  queue,
  data,
  deliveries,
  logFile,
  port,
  tlsPort,
  programs,
  owner,
  sasl,
  tls,
  settings,
}) {
  const main = {
    compatibility_level: '3.6',
    queue_directory: queue,
    data_directory: data,
    daemon_directory: programs,
    maillog_file: logFile,
    maillog_file_prefixes: path.dirname(logFile),
    myhostname: 'mail.postern.test',
    myorigin: '$myhostname',
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: sasl ? '' : '127.0.0.0/8',
    alias_maps: '',
    alias_database: '',
    local_recipient_maps: '',
    append_dot_mydomain: 'no',
    disable_dns_lookups: 'yes',
    smtpd_peername_lookup: 'no',
    // There is no way out of here: whatever the address, our script gets it.
    default_transport: 'capture:all',
    relay_transport: 'capture:all',
    local_transport: 'capture:all',
    // One at a time (see master.cf), so that deliveries come in the order of sending.
    capture_destination_recipient_limit: '10000',
    smtpd_recipient_limit: '10000',
    message_size_limit: '104857600',
    queue_minfree: '0',
    in_flow_delay: '0',
    minimal_backoff_time: '2s',
    maximal_backoff_time: '10s',
    queue_run_delay: '2s',
    smtpd_relay_restrictions: `permit_mynetworks, ${sasl ? 'permit_sasl_authenticated, ' : ''}reject`,
    smtpd_recipient_restrictions: '',
    ...(sasl && {
      smtpd_sasl_auth_enable: 'yes',
      smtpd_sasl_type: 'dovecot',
      smtpd_sasl_path: sasl.dovecotAuthSocket,
      smtpd_sasl_security_options: 'noanonymous',
    }),
    ...(tls && {
      smtpd_tls_cert_file: tls.cert,
      smtpd_tls_key_file: tls.key,
      smtpd_tls_security_level: tls.required ? 'encrypt' : 'may',
    }),
    ...settings,
  }
  const mainText = Object.entries(main)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('')
  fs.writeFileSync(path.join(config, 'main.cf'), mainText, { mode: 0o644 })
  // Postfix waits nearly two seconds for a main.cf that may still be in an editor, by its time.
  const past = new Date(Date.now() - 60_000)
  fs.utimesSync(path.join(config, 'main.cf'), past, past)
  const smtps = `127.0.0.1:${tlsPort} inet n - n - - smtpd\n  -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt\n`
  fs.writeFileSync(
    path.join(config, 'master.cf'),
    `127.0.0.1:${port} inet n - n - - smtpd
${tlsPort ? smtps : ''}pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
capture unix - n n - 1 pipe
  user=${owner.user}:${owner.group} null_sender=<> argv=/bin/sh ${deliverScript} ${deliveries} \${queue_id} \${sender} \${recipient}
`,
    { mode: 0o644 },
  )
}
