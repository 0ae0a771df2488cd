import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { startDovecot } from '../servers/dovecot.mjs'
import { makeEnterable, tempFolder } from '../servers/process.mjs'
import { startImitation } from '../servers/imap-imitation.mjs'
import { makeCertificates, makeStaple, type Certificate } from '../servers/tls.mjs'
import {
  leave,
  mail,
  newProfile,
  row,
  seed,
  startPostern,
  startTeam,
  syncStatus,
  synced,
  type Desk,
  type Team,
} from './harness'
import { nav, settingsPage } from './hands'
import { look } from './pictures'

const certificates = makeCertificates()
const dir = tempFolder('server-tls')
const shown = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
/** What the server shows from its next start on. */
function show({ cert, key }: Certificate): void {
  copyFileSync(cert, shown.cert)
  copyFileSync(key, shown.key)
}

let team: Team
let desk: Desk
let secure: Awaited<ReturnType<typeof startDovecot>>

test.beforeAll(async () => {
  makeEnterable(dir)
  show(certificates.selfSigned)
  team = await startTeam(['help'])
  secure = await startDovecot({ users: [{ name: 'help', password: 'secret-help' }], tls: shown })
  desk = await startPostern({
    profile: newProfile(),
    provision: team.provision,
    size: { width: 1280, height: 800 },
    env: { NODE_EXTRA_CA_CERTS: certificates.ca },
  })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, secure, team)
})

const logins = (): number =>
  readFileSync(secure.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('Login: user=<help>')).length

/** Opens the mailbox's settings with another incoming server; the test of the connection begins by itself. */
async function tryServer(page: Page, port: number): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await settingsPage(page, 'Mailboxes').click()
  await page.getByRole('button', { name: 'More actions for Help' }).click()
  await page.getByRole('menuitem', { name: 'Edit and test…' }).click()
  await page.getByLabel('Incoming server (IMAP)', { exact: true }).fill('localhost')
  await page.getByLabel('Security of the incoming server').selectOption('tls')
  await page.getByLabel('Port of the incoming server', { exact: true }).fill(String(port))
  await page.getByLabel('Password or app password', { exact: true }).fill('secret-help')
}

test('a certificate that its issuer revoked is refused before the password, and nobody can accept it all the same (R29)', async () => {
  const { page } = desk
  const revoked = await startImitation({
    kind: 'bare',
    tls: certificates.good,
    staple: makeStaple(certificates, { revoked: true }),
  })
  try {
    await tryServer(page, revoked.port)
    const step = page.getByRole('listitem').filter({ hasText: 'Certificate of the incoming server is not accepted' })
    await expect(step).toContainText('The certificate of localhost was revoked by its issuer', { timeout: 30_000 })
    await look(desk, 'certificate-revoked')
    await expect(page.getByRole('button', { name: 'Accept this certificate…' })).toHaveCount(0)
    expect(revoked.seen.commands).toEqual([])
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'More actions for Help' })).toBeVisible()
    await page.getByRole('button', { name: 'Settings, back to the list' }).click()
  } finally {
    await revoked.stop()
  }
})

test('a certificate that nobody vouches for counts after a person compared it, for this server and this certificate only; another one is refused, and the exception can be taken back (R29)', async () => {
  const { page } = desk
  await tryServer(page, secure.tlsPort ?? 0)
  await page.getByRole('button', { name: 'Accept this certificate…' }).click({ timeout: 30_000 })
  const dialog = page.getByRole('dialog', { name: 'Accept exactly this certificate?' })
  const accept = dialog.getByRole('button', { name: 'Accept for this server' })
  await expect(accept).toBeDisabled()
  await look(desk, 'certificate')
  await dialog.getByRole('checkbox', { name: 'I compared the fingerprint' }).check()
  await accept.click()
  await page.getByRole('button', { name: 'Save', exact: true }).click({ timeout: 30_000 })
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Settings kept')
  await page.getByRole('button', { name: 'Settings, back to the list' }).click()
  seed({ ...team, dovecot: secure }, 'help', [{ raw: mail({ subject: 'Under the accepted certificate' }) }])
  await nav(page, 'Inbox').click()
  await expect(row(page, /Under the accepted certificate/)).toBeVisible({ timeout: 30_000 })

  const before = logins()
  show(certificates.unknownCa)
  await secure.restart()
  await expect(syncStatus(page)).toContainText('another certificate', { timeout: 60_000 })
  expect(logins()).toBe(before)
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await settingsPage(page, 'Mailboxes').click()
  await expect(
    page.getByText('shows another certificate than the one that was accepted for it. No password was sent'),
  ).toBeVisible()

  await settingsPage(page, 'Security').click()
  const pins = page.getByRole('region', { name: 'Accepted certificates' })
  await expect(pins).toContainText(`localhost:${secure.tlsPort}`)
  await look(desk, 'certificates-accepted')
  await pins.getByRole('button', { name: 'Remove' }).click()
  await expect(pins).toHaveCount(0)
  await settingsPage(page, 'Mailboxes').click()
  await expect(page.getByText('an issuer that this computer does not trust')).toBeVisible({ timeout: 60_000 })
  expect(logins()).toBe(before)
})
