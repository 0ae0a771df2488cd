/**
 * npm run demo: Postern on a real mail server with the sample team's mail. With a display it stays open until its window
 * is closed; without one it waits for the inbox, saves a picture of it and says where.
 */
import crypto from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startDovecot } from '../test/servers/dovecot.mjs'
import { canRunPostfix, startPostfix } from '../test/servers/postfix.mjs'
import { tail } from '../test/servers/process.mjs'
import { startSmtpSink } from '../test/servers/smtp-sink.mjs'
import { ensureElectron } from './electron.mjs'
import { appEnv, buildIfNeeded, electronArgs, noticeRoot } from './lib/app.mjs'
import { launchPostern } from './lib/drive.mjs'
import { PlainError, checkMachine, hasDisplay, onInterrupt, root, run, runMain } from './lib/machine.mjs'
import { readSample, sampleDir, seedSample } from './lib/sample.mjs'
import { startSession } from './lib/session.mjs'
import { prepare } from './prepare.mjs'

const FILLED_LIMIT_MS = 120_000

runMain(async () => {
  checkMachine()
  const headless = !hasDisplay()
  await prepare(['run'], { librariesOnly: !headless })
  const electron = await ensureElectron()
  await buildIfNeeded()
  noticeRoot()

  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'postern-demo-'))
  const profile = path.join(temp, 'profile')
  const ends = [async () => fs.rmSync(temp, { recursive: true, force: true })]
  const cleanUp = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  onInterrupt(cleanUp)
  try {
    const session = await startSession({ display: headless })
    ends.push(session.stop)
    const servers = await startServers(temp)
    if (servers) ends.push(servers.stop)
    const args = [
      `--user-data-dir=${profile}`,
      servers ? `--provision=${servers.provision}` : `--import-sample=${sampleDir}`,
    ]
    if (headless) return await takePicture({ electron, args, env: session.env, profile })
    console.error('Postern is open; close its window to end the demo.')
    const closed = run(electron.path, [...electronArgs(), root, ...args], { env: appEnv(session.env) })
    // On Ctrl-C the window goes first, with a moment to put its things away, then the servers.
    ends.push(async () => void (await Promise.race([closed, delay(3000, 0, { ref: false })])))
    return await closed
  } finally {
    await cleanUp()
  }
})

/**
 * Starts Dovecot and an SMTP server with the sample mail.
 * @returns {Promise<{ provision: string, stop: () => Promise<void> } | undefined>} nothing where Dovecot cannot be had
 */
async function startServers(temp) {
  const without = 'The demo loads the sample mail from its files instead, without a mail server.'
  if (process.platform !== 'linux') {
    console.error(`Dovecot does not run on this platform. ${without}`)
    return undefined
  }
  try {
    await prepare(['servers'])
  } catch (error) {
    if (!(error instanceof PlainError)) throw error
    console.error(`postern: ${error.message}`)
  }
  const sample = readSample()
  const users = sample.mailboxes.map(({ address }) => ({
    name: userOf(address),
    password: crypto.randomBytes(12).toString('hex'),
  }))
  let dovecot
  try {
    dovecot = await startDovecot({ users })
  } catch (error) {
    console.error(`Dovecot could not be started (${error.message}). ${without}`)
    return undefined
  }
  let count = 0
  for (const mailbox of sample.mailboxes)
    count += seedSample(sample, mailbox, dovecot.maildirOf(userOf(mailbox.address)))
  // Mail to the team's own addresses arrives in its mailboxes; mail to anybody else is kept by the server and goes nowhere.
  const { maildirOf } = dovecot
  const deliverTo = Object.fromEntries(sample.mailboxes.map(({ address }) => [address, maildirOf(userOf(address))]))
  const smtp = canRunPostfix()
    ? await startPostfix({ deliverTo, sasl: { dovecotAuthSocket: dovecot.authSocket } })
    : await startSmtpSink({ deliverTo })
  const kind = canRunPostfix() ? 'Postfix' : 'a small SMTP server'
  console.error(
    `Dovecot holds ${count} sample messages on port ${dovecot.port}; ${kind} takes mail on port ${smtp.port} and sends none on.`,
  )

  const provision = path.join(temp, 'provision.json')
  const text = JSON.stringify(provisionFor(sample, users, dovecot.port, smtp.port), null, 2)
  fs.writeFileSync(provision, `${text}\n`, { mode: 0o600 })
  const stop = async () => {
    await smtp.stop()
    await dovecot.stop()
  }
  return { provision, stop }
}

const userOf = (/** @type {string} */ address) => address.split('@')[0] ?? address

function provisionFor(sample, users, imapPort, smtpPort) {
  return {
    version: 1,
    workspace: { name: sample.team.name },
    agent: { name: 'Ana Ferreira' },
    mailboxes: sample.mailboxes.map(({ name, address }, index) => ({
      name,
      address,
      imap: { host: '127.0.0.1', port: imapPort, security: 'none', user: users[index].name },
      smtp: { host: '127.0.0.1', port: smtpPort, security: 'none', user: users[index].name },
      password: users[index].password,
    })),
  }
}

/** Opens Postern unseen, waits until its inbox is filled and in step with the server, and saves a picture. */
async function takePicture({ electron, args, env, profile }) {
  const folder = path.join(os.tmpdir(), 'postern-demo')
  fs.mkdirSync(folder, { recursive: true })
  const picture = path.join(folder, 'inbox.png')
  const said = /** @type {string[]} */ ([])
  let app
  try {
    app = await launchPostern(electron, { args, env })
    app.process().stderr?.on('data', (chunk) => said.push(String(chunk)))
    const page = await app.firstWindow({ timeout: 60_000 })
    const start = performance.now()
    const rows = page
      .locator('[aria-label="Conversations"]')
      .locator('[role="option"], [role="listitem"], [role="row"], li')
    await rows.first().waitFor({ timeout: FILLED_LIMIT_MS })
    const left = Math.max(1000, FILLED_LIMIT_MS - (performance.now() - start))
    await page
      .getByRole('status', { name: 'Sync status' })
      .filter({ hasText: /up to date/i })
      .waitFor({ timeout: left })
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    // One more moment for pictures and fonts.
    await page.waitForTimeout(500)
    await page.screenshot({ path: picture })
    console.log(`The inbox is filled and up to date (${seconds} s); its picture is ${picture}`)
    return 0
  } catch (error) {
    await app
      ?.windows()[0]
      ?.screenshot({ path: picture })
      .then(
        () => console.error(`What the window shows: ${picture}`),
        () => {},
      )
    console.error(`The inbox was not filled: ${String(error.message).split('\n')[0]}`)
    console.error(`Last lines of the log:\n${tail(path.join(profile, 'logs', 'postern.log'), 15)}`)
    if (said.length > 0)
      console.error(`Last words of Electron:\n${said.join('').trim().split('\n').slice(-10).join('\n')}`)
    return 1
  } finally {
    await app?.close().catch(() => {})
  }
}
