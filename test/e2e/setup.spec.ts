import { writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { freePort } from '../servers/process.mjs'
import { startDovecot } from '../servers/dovecot.mjs'
import { startPostfix } from '../servers/postfix.mjs'
import { makeCertificates } from '../servers/tls.mjs'
import { answered, deliver, nav } from './hands'
import {
  ask,
  leave,
  list,
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

let team: Team
let desk: Desk
let page: Page
const certificates = makeCertificates()
const tests = (): Locator => page.getByRole('region', { name: 'Connection test' })
const goOn = (): Locator => page.getByRole('button', { name: 'Continue' })

const right = () => ({
  address: 'help@northwindbikes.example',
  imapPort: String(team.dovecot.port),
  smtpPort: String(team.postfix.port),
  security: 'None' as const,
  user: 'help',
  password: 'secret-help',
})

/** Fills the form with the keyboard alone, field after field. */
async function type(values: {
  address: string
  imap?: string
  imapPort: string
  smtp?: string
  smtpPort: string
  security: 'TLS' | 'STARTTLS' | 'None'
  user: string
  password: string
}): Promise<void> {
  const { address, imap = '127.0.0.1', imapPort, smtp = '127.0.0.1', smtpPort, security, user, password } = values
  // Whose it is, what Postern does with it, then the servers: Enter goes on each time.
  await expect(page.getByLabel('Email address')).toBeFocused()
  await page.keyboard.type(address)
  await expect(page.getByRole('radio', { name: /^Other mail server/ })).toBeChecked({ timeout: 20_000 })
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'What Postern does with this mailbox' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Server settings' })).toBeVisible()
  await expect(page.getByLabel('Email address')).toBeFocused()
  const fill = async (text: string) => {
    await page.keyboard.press('Control+a')
    await page.keyboard.type(text)
  }
  // A native list takes the first letter of a choice.
  const steps: (() => Promise<void>)[] = [
    () => fill(address),
    () => fill('Help'),
    () => fill(imap),
    () => fill(imapPort),
    () => page.keyboard.type(security.charAt(0)),
    () => fill(smtp),
    () => fill(smtpPort),
    () => page.keyboard.type(security.charAt(0)),
    () => fill(user),
    () => page.keyboard.type('P'),
    () => fill(password),
  ]
  for (const [index, step] of steps.entries()) {
    if (index > 0) await page.keyboard.press('Tab')
    await step()
  }
}
/** At the servers of a mailbox that could be added, whichever tests ran before. */
async function atServers(): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  if (await page.getByRole('heading', { name: 'Server settings' }).isVisible()) return
  await type(right())
}
const change = async (label: string, value: string): Promise<void> =>
  page.getByLabel(label, { exact: true }).fill(value)
const failedWith = async (text: RegExp | string): Promise<void> => {
  await expect(tests().getByText(text)).toBeVisible({ timeout: 30_000 })
  await expect(goOn()).toBeDisabled()
}

/** A server that says what it is told, line for line, and nothing else. */
async function scripted(
  greeting: string,
  answer: (line: string) => string,
): Promise<{ port: number; server: Server; heard: string[] }> {
  const heard: string[] = []
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined)
    socket.write(`${greeting}\r\n`)
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean)) {
        heard.push(line)
        socket.write(answer(line))
      }
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { port, server, heard }
}

test.beforeAll(async () => {
  team = await startTeam()
  seed(team, 'help', [{ raw: mail({ subject: 'Was here before' }) }])
  desk = await startPostern({ profile: newProfile(), env: { NODE_EXTRA_CA_CERTS: certificates.ca } })
  page = desk.page
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('the first run leads to the form without a mouse, and a wrong password is named where the person looks', async () => {
  await expect(page.getByRole('heading', { name: 'Add your first mailbox' })).toBeVisible()
  await type({ ...right(), password: 'wrong' })
  await failedWith(/Incoming server refused to sign in/)
  await expect(page.getByLabel('Password or app password', { exact: true })).toHaveAccessibleDescription(
    'The server refused the user name or password.',
  )
  await expect(
    tests()
      .getByText(/127\.0\.0\.1 refused the user name or password/)
      .first(),
  ).toBeVisible()
})

test('a refused port is named with its number', async () => {
  await atServers()
  await change('Password or app password', right().password)
  await expect(tests().getByText(/Signed in, .* found/)).toBeVisible({ timeout: 30_000 })
  const closed = await freePort()
  await change('Port of the incoming server', String(closed))
  await failedWith(new RegExp(`Incoming server did not answer on port ${closed}`))
  await expect(tests().getByText(`127.0.0.1 refused the connection on port ${closed}`)).toBeVisible()
})

test('"Use N" takes over a usual port that answers', async () => {
  await atServers()
  await change('Port of the incoming server', String(await freePort()))
  await failedWith(/Incoming server did not answer/)
  const server = createServer((socket) => socket.on('error', () => undefined).end('* OK ready\r\n'))
  await new Promise<void>((resolve) => server.listen(993, '127.0.0.1', resolve))
  await page.getByRole('button', { name: 'Run again' }).click()
  await tests().getByRole('button', { name: 'Use 993' }).click({ timeout: 30_000 })
  await expect(page.getByLabel('Port of the incoming server')).toHaveValue('993')
  await expect(page.getByLabel('Security of the incoming server')).toHaveValue('tls')
  server.close()
})

for (const [name, certificate, sentence] of [
  ['an expired certificate', 'expired', /The certificate of localhost has expired\. No password was sent/],
  [
    'a certificate for another host',
    'wrongHost',
    /The certificate that localhost shows is for another name\. No password was sent/,
  ],
  [
    'an unknown authority',
    'unknownCa',
    /comes from an issuer that this computer does not trust\. No password was sent/,
  ],
  [
    'a certificate that signed itself',
    'selfSigned',
    /comes from an issuer that this computer does not trust\. No password was sent/,
  ],
] as const) {
  test(`${name} is refused and named, and no password leaves (R29)`, async () => {
    await atServers()
    const server = await startDovecot({
      users: [{ name: 'help', password: 'secret-help' }],
      tls: { ...certificates[certificate] },
    })
    await change('Incoming server (IMAP)', 'localhost')
    await page.getByLabel('Security of the incoming server').selectOption('tls')
    await change('Port of the incoming server', String(server.tlsPort))
    await failedWith(sentence)
    await server.stop()
  })
}

test('a stripped STARTTLS is refused, and no password leaves (R28)', async () => {
  await atServers()
  const stripped = await scripted(
    '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready',
    (line) => `${line.split(' ')[0]} BAD unknown command\r\n`,
  )
  await page.getByLabel('Security of the incoming server').selectOption('starttls')
  await change('Port of the incoming server', String(stripped.port))
  await failedWith(/offers no encryption, so Postern did not sign in\. No password was sent/)
  expect(stripped.heard.join('\n')).not.toMatch(/secret-help|LOGIN|AUTHENTICATE/i)
  stripped.server.close()
})

test('"None" is not offered for a server elsewhere, and refused when asked for all the same (R28)', async () => {
  await atServers()
  await change('Incoming server (IMAP)', 'imap.elsewhere.example')
  await expect(page.getByLabel('Security of the incoming server').getByRole('option')).toHaveText(['TLS', 'STARTTLS'])
  const server = { host: 'imap.elsewhere.example', port: 143, security: 'none', user: 'x' }
  const settings = { name: 'X', address: 'x@elsewhere.example', imap: server, smtp: server }
  expect(await ask(page, 'app.testConnection', { testId: 't', settings, password: 'p' })).toMatchObject({
    ok: false,
    error: { code: 'plaintext-refused' },
  })
  expect(await ask(page, 'app.addMailbox', { settings, password: 'p' })).toMatchObject({
    ok: false,
    error: { code: 'plaintext-refused' },
  })
})

test('good certificates pass the test; Enter goes on to how much is kept and who works there, nothing typed is lost on the way back, and its mail arrives', async () => {
  await atServers()
  const secure = await startDovecot({
    users: [{ name: 'help', password: 'secret-help' }],
    tls: { ...certificates.good },
  })
  const out = await startPostfix({ sasl: { dovecotAuthSocket: secure.authSocket }, tls: { ...certificates.good } })
  await change('Incoming server (IMAP)', 'localhost')
  await page.getByLabel('Security of the incoming server').selectOption('starttls')
  await change('Port of the incoming server', String(secure.port))
  await change('Outgoing server (SMTP)', 'localhost')
  await page.getByLabel('Security of the outgoing server').selectOption('tls')
  await change('Port of the outgoing server', String(out.tlsPort))
  await expect(tests().getByText('Signed in, ready to send')).toBeVisible({ timeout: 30_000 })
  await expect(
    tests()
      .getByText(/Issued to good, ends/)
      .first(),
  ).toBeVisible()
  // Back to the team's servers, where mail lies.
  await change('Incoming server (IMAP)', '127.0.0.1')
  await page.getByLabel('Security of the incoming server').selectOption('none')
  await change('Port of the incoming server', String(team.dovecot.port))
  await change('Outgoing server (SMTP)', '127.0.0.1')
  await page.getByLabel('Security of the outgoing server').selectOption('none')
  await change('Port of the outgoing server', String(team.postfix.port))
  await expect(goOn()).toBeEnabled({ timeout: 30_000 })
  await page.getByLabel('Password or app password', { exact: true }).press('Enter')
  await expect(page.getByRole('heading', { name: 'How much mail to keep on this computer' })).toBeVisible()
  await expect(page.getByText('There is 1 message on the server.')).toBeVisible()
  await page.getByLabel('Mail on this computer').selectOption('The last months, older mail with its headers only')
  await page.getByLabel('Months', { exact: true }).fill('0')
  await expect(goOn()).toBeDisabled()
  await page.getByLabel('Months', { exact: true }).fill('6')
  // Back to the servers and on again: the password is still there, and tested.
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Password or app password', { exact: true })).toHaveValue('secret-help')
  await goOn().click()
  await expect(page.getByLabel('Months', { exact: true })).toHaveValue('6')
  await page.getByLabel('Months', { exact: true }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Who can use it' })).toBeVisible()
  expect(await answered(page, 'mailboxes.list', {})).toEqual({ mailboxes: [] })
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('2')
  await expect(page.getByRole('radio', { name: /^A team/ })).toBeChecked()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  // The team is what was asked for next.
  await expect(page.getByRole('button', { name: 'Create a team' })).toBeVisible()
  expect(await answered(page, 'mailboxes.list', {})).toMatchObject({
    mailboxes: [{ depth: { bodies: 'months', months: 6 } }],
  })
  await page.keyboard.press('Escape')
  await synced(page)
  await nav(page, 'Inbox').click()
  await expect(row(page, /Was here before/)).toBeVisible()
  await secure.stop()
  await out.stop()
})

for (const [name, content, why] of [
  ['that is not JSON', '{ "version": 1, ', 'it is not valid JSON'],
  ['with a typing error', JSON.stringify({ version: 1, mailboxs: [], mailboxes: [] }), 'mailboxs'],
  ['that is not there', null, 'it is not there'],
] as const) {
  test(`a set-up file ${name} gets its sentence in the window, and everything else goes on`, async () => {
    const profile = newProfile()
    const file = join(profile, 'set-up.json')
    if (content !== null) writeFileSync(file, content)
    const first = await startPostern({ profile, args: [`--provision=${file}`] })
    await expect(first.page.getByText(/The set-up file could not be used/)).toContainText(why)
    await expect(first.page.getByRole('heading', { name: 'Add your first mailbox' })).toBeVisible()
    await first.close()
  })
}

test.describe('beside a mailbox that is there', () => {
  test.beforeAll(async () => {
    await desk.close()
    const [help] = team.provision.mailboxes
    desk = await startPostern({ profile: newProfile(), provision: { ...team.provision, mailboxes: [help] } })
    page = desk.page
    await synced(page)
  })

  test('a password that stops being right later is told at its mailbox, leads to its form, and the other mailbox goes on', async () => {
    const [, warranty] = team.provision.mailboxes
    if (!warranty) throw new Error('two mailboxes')
    const { password, ...settings } = warranty
    expect(await ask(page, 'app.addMailbox', { settings, password })).toMatchObject({ ok: true })
    await synced(page)
    await team.dovecot.setUser({ name: 'help', password: 'changed' })
    team.dovecot.doveadm('kick', 'help')
    await expect(syncStatus(page)).toContainText('Help: password refused', { timeout: 60_000 })
    await deliver(team, mail({ subject: 'For the other mailbox', to: 'warranty@northwindbikes.example' }), 'warranty')
    await expect(row(page, /For the other mailbox/)).toBeVisible()
    await syncStatus(page).getByRole('button').click()
    await page.getByRole('button', { name: 'Mailbox settings' }).click()
    await expect(page.getByRole('heading', { name: 'Settings of Help' })).toBeVisible()
    await change('Password or app password', 'changed')
    await page.getByRole('button', { name: 'Save' }).click({ timeout: 30_000 })
    await synced(page, 60_000)
    await page.keyboard.press('Escape')
    await nav(page, 'Inbox').click()
    await expect(list(page)).toBeVisible()
  })

  test('an address that is here already is told at the first step, not after everything was typed', async () => {
    await page.getByRole('button', { name: 'Add mailbox' }).click()
    await page.getByLabel('Email address').fill('HELP@northwindbikes.example')
    await expect(page.getByText('This address is here already, in the mailbox Help.')).toBeVisible()
    await expect(goOn()).toBeDisabled()
    await page.getByRole('button', { name: 'Mailbox settings' }).click()
    await expect(page.getByRole('heading', { name: 'Settings of Help' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('heading', { name: 'Settings of Help' })).toBeHidden()
    await page.keyboard.press('Escape')
    await nav(page, 'Inbox').click()
  })

  test('Escape goes one step back from every page of adding a mailbox, wherever the focus is, and not out of it at once', async () => {
    await page.getByRole('button', { name: 'Add mailbox' }).click()
    await page.getByLabel('Email address').fill('new@northwindbikes.example')
    await page.getByRole('radio', { name: /^Other mail server/ }).click()
    await goOn().click()
    const consent = page.getByRole('table', { name: /Access to the mailbox/ })
    await expect(consent).toBeVisible()
    await goOn().click()
    await page.getByLabel('Password or app password', { exact: true }).fill('typed once')
    await page.getByRole('heading', { level: 1 }).click()
    await page.keyboard.press('Escape')
    await expect(consent).toBeVisible()
    await goOn().click()
    await expect(page.getByLabel('Password or app password', { exact: true })).toHaveValue('typed once')
    await page.keyboard.press('Escape')
    await expect(consent).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('textbox', { name: 'Email address' })).toHaveValue('new@northwindbikes.example')
    await page.keyboard.press('Escape')
    await expect(list(page)).toBeVisible()
  })

  test('a wrong set-up file beside mailboxes that are there is told, and they go on', async () => {
    const { profile } = desk
    await desk.close()
    const file = join(profile, 'set-up.json')
    writeFileSync(
      file,
      JSON.stringify({ ...team.provision, mailboxes: [{ ...team.provision.mailboxes[0], address: 'no address' }] }),
    )
    desk = await startPostern({ profile, args: [`--provision=${file}`] })
    page = desk.page
    await expect(page.getByText(/The set-up file could not be used: mailboxes\.0\.address/)).toBeVisible()
    await synced(page, 60_000)
    await expect(row(page, /Was here before/)).toBeVisible()
  })
})
