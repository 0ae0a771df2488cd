import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type ElectronApplication, type Page } from '@playwright/test'
import {
  ask,
  conversation,
  mail,
  newProfile,
  row,
  seed,
  startPostern,
  startTeam,
  synced,
  type Desk,
  type Team,
} from './harness'
import { settingsPage } from './hands'
import { shots } from './pictures'
import { compare } from './wire'

let team: Team
let desk: Desk
let page: Page
const profile = newProfile()
const dir = mkdtempSync(join(tmpdir(), 'postern-support-'))
const files = {
  key: join(dir, 'idris.postern-key'),
  card: join(dir, 'idris.postern-card'),
  log: join(dir, 'log.jsonl'),
  report: join(dir, 'report.txt'),
}
const passphrase = 'correct horse battery'
const icon = join(import.meta.dirname, '../../resources/icon.png')
const policies = mkdtempSync(join(tmpdir(), 'postern-policies-'))

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    ['Rear hub clicking', 'Delivery moved twice', 'Refund for an order', 'Brake squeal gone'].map((subject, n) => ({
      raw: mail({ subject, text: `canarytext ${n}` }),
      date: new Date(Date.now() - n * 60_000),
    })),
  )
  seed(team, 'help', [
    {
      raw: mail({
        subject: 'Offer with pictures',
        html: [
          '<style>p { color: #034 }</style><p>An <b>offer</b> in canarytext</p>',
          '<script>parent.postMessage("ran", "*")</script><img src="x" onerror="parent.postMessage(1, \'*\')">',
          '<img alt="logo" src="cid:logo@northwind"><img src="https://spy.example/open.gif">',
          '<p><a href="https://shop.example/offer">See it</a></p>',
        ].join('\r\n'),
        files: [
          { name: 'logo.png', type: 'image/png', content: readFileSync(icon), cid: 'logo@northwind' },
          { name: 'offer.pdf', type: 'application/pdf', content: Buffer.from(onePage('Offer NW-20377')) },
        ],
      }),
      date: new Date(Date.now() - 900_000),
    },
    {
      raw: mail({
        subject: 'Hub with a file',
        text: 'canarytext with a file',
        files: [{ name: 'measures.txt', type: 'text/plain', content: '32 mm at the hub' }],
      }),
      date: new Date(Date.now() - 600_000),
    },
  ])
  await start()
})
test.afterAll(async () => {
  await desk.close()
  await team.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** A PDF of one page with these words on it. */
function onePage(words: string): string {
  const drawn = `BT /F1 32 Tf 72 640 Td (${words}) Tj ET`
  return [
    '%PDF-1.4',
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj',
    `4 0 obj<</Length ${drawn.length}>>stream\n${drawn}\nendstream endobj`,
    '5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj',
    'trailer<</Root 1 0 R/Size 6>>',
    '%%EOF',
  ].join('\n')
}

async function start(env: Record<string, string> = {}): Promise<void> {
  desk = await startPostern({
    profile,
    provision: team.provision,
    env: { POSTERN_LOG: 'debug', ...env },
    args: [`--policy-dir=${policies}`],
    size: { width: 1280, height: 800 },
  })
  page = desk.page
  await synced(page, 60_000)
}
const tab = async (name: string): Promise<void> => {
  await page.keyboard.press('g')
  await page.keyboard.press('y')
  await page.getByRole('navigation', { name: 'Privacy pages' }).getByRole('button', { name }).click()
}
/** The next dialog of the system answers with this file. */
const answerDialogs = (app: ElectronApplication, path: string): Promise<void> =>
  app.evaluate(({ dialog }, file) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file })
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] })
  }, path)
const dialog = () => page.getByRole('dialog')
const logRows = () => page.getByRole('table', { name: 'Access log' }).getByRole('row')

test('a support person makes an identity; its key file holds no key in the clear', async () => {
  await tab('Support access')
  await page.getByRole('button', { name: 'My support identity…' }).click()
  await dialog().getByLabel('Your name').fill('Idris Vaughan')
  await dialog().getByLabel('Your organisation').fill('Postern support')
  await dialog().getByLabel('New passphrase', { exact: true }).fill(passphrase)
  await dialog().getByLabel(/again/i).first().fill(passphrase)
  await answerDialogs(desk.app, files.key)
  await dialog().getByRole('button', { name: 'Make and save key file' }).click()
  await expect(page.getByRole('dialog', { name: 'Your identity is ready' })).toBeVisible({ timeout: 20_000 })
  await answerDialogs(desk.app, files.card)
  await dialog().getByRole('button', { name: 'Save card…' }).click()
  await expect.poll(() => existsSync(files.card)).toBe(true)
  await dialog().getByRole('button', { name: 'Done' }).click()
  expect(readFileSync(files.card, 'utf8')).not.toContain('wrapped')
})

test('nobody is granted access for more than 180 days, in the window or by a crafted call (R54)', async () => {
  await page.getByRole('button', { name: 'Grant access…' }).click()
  await dialog().getByRole('button', { name: 'Add person…' }).click()
  await answerDialogs(desk.app, files.card)
  await dialog().getByRole('button', { name: 'Open file…' }).click()
  await expect(dialog().getByText('Idris Vaughan', { exact: true })).toBeVisible()
  await dialog().getByRole('button', { name: 'Add person', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Grant support access' })).toBeVisible()
  await dialog()
    .getByRole('radio', { name: /Full read/ })
    .check()
  await dialog().getByLabel('Reason').fill('Search skips Arabic subjects')
  await dialog().getByLabel('Ticket number (optional)').fill('case 51207')
  await dialog()
    .getByRole('checkbox', { name: /I checked the fingerprint/ })
    .check()
  await dialog().getByRole('radio', { name: 'Custom…' }).click()
  const day = (n: number): string =>
    new Date(Date.now() + n * 86_400_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  await dialog().getByLabel('Ends on').fill(day(181))
  await expect(dialog().getByText('180 days is the most.')).toBeVisible()
  await expect(dialog().getByRole('button', { name: /^Grant for/ })).toBeDisabled()
  const wish = {
    identityId: 1,
    kind: 'support',
    scope: 'full',
    mailboxIds: null,
    reason: 'crafted',
    endsAt: Date.now() + 181 * 86_400_000,
  }
  expect(await ask(page, 'grants.make', wish)).toMatchObject({ ok: false, error: { code: 'grant-too-long' } })
  await dialog().getByRole('radio', { name: '180 days' }).click()
  await dialog().getByRole('button', { name: 'Grant for 180 days' }).click()
  await expect(dialog()).toBeHidden()
  const card = page
    .getByRole('region', { name: 'Support access' })
    .getByRole('listitem')
    .filter({ hasText: 'Idris Vaughan' })
  await expect(card).toContainText('of 180 days')
  await expect(card).toContainText('Full read')
  await expect(settingsPage(page, /Support access/)).toContainText('179 d')
  // The overview is made of what stands now, and each line leads to the act that ends it.
  await tab('Overview')
  const shared = (region: string, text: string) =>
    page.getByRole('region', { name: region }).getByRole('listitem').filter({ hasText: text })
  await expect(shared('People outside your team', 'Idris Vaughan, Postern support')).toContainText('Full read until')
  await expect(
    shared('People outside your team', 'Idris Vaughan').getByRole('button', { name: 'Revoke' }),
  ).toBeVisible()
  await expect(shared('Mail servers', 'Help: 127.0.0.1')).toContainText('password kept in the keychain')
  await expect(page.getByRole('region', { name: 'Your team', exact: true })).toContainText('Nobody else')
  await expect(page.getByRole('status', { name: 'What this workspace shares right now' })).toContainText(
    '1 person outside your team can look',
  )
  await page
    .getByRole('region', { name: 'People outside your team' })
    .getByRole('button', { name: 'Support access' })
    .click()
})

test('staff sign in and read three conversations; the log shows three looks live; a patched client gets nothing beyond the grant; revoking closes the window (R56, R57)', async () => {
  await page.getByRole('button', { name: 'Support sign-in…' }).click()
  await answerDialogs(desk.app, files.key)
  await dialog().getByRole('button', { name: 'Choose key file…' }).click()
  await dialog().getByLabel('Passphrase of the key file', { exact: true }).fill('a wrong passphrase')
  await dialog().getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog().getByRole('alert')).toBeVisible({ timeout: 20_000 })
  await dialog().getByLabel('Passphrase of the key file', { exact: true }).fill(passphrase)
  const opened = desk.app.waitForEvent('window')
  await dialog().getByRole('button', { name: 'Sign in' }).click()
  const session = await opened
  await expect(session.getByRole('status', { name: 'Support session' })).toContainText(
    'You are viewing Northwind Bikes',
    { timeout: 20_000 },
  )
  await expect(session.getByRole('status', { name: 'Support session' })).toContainText(
    'Granted by Ana Ferreira for case 51207',
  )
  await tab('Access log')
  for (const subject of ['Rear hub clicking', 'Delivery moved twice', 'Refund for an order']) {
    await session.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: subject }).click()
    await expect(session.getByRole('region', { name: 'Conversation', exact: true })).toContainText('canarytext')
  }
  await expect(logRows().filter({ hasText: /Opened conversation #/ })).toHaveCount(3)
  await expect(logRows().filter({ hasText: 'Signed in' })).toHaveCount(1)
  await expect(session.getByRole('complementary', { name: 'What they see' })).toContainText('Opened conversation')
  await session.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: 'Hub with a file' }).click()
  await session.getByRole('button', { name: 'View measures.txt' }).click()
  await expect(session.getByText('32 mm at the hub')).toBeVisible()
  await expect(logRows().filter({ hasText: /Opened attachment #/ })).toHaveCount(1)
  await seesMailAsAgentsDo(session)
  for (const [name, input] of [
    ['settings.get', {}],
    ['drafts.list', {}],
    ['outbox.list', {}],
    ['grants.list', {}],
    ['conversations.trash', { ids: [1] }],
    ['notes.add', { conversationId: 1, text: 'x' }],
    ['messages.source', { id: 1 }],
    ['app.saveAttachments', { ids: [1] }],
    ['app.setTheme', { theme: 'dark' }],
    ['app.addMailbox', {}],
    ['app.saveAccessLog', { by: 'x' }],
    ['app.window', { act: 'quit' }],
  ] as const) {
    expect(await ask(session, name, input), name).toMatchObject({ ok: false })
  }
  expect(
    await session.evaluate(() => [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')]),
  ).toEqual(['undefined', 'undefined'])
  await expect(logRows().filter({ hasText: 'Refused' }).first()).toBeVisible()
  await session.screenshot({ path: join(shots, 'support-session.png') })
  await page.screenshot({ path: join(shots, 'access-log.png') })
  await tab('Support access')
  const closed = session.waitForEvent('close')
  await page.getByRole('button', { name: 'Revoke' }).click()
  await closed
  await expect(page.getByText('Revoked by Ana Ferreira')).toBeVisible()
})

/** The HTML of a mail and a PDF are shown in frames where nothing of them runs, and each is in the log. */
async function seesMailAsAgentsDo(session: Page): Promise<void> {
  await session.evaluate(() => {
    const heard: unknown[] = []
    Reflect.set(window, 'heard', heard)
    window.addEventListener('message', ({ data }) => heard.push(data))
  })
  await session
    .getByRole('list', { name: 'Conversations' })
    .getByRole('button', { name: 'Offer with pictures' })
    .click()
  const html = session.locator('.mail-slot iframe').contentFrame().locator('iframe').contentFrame()
  await expect(html.locator('b')).toHaveText('offer')
  await expect(html.getByAltText('logo')).toHaveAttribute('src', /^data:image\/png/)
  await expect(session.getByText('1 remote image is not loaded in a support session.')).toBeVisible()
  await html.getByText('See it').click()
  await expect(session.getByText('Links stay closed in a support session.')).toBeVisible()
  await session.getByRole('button', { name: 'View offer.pdf' }).click()
  const pdf = session.locator('.pdf-frame').contentFrame()
  await expect(pdf.getByRole('region', { name: 'Page 1 of 1' })).toContainText('Offer NW-20377', { timeout: 20_000 })
  // The page is drawn: some of its points are dark.
  expect(
    await pdf.locator('canvas').evaluate((canvas) => {
      if (!(canvas instanceof HTMLCanvasElement)) return 0
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
      return data.filter((value, n) => n % 4 === 0 && value < 80).length
    }),
  ).toBeGreaterThan(200)
  // The text file, the logo in the mail, the PDF.
  await expect(logRows().filter({ hasText: /Opened attachment #/ })).toHaveCount(3)
  expect(await session.evaluate(() => Reflect.get(window, 'heard'))).not.toContainEqual(expect.stringMatching(/ran/))
  await session.screenshot({ path: join(shots, 'support-session-html.png') })
}

test('the named manager writes a note, a tag and an assignment, which the team sees, and nothing else (R56)', async () => {
  expect(await ask(page, 'tags.create', { label: 'Shipping' })).toMatchObject({ ok: true })
  expect(
    await ask(page, 'grants.make', {
      identityId: 1,
      kind: 'customer-success-manager',
      scope: 'full',
      mailboxIds: null,
      reason: 'Onboarding',
      endsAt: Date.now() + 3_600_000,
    }),
  ).toMatchObject({ ok: true })
  await tab('Support access')
  await page.getByRole('button', { name: 'Support sign-in…' }).click()
  await answerDialogs(desk.app, files.key)
  await dialog().getByRole('button', { name: 'Choose key file…' }).click()
  await dialog().getByLabel('Passphrase of the key file', { exact: true }).fill(passphrase)
  const opened = desk.app.waitForEvent('window')
  await dialog().getByRole('button', { name: 'Sign in' }).click()
  const session = await opened
  await session
    .getByRole('list', { name: 'Conversations' })
    .getByRole('button', { name: 'Brake squeal gone' })
    .click({ timeout: 20_000 })
  await session.getByLabel('Add a tag').selectOption({ label: 'Shipping' })
  await expect(session.getByRole('button', { name: 'Remove the tag Shipping' })).toBeVisible()
  await session.getByLabel('Assigned to').selectOption({ label: 'Ana Ferreira' })
  await session.getByLabel('Internal note').fill('canarynote of the manager')
  await session.getByRole('button', { name: 'Add note' }).click()
  await expect(session.getByText('canarynote of the manager')).toBeVisible()
  for (const [name, input] of [
    ['conversations.setStatus', { ids: [1], status: 'closed' }],
    ['tags.create', { label: 'x' }],
    ['outbox.list', {}],
    ['settings.set', { agentName: 'x' }],
    ['conversations.snooze', { ids: [1], until: null }],
  ] as const)
    expect(await ask(session, name, input), name).toMatchObject({ ok: false })
  await session.screenshot({ path: join(shots, 'manager-session.png') })
  await session.getByRole('button', { name: 'End session' }).click()
  await tab('Access log')
  await expect(logRows().filter({ hasText: 'Changed tags of conversation #' })).toHaveCount(1)
  await expect(logRows().filter({ hasText: 'Assigned conversation #' })).toHaveCount(1)
  await tab('Support access')
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.keyboard.press('Escape')
  await row(page, /Brake squeal gone/).click()
  await expect(conversation(page).getByText('canarynote of the manager')).toBeVisible()
  await expect(conversation(page).getByText('Idris Vaughan, Postern support tagged it Shipping')).toBeVisible()
  await expect(conversation(page).getByRole('button', { name: 'Assigned to Ana Ferreira' })).toBeVisible()
})

test('a report is off, admin only and read in full; support is written to with what the person left of it, and a grant (R59)', async () => {
  await tab('Sharing')
  const setting = page.getByRole('switch', { name: 'Performance and troubleshooting' })
  await expect(setting).toHaveAttribute('aria-checked', 'false')
  await setting.click()
  await expect(page.getByText('How long calls take is measured on this computer')).toBeVisible()
  await tab('Access log')
  await tab('Sharing')
  await page.getByRole('button', { name: 'See a report…' }).click()
  const report = dialog().getByLabel('Text of the report')
  await expect(report).toHaveValue(/accessLog\.list \d+/)
  expect(await report.inputValue()).not.toMatch(/canary|Rear hub|@|secret-help|Northwind|harbourcycle/i)
  await report.fill('What I leave in')
  await answerDialogs(desk.app, files.report)
  await dialog().getByRole('button', { name: 'Save…' }).click()
  await expect.poll(() => existsSync(files.report) && readFileSync(files.report, 'utf8')).toBe('What I leave in')
  await page.screenshot({ path: join(shots, 'report.png') })
  await dialog().getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Contact support' }).last().click()
  const form = page.getByRole('form', { name: 'Contact support' })
  await form.getByLabel('Support address').fill('support@postern.example')
  await form.getByLabel('Subject').fill('Search skips Arabic subjects')
  await form.getByLabel('What happened').fill('I searched and found nothing.')
  await form.getByRole('checkbox', { name: 'Add diagnostics' }).check()
  await form.getByLabel('Text of the report').fill('only this line')
  await form.getByRole('button', { name: 'Grant access…' }).click()
  await dialog()
    .getByRole('radio', { name: /Diagnostics only/ })
    .check()
  await expect(dialog().getByLabel('Reason')).toHaveValue('Search skips Arabic subjects')
  await dialog()
    .getByRole('checkbox', { name: /I checked the fingerprint/ })
    .check()
  await dialog().getByRole('button', { name: 'Grant for 7 days' }).click()
  await expect(form.getByText(/Idris Vaughan has access until/)).toBeVisible()
  await form.getByRole('button', { name: 'Draft the mail' }).click()
  const letter = page.getByRole('region', { name: 'New message' })
  await expect(letter.getByRole('textbox', { name: 'Message' })).toContainText('I have granted Idris Vaughan')
  await expect(letter.getByText('support@postern.example')).toBeVisible()
  await expect(letter.getByText('postern-diagnostics.txt')).toBeVisible()
  await letter.getByRole('button', { name: 'Discard draft' }).click()
})

test('a connection past the network ledger does not go unseen by these tests', async () => {
  const { wire } = desk
  test.skip(wire === null, 'the tests have no network of their own here')
  const hidden = createServer((_, response) => response.end())
  await new Promise<void>((resolve) => hidden.listen(0, '127.0.0.1', resolve))
  const port = Number(Reflect.get(Object(hidden.address()), 'port'))
  // A program that Postern starts knows nothing of the gate in Node's sockets; Chromium's own stack refuses even addresses.
  await desk.app.evaluate(async (_, to) => {
    const { execFile } = process.getBuiltinModule('node:child_process')
    await new Promise((resolve) => execFile('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${to}`], resolve))
  }, port)
  await expect.poll(() => wire?.difference(page)).toEqual([`127.0.0.1:${port}: 1 connections, 0 in the ledger`])
  wire?.forgive(`127.0.0.1:${port}`)
  expect(await wire?.difference(page)).toEqual([])
  hidden.close()
  const row = { host: '10.1.2.3', port: 993, addresses: [], use: 'fetch-mail', begun: 2, blocked: 1, failed: 0 }
  expect(compare([row], { to: [], names: ['spy.example'], other: [] }, false)).toEqual([
    '10.1.2.3:993: 0 connections, 1 in the ledger',
    'spy.example: asked for, not in the ledger',
  ])
})

test("the log is verified, exported with its proof, and told broken after yesterday's database took its place (R58)", async () => {
  await tab('Access log')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText(/Chain verified, \d+ entries/)).toBeVisible()
  await answerDialogs(desk.app, files.log)
  await page.getByRole('region', { name: 'Access log' }).getByRole('button', { name: 'Export', exact: true }).click()
  await expect.poll(() => existsSync(`${files.log}.proof.json`)).toBe(true)
  expect(readFileSync(files.log, 'utf8')).not.toMatch(/canary|Rear hub/)
  await desk.close()
  const database = join(profile, 'postern.db')
  copyFileSync(database, join(dir, 'yesterday.db'))
  await start()
  expect(await ask(page, 'identities.add', { card: readFileSync(files.card, 'utf8') })).toMatchObject({ ok: true })
  expect(
    await ask(page, 'grants.make', {
      identityId: 1,
      kind: 'support',
      scope: 'metadata',
      mailboxIds: null,
      reason: 'another look',
      endsAt: Date.now() + 3_600_000,
    }),
  ).toMatchObject({ ok: true })
  await desk.close()
  copyFileSync(join(dir, 'yesterday.db'), database)
  await start()
  // Its network ledger is yesterday's as well.
  desk.wire?.tear()
  await page.getByRole('button', { name: 'Access log broken' }).click()
  await expect(page.getByRole('region', { name: 'Access log' }).getByRole('alert')).toContainText(
    'The database is older than it should be, or was replaced.',
  )
  await page.getByRole('button', { name: 'I know why' }).click()
  await expect(page.getByText(/Noted that the log had \d+ entries/)).toBeVisible()
  await expect(page.getByText(/Chain verified, \d+ entries/)).toBeVisible()
})

test('the logs of all processes, written at the lowest level, hold no address, subject, text, name or password (R59)', async () => {
  await desk.close()
  const logs = readdirSync(join(profile, 'logs'))
    .map((name) => readFileSync(join(profile, 'logs', name), 'utf8'))
    .join('\n')
  expect(logs).toContain('"level":"debug"')
  expect(logs).not.toMatch(
    /canarytext|Rear hub|Search skips|Idris|Priya|priya@|help@northwind|harbourcycle|secret-help|correct horse/,
  )
  await start()
})

test('a policy file that says 181 days grants one, and forbidding ends what is open (R54)', async () => {
  await tab('Support access')
  writeFileSync(join(policies, '10.json'), JSON.stringify({ managedBy: 'Northwind IT', supportAccessLongestDays: 181 }))
  await expect(page.getByText('A policy of your organisation cannot be used')).toBeVisible()
  await expect(page.getByText('Longest grant your organisation allows: 1 day.')).toBeVisible()
  const wish = { identityId: 1, kind: 'support', scope: 'metadata', mailboxIds: null, reason: 'under policy' }
  expect(await ask(page, 'grants.make', { ...wish, endsAt: Date.now() + 2 * 86_400_000 })).toMatchObject({
    ok: false,
    error: { code: 'grant-too-long' },
  })
  expect(await ask(page, 'grants.make', { ...wish, endsAt: Date.now() + 3_600_000 })).toMatchObject({ ok: true })
  await expect(page.getByRole('region', { name: 'Support access' }).getByText('under policy')).toBeVisible()
  writeFileSync(join(policies, '10.json'), JSON.stringify({ managedBy: 'Northwind IT', supportAccess: 'off' }))
  await expect(page.getByText('Your organisation has switched support access off.')).toBeVisible()
  await expect(
    page.getByRole('region', { name: 'Earlier grants' }).getByRole('listitem').filter({ hasText: 'under policy' }),
  ).toBeVisible()
  writeFileSync(
    join(policies, '10.json'),
    JSON.stringify({ managedBy: 'Northwind IT', lockMinutesLongest: 7, lockOnSleep: true }),
  )
  await expect(page.getByText('Your organisation has switched support access off.')).toBeHidden()
  await page.keyboard.press('ControlOrMeta+,')
  await settingsPage(page, 'Security').click()
  const lock = page.getByRole('region', { name: 'Lock' })
  await expect(lock.getByText('Managed')).toHaveCount(2)
  expect(await lock.getByRole('combobox').getByRole('option').allTextContents()).toEqual([
    'After 1 minute',
    'After 5 minutes',
    'After 7 minutes',
  ])
  await expect(lock.getByRole('switch')).toBeDisabled()
  await seesManagedMailbox()
  rmSync(join(policies, '10.json'))
  await expect(lock.getByText('Managed')).toHaveCount(0)
})

/** A mailbox that policy names takes its name from there, and is neither changed nor removed here; its password is. */
async function seesManagedMailbox(): Promise<void> {
  const [known] = team.provision.mailboxes
  if (!known) throw new Error('no mailbox')
  const { name: _name, address, imap, smtp } = known
  const named = { name: 'Help desk', address, imap, smtp }
  writeFileSync(join(policies, '10.json'), JSON.stringify({ managedBy: 'Northwind IT', mailboxes: [named] }))
  await settingsPage(page, 'Mailboxes').click()
  const line = page.getByRole('region', { name: 'Mailboxes' }).getByRole('row', { name: /Help desk/ })
  await expect(line.getByText('Managed')).toBeVisible({ timeout: 20_000 })
  await line.getByRole('button', { name: /Help desk/ }).click()
  await expect(page.getByRole('menuitem', { name: 'Remove' })).toBeDisabled()
  await page.keyboard.press('Escape')
  const refused = { ok: false, error: { code: 'not-allowed', detail: { managed: true } } }
  expect(await ask(page, 'app.removeMailbox', { id: 1 })).toMatchObject(refused)
  const other = { ...named, imap: { ...imap, host: 'elsewhere.example' } }
  expect(await ask(page, 'app.updateMailbox', { id: 1, settings: other })).toMatchObject(refused)
  expect(await ask(page, 'app.updateMailbox', { id: 1, settings: named, password: known.password })).toMatchObject({
    ok: true,
  })
  await settingsPage(page, 'Security').click()
}

/** The store's process starts anew with a wall clock that is off, as when somebody had set the computer's. */
async function setClock(offset: number): Promise<void> {
  desk.wire?.tear()
  await desk.app.evaluate(
    ({ app, utilityProcess }, [wrapper, ms]) => {
      const fork = Reflect.get(utilityProcess, 'asItWas') ?? utilityProcess.fork
      Reflect.set(utilityProcess, 'asItWas', fork)
      utilityProcess.fork = (module, args, options) =>
        fork.call(utilityProcess, wrapper, [module, ms, ...(args ?? [])], options)
      const store = app
        .getAppMetrics()
        .find((one) => one.name === 'Postern store' || one.serviceName === 'Postern store')
      if (store) process.kill(store.pid, 'SIGKILL')
    },
    [join(import.meta.dirname, '../servers/clock.mjs'), String(offset)] as const,
  )
}

test('a clock that is set back a year lets nobody in, and prolongs and revives nothing (R55)', async () => {
  expect(
    await ask(page, 'grants.make', {
      identityId: 1,
      kind: 'support',
      scope: 'full',
      mailboxIds: null,
      reason: 'clock test',
      endsAt: Date.now() + 3_600_000,
    }),
  ).toMatchObject({ ok: true })
  await tab('Support access')
  await setClock(-365 * 86_400_000)
  await expect(page.getByText('The clock of this computer was set back')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'clock test' })).toContainText(
    'The time cannot be trusted. Nobody is let in.',
  )
  expect(
    await ask(page, 'grants.make', {
      identityId: 1,
      kind: 'support',
      scope: 'full',
      mailboxIds: null,
      reason: 'while set back',
      endsAt: Date.now() + 3_600_000,
    }),
  ).toMatchObject({ ok: false, error: { code: 'time-doubtful' } })
  await page.getByRole('button', { name: 'Support sign-in…' }).click()
  await answerDialogs(desk.app, files.key)
  await dialog().getByRole('button', { name: 'Choose key file…' }).click()
  await dialog().getByLabel('Passphrase of the key file', { exact: true }).fill(passphrase)
  await dialog().getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog().getByRole('alert')).toContainText('Nobody is let in until it is right', { timeout: 20_000 })
  await page.keyboard.press('Escape')
  // Ahead by two hours: its end has passed, and stays passed when the clock is right again.
  const earlier = page
    .getByRole('region', { name: 'Earlier grants' })
    .getByRole('listitem')
    .filter({ hasText: 'clock test' })
  await setClock(2 * 3_600_000)
  await expect(earlier).toContainText('Ended')
  await setClock(0)
  await expect(page.getByText('The clock of this computer was set back')).toBeVisible()
  await expect(earlier).toContainText('Ended')
})
