import { expect, test, type Page } from '@playwright/test'
import { openBrowser } from '../servers/browser.mjs'
import { seedMaildir, startDovecot } from '../servers/dovecot.mjs'
import { startOauth } from '../servers/oauth.mjs'
import { visit } from '../servers/oauth-visit.mjs'
import { startPostfix } from '../servers/postfix.mjs'
import { makeCertificates } from '../servers/tls.mjs'
import { answerByKeyboard, answered, keepOpened, openRow } from './hands'
import { ask, leave, mail, newProfile, row, startPostern, syncStatus, synced, type Desk } from './harness'
import { look } from './pictures'

const address = 'help@northwindbikes.example'
const certificates = makeCertificates()
let oauth: Awaited<ReturnType<typeof startOauth>>
let dovecot: Awaited<ReturnType<typeof startDovecot>>
let postfix: Awaited<ReturnType<typeof startPostfix>>
let desk: Desk
let page: Page
let opened: () => Promise<string[]>

test.beforeAll(async () => {
  oauth = await startOauth({ tls: certificates.good })
  dovecot = await startDovecot({
    users: [{ name: address, password: 'secret-help' }],
    tls: { ...certificates.good },
    config: oauth.dovecotConfig,
  })
  postfix = await startPostfix({ sasl: { dovecotAuthSocket: dovecot.authSocket }, tls: { ...certificates.good } })
  seedMaildir(dovecot.maildirOf(address), [
    { raw: mail({ subject: 'Brake squeals' }), folder: 'INBOX', date: new Date(), flags: [] },
  ])
  desk = await startPostern({
    profile: newProfile(),
    env: { NODE_EXTRA_CA_CERTS: certificates.ca },
    size: { width: 1280, height: 800 },
  })
  page = desk.page
  // For the tests to open in a real browser.
  opened = await keepOpened(desk.app)
})
test.afterAll(async () => {
  await leave(desk, postfix, dovecot, oauth)
})

/** What a person does in the browser: types the name, allows, and sees that they may go back. */
async function allowInBrowser(url: string): Promise<void> {
  const browser = await openBrowser(url)
  const login = browser.page.getByPlaceholder(/login/i)
  if (await login.isVisible()) {
    await login.fill(address)
    await browser.page.getByPlaceholder(/password/i).fill('any')
    await browser.page.getByRole('button', { name: /sign-in/i }).click()
  }
  await browser.page.getByRole('button', { name: /continue/i }).click()
  await expect(browser.page.getByText('You can close this tab')).toBeVisible()
  await browser.close()
}

async function fillServers(): Promise<void> {
  for (const [label, value] of [
    ['Incoming server (IMAP)', 'localhost'],
    ['Port of the incoming server', String(dovecot.tlsPort)],
    ['Outgoing server (SMTP)', 'localhost'],
    ['Port of the outgoing server', String(postfix.tlsPort)],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(value)
  }
}

test('from "add mailbox" through the consent and a real browser to a delivered reply, by tokens alone', async () => {
  await page.getByLabel('Email address').fill(address)
  await page.getByRole('radio', { name: /^Other mail server/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('table', { name: /Access to the mailbox/ })).toContainText('Read mail and folders')
  await page.getByRole('button', { name: 'Continue' }).click()
  await fillServers()
  await page.getByLabel('Sign in to receive', { exact: true }).first().selectOption('In the browser')
  await page.getByRole('button', { name: 'Sign in…' }).click()

  // This server is not known: the organisation's own service and client id are asked for, and nothing opens before Allow.
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Allow and open browser' })).toBeDisabled()
  await dialog.getByLabel('Sign-in service (issuer)').fill(oauth.issuer)
  await dialog.getByLabel('Client ID').fill(oauth.clientId)
  await dialog.getByRole('button', { name: 'Use this client ID' }).click()
  await expect(dialog.getByText('openid email offline_access')).toBeVisible()
  await expect(dialog.getByText(new URL(oauth.issuer).host, { exact: true }).last()).toBeVisible()
  expect(await opened()).toEqual([])
  await dialog.getByRole('button', { name: 'Allow and open browser' }).click()
  await expect(page.getByText('Waiting for your browser')).toBeVisible()
  await expect.poll(opened).toHaveLength(1)
  const [url = ''] = await opened()
  expect(new URL(url).origin).toBe(oauth.issuer)
  await allowInBrowser(url)

  await expect(page.getByText(`Signed in as ${address}`)).toBeVisible()
  await expect(page.getByRole('region', { name: 'Connection test' }).getByText('Signed in, ready to send')).toBeVisible(
    { timeout: 30_000 },
  )
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Who can use it' })).toBeVisible()
  await page.keyboard.press('Enter')
  await synced(page, 60_000)
  await openRow(page, 'Brake squeals')
  await answered(page, 'settings.set', { undoSeconds: 0 })
  await answerByKeyboard(page, 'We look at it today.')
  const [delivered] = await postfix.waitForDeliveries(1)
  expect(delivered?.recipients).toEqual(['priya@harbourcycle.example'])
  expect(String(delivered?.raw)).toContain('We look at it today.')
  // Not with a password: there is none.
  expect(oauth.asked.map(({ grant }) => grant)).toContain('authorization_code')
  expect(await answered(page, 'app.signIns', {})).toMatchObject({
    signIns: [{ uses: ['imap', 'smtp'], state: 'good' }],
  })
})

test('a permission that the provider took back asks once, leads to the form, and mail goes on after signing in again; its next end is told before', async () => {
  await oauth.forget(address)
  const before = oauth.asked.length
  dovecot.doveadm('kick', address)
  await expect(syncStatus(page)).toContainText(/sign in again/i, { timeout: 60_000 })
  await expect(page.getByText('Help wants you to sign in again')).toBeVisible()
  // As often as the mailbox is tried.
  for (let tries = 0; tries < 3; tries++) await answered(page, 'sync.now', {})
  await page.getByRole('button', { name: 'Sign in again', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Settings of Help' })).toBeVisible()
  // What was asked for stays in sight, with what was really used of it.
  const access = page.getByRole('region', { name: 'What Postern may do here, and did' })
  // Whether the copy in Sent was read before the permission went is a matter of moments.
  await expect(access.getByRole('row', { name: /Read mail and folders/ })).toContainText(/[1-9]\d* messages? read/)
  await expect(access.getByRole('row', { name: /Send mail as this address/ })).toContainText('1 message sent')
  await expect(access).toContainText('openid email offline_access')
  // The provider was asked once, not again and again.
  await answered(page, 'sync.now', {})
  await expect(syncStatus(page)).toContainText(/sign in again/i)
  expect(oauth.asked.slice(before)).toEqual([{ grant: 'refresh_token', error: 'invalid_grant' }])
  oauth.tellRefreshEnd(3 * 86_400)
  await page.getByRole('button', { name: 'Sign in again…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Allow and open browser' }).click()
  await expect.poll(opened).toHaveLength(2)
  await allowInBrowser((await opened())[1] ?? '')
  await page.getByRole('button', { name: 'Save' }).click({ timeout: 30_000 })
  await expect(page.getByText('Settings kept')).toBeVisible()
  await synced(page, 60_000)
  seedMaildir(dovecot.maildirOf(address), [
    { raw: mail({ subject: 'After signing in again' }), folder: 'INBOX', date: new Date(), flags: [] },
  ])
  await page.locator('body').press('g')
  await page.keyboard.press('i')
  await expect(row(page, /After signing in again/)).toBeVisible({ timeout: 60_000 })
  // Three days before mail would stop, with the way to what helps.
  const notice = page.getByText(/^The sign-in of Help ends .+\. Mail stops then\.$/)
  await expect(notice).toBeVisible()
  await look(desk, 'sign-in-ends-soon')
  await page.getByRole('button', { name: 'Sign in again', exact: true }).click()
  await expect(access).toContainText('the provider ends it on')
  await page.getByRole('button', { name: 'Later' }).click()
  await expect(notice).toHaveCount(0)
})

test('receiving by password and sending by a code typed elsewhere are two credentials; a foreign host gets neither (R34)', async () => {
  const choice = (label: string) => page.getByRole('combobox', { name: label, exact: true })
  await choice('Sign in to receive').selectOption('Password')
  await page.getByLabel('Password or app password', { exact: true }).fill('secret-help')
  await page.getByRole('checkbox', { name: 'Other user name or password for the outgoing server' }).press('Space')
  await choice('Sign in to send').selectOption('In the browser')
  const before = oauth.asked.length
  await page.getByRole('group', { name: 'Sign in to send' }).getByRole('button', { name: 'Sign in again…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Use a code on another device' }).press('Enter')
  const code = page.getByRole('status', { name: 'Code' })
  await expect(code).toHaveText(/^[\w-]{6,}$/)
  await look(desk, 'sign-in-code')
  await visit(`${oauth.issuer}/device?user_code=${await code.textContent()}`, address)
  await expect(page.getByText(`Signed in as ${address}`)).toBeVisible({ timeout: 30_000 })
  expect(await opened()).toHaveLength(2)
  await expect(page.getByRole('region', { name: 'Connection test' }).getByText('Signed in, ready to send')).toBeVisible(
    { timeout: 30_000 },
  )
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Settings kept')).toBeVisible()
  await synced(page, 60_000)
  expect(await answered(page, 'app.signIns', {})).toMatchObject({ signIns: [{ uses: ['smtp'], state: 'ends-soon' }] })
  expect(oauth.asked.slice(before).map(({ grant }) => grant)).toContain('urn:ietf:params:oauth:grant-type:device_code')
  await page.locator('body').press('g')
  await page.keyboard.press('i')
  await openRow(page, 'After signing in again')
  await answerByKeyboard(page, 'Sent by token, received by password.')
  await postfix.waitForDeliveries(2)
  const {
    mailboxes: [mailbox],
  } = await answered(page, 'mailboxes.list', {})
  if (!mailbox) throw new Error('no mailbox')
  const { id, paused: _paused, ...settings } = mailbox
  expect(settings).toMatchObject({ imap: { host: 'localhost' }, smtp: { signIn: 'oauth' } })
  // Another port is another server: the permission does not follow.
  await answered(page, 'app.updateMailbox', {
    id,
    settings: { ...settings, smtp: { ...settings.smtp, port: postfix.port, security: 'starttls' } },
  })
  expect(
    await ask(page, 'app.testConnection', {
      testId: 'x',
      settings: { ...settings, smtp: { ...settings.smtp, host: '127.0.0.1' } },
      signInId: 'none',
    }),
  ).toMatchObject({ ok: false })
})
