import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { tempFolder } from '../servers/process.mjs'
import {
  ask,
  conversation,
  leave,
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
import { answerDialogs, answered, keepNotices, mailIn, settingsPage } from './hands'
import { resize, shots, sizes } from './pictures'
import {
  endSession,
  expectSilentLogs,
  grantByCall,
  logRows,
  panelTab,
  readNote,
  saidAtEnd,
  setClock,
  signInStaff,
  staffPassphrase,
  tryToSignIn,
} from './support-hands'

let team: Team
let desk: Desk
let page: Page
const profile = newProfile()
const dir = tempFolder('support')
const files = { key: join(dir, 'idris.postern-key'), card: join(dir, 'idris.postern-card') }
const icon = join(import.meta.dirname, '../../resources/icon.png')

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
  await leave(desk, team)
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

async function start(): Promise<void> {
  desk = await startPostern({
    profile,
    provision: team.provision,
    env: { POSTERN_LOG: 'debug' },
    size: { width: 1280, height: 800 },
  })
  page = desk.page
  await synced(page, 60_000)
}
const dialog = () => page.getByRole('dialog')
const messages = () => page.getByRole('status', { name: 'Messages' })

test('a support person makes an identity; its key file holds no key in the clear', async () => {
  await panelTab(page, 'Support access')
  await page.getByRole('button', { name: 'My support identity…' }).click()
  await dialog().getByLabel('Your name').fill('Idris Vaughan')
  await dialog().getByLabel('Your organisation').fill('Postern support')
  await dialog().getByLabel('New passphrase', { exact: true }).fill(staffPassphrase)
  await dialog().getByLabel(/again/i).first().fill(staffPassphrase)
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
  await expect(messages()).toContainText('Idris Vaughan')
  await reachesEveryButton()
  const card = page
    .getByRole('region', { name: 'Support access' })
    .getByRole('listitem')
    .filter({ hasText: 'Idris Vaughan' })
  await expect(card).toContainText('of 180 days')
  await expect(card).toContainText('Full read')
  expect(await loneDots(card)).toEqual([])
  await expect(settingsPage(page, /Support access/)).toContainText('179 d')
  // The overview is made of what stands now, and each line leads to the act that ends it.
  await panelTab(page, 'Overview')
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
  await tryToSignIn(desk, files.key, 'a wrong passphrase')
  await expect(dialog().getByRole('alert')).toBeVisible({ timeout: 20_000 })
  await dialog().getByLabel('Passphrase of the key file', { exact: true }).fill(staffPassphrase)
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
  await expect(messages()).toContainText('Idris Vaughan is looking at this workspace for the first time')
  await panelTab(page, 'Access log')
  for (const subject of ['Rear hub clicking', 'Delivery moved twice', 'Refund for an order']) {
    await session.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: subject }).click()
    await expect(session.getByRole('region', { name: 'Conversation', exact: true })).toContainText('canarytext')
  }
  await expect(logRows(page).filter({ hasText: /Opened conversation #/ })).toHaveCount(3)
  await expect(logRows(page).filter({ hasText: 'Signed in' })).toHaveCount(1)
  await expect(session.getByRole('complementary', { name: 'What they see' })).toContainText('Opened conversation')
  await session.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: 'Hub with a file' }).click()
  await session.getByRole('button', { name: 'View measures.txt' }).click()
  await expect(session.getByText('32 mm at the hub')).toBeVisible()
  await expect(logRows(page).filter({ hasText: /Opened attachment #/ })).toHaveCount(1)
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
  await expect(logRows(page).filter({ hasText: 'Refused' }).first()).toBeVisible()
  await session.screenshot({ path: join(shots, 'support-session.png') })
  await page.screenshot({ path: join(shots, 'access-log.png') })
  await panelTab(page, 'Support access')
  const revoke = page.getByRole('button', { name: 'Revoke' })
  expect(await saidAtEnd(desk.app, session, () => revoke.click())).toBe('The access was revoked.')
  await expect(page.getByText('Revoked by Ana Ferreira')).toBeVisible()
})

/** A dialog that fills the smallest window, while there is a message: each of its buttons takes a click, and the message's too. */
async function reachesEveryButton(): Promise<void> {
  await resize(desk, sizes[1])
  await page.getByRole('button', { name: 'Grant access…' }).click()
  const grant = page.getByRole('dialog', { name: 'Grant support access' })
  await expect(messages()).toContainText('Idris Vaughan')
  for (const button of [
    grant.getByRole('button', { name: 'Close' }),
    grant.getByRole('checkbox', { name: /I checked the fingerprint/ }),
    grant.getByRole('button', { name: 'Cancel' }),
    grant.getByRole('button', { name: /^Grant for/ }),
  ]) {
    await expect(button).toBeInViewport({ ratio: 1 })
    expect(await covers(button)).toEqual([])
  }
  // What must be typed is seen without looking for it.
  await expect(grant.getByLabel('Reason')).toBeInViewport({ ratio: 1 })
  await page.screenshot({ path: join(shots, 'message-over-dialog.png') })
  await messages().getByRole('button').click()
  await expect(messages()).not.toContainText('Idris Vaughan')
  await grant.getByRole('button', { name: 'Cancel' }).click()
  await expect(grant).toBeHidden()
  await resize(desk, sizes[0])
}

/** What of elsewhere lies over any point of what a dialog asks. */
const covers = (button: Locator): Promise<string[]> =>
  button.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    const over = [0.1, 0.5, 0.9].flatMap((x) =>
      [0.1, 0.5, 0.9].map((y) => document.elementFromPoint(left + width * x, top + height * y)),
    )
    return over.filter((one) => !element.closest('.dialog')?.contains(one)).map((one) => one?.textContent ?? '')
  })

/** Lines that begin or end in a dot between two facts, in however wide a window. */
const loneDots = (card: Locator): Promise<string[]> =>
  card.evaluate((element) => {
    const lone: string[] = []
    for (let width = 500; width <= 900; width += 4) {
      if (element instanceof HTMLElement) element.style.inlineSize = `${width}px`
      for (const part of element.querySelectorAll('.meta')) {
        const lines = new Map<number, string>()
        const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
        for (let text = texts.nextNode(); text; text = texts.nextNode())
          for (const [at, letter] of [...(text.nodeValue ?? '')].entries()) {
            const range = document.createRange()
            range.setStart(text, at)
            range.setEnd(text, at + 1)
            const { bottom } = range.getBoundingClientRect()
            lines.set(bottom, (lines.get(bottom) ?? '') + letter)
          }
        lone.push(...[...lines.values()].map((line) => line.trim()).filter((line) => /^·|·$/.test(line)))
      }
    }
    element.removeAttribute('style')
    return lone
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
  const html = mailIn(session.locator('.mail-slot'))
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
  await expect(logRows(page).filter({ hasText: /Opened attachment #/ })).toHaveCount(3)
  expect(await session.evaluate(() => Reflect.get(window, 'heard'))).not.toContainEqual(expect.stringMatching(/ran/))
  await session.screenshot({ path: join(shots, 'support-session-html.png') })
}

test('the named manager writes a note, a tag and an assignment, which the team sees, and nothing else (R56)', async () => {
  expect(await ask(page, 'tags.create', { label: 'Shipping' })).toMatchObject({ ok: true })
  expect(await grantByCall(page, { kind: 'customer-success-manager', reason: 'Onboarding' })).toMatchObject({
    ok: true,
  })
  await panelTab(page, 'Support access')
  const session = await signInStaff(desk, files.key)
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
  await endSession(session)
  // Who ends it needs to be told nothing.
  expect(desk.app.windows()).toEqual([page])
  await panelTab(page, 'Access log')
  await expect(logRows(page).filter({ hasText: 'Changed tags of conversation #' })).toHaveCount(1)
  const assigned = logRows(page).filter({ hasText: 'Assigned conversation #' })
  await expect(assigned).toHaveCount(1)
  await assigned.getByRole('button').click()
  await expect(conversation(page).getByRole('heading', { name: 'Brake squeal gone' })).toBeVisible()
  await panelTab(page, 'Support access')
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.keyboard.press('Escape')
  await row(page, /Brake squeal gone/).click()
  await expect(conversation(page).getByText('canarynote of the manager')).toBeVisible()
  await expect(conversation(page).getByText('Idris Vaughan, Postern support tagged it Shipping')).toBeVisible()
  await expect(conversation(page).getByRole('button', { name: 'Assigned to Ana Ferreira' })).toBeVisible()
})

test('the logs of all processes, written at the lowest level, hold no address, subject, text, name or password (R59)', async () => {
  await desk.close()
  expectSilentLogs(profile)
  await start()
})

test('of two who sign in at the same moment no window is left that belongs to no session', async () => {
  expect(await grantByCall(page, { reason: 'two at once' })).toMatchObject({ ok: true })
  await answerDialogs(desk.app, files.key)
  await answered(page, 'app.openSupportKey', {})
  const signed: { challenge: string; answer: string }[] = []
  for (let n = 0; n < 2; n++) {
    const { challenge } = await answered(page, 'app.supportChallenge', { card: readFileSync(files.card, 'utf8') })
    const { answer } = await answered(page, 'app.signChallenge', { challenge, passphrase: staffPassphrase })
    signed.push({ challenge, answer })
  }
  const answers = await Promise.all(signed.map((one) => ask(page, 'app.supportAnswer', one)))
  expect(answers).toContainEqual(expect.objectContaining({ ok: true }))
  expect(answers).toContainEqual(expect.objectContaining({ error: expect.objectContaining({ code: 'conflict' }) }))
  const sessions = () =>
    desk.app.evaluate(
      ({ BrowserWindow }) =>
        BrowserWindow.getAllWindows().filter(({ webContents }) => webContents.getURL().endsWith('#support')).length,
    )
  await expect.poll(sessions).toBe(1)
  await panelTab(page, 'Support access')
  await page.getByRole('listitem').filter({ hasText: 'two at once' }).getByRole('button', { name: 'Revoke' }).click()
  await expect.poll(sessions).toBe(0)
})

test('a session whose page ends does not go without a word, and is over', async () => {
  expect(await grantByCall(page, { reason: 'page test' })).toMatchObject({ ok: true })
  await panelTab(page, 'Support access')
  const session = await signInStaff(desk, files.key)
  await expect(session.getByRole('button', { name: 'End session' })).toBeVisible()
  const told = desk.app.waitForEvent('window')
  const pid = await desk.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find(({ webContents }) => webContents.getURL().endsWith('#support'))
      ?.webContents.getOSProcessId(),
  )
  process.kill(pid ?? 0, 'SIGKILL')
  expect(await readNote(await told)).toBe('The page of the session stopped. Sign in again to go on.')
  await panelTab(page, 'Access log')
  await expect(logRows(page).filter({ hasText: 'Session ended' }).first()).toBeVisible()
  await panelTab(page, 'Support access')
  await page.getByRole('listitem').filter({ hasText: 'page test' }).getByRole('button', { name: 'Revoke' }).click()
})

test('whoever comes into a grant that is being made is not granted what was checked of another, and nobody stands in for one who goes', async () => {
  await panelTab(page, 'Support access')
  await page.getByRole('button', { name: 'Grant access…' }).click()
  const grant = page.getByRole('dialog', { name: 'Grant support access' })
  const tick = grant.getByRole('checkbox', { name: /I checked the fingerprint/ })
  await grant.getByLabel('Reason').fill('Reports are empty')
  await tick.check()
  await expect(grant.getByRole('button', { name: /^Grant for/ })).toBeEnabled()
  await answerDialogs(desk.app, files.key.replace('.postern-key', '-2.postern-key'))
  const { person } = await answered(page, 'app.makeSupportIdentity', {
    name: 'Wen Lu',
    organisation: 'Postern support',
    passphrase: staffPassphrase,
  })
  const { id } = await answered(page, 'identities.add', { card: JSON.stringify(person?.card) })
  await expect(tick).toHaveAccessibleName('I checked the fingerprint with Wen Lu')
  await expect(tick).not.toBeChecked()
  await expect(grant.getByRole('button', { name: /^Grant for/ })).toBeDisabled()
  const who = grant.getByRole('combobox', { name: 'Who' })
  await who.selectOption('Wen Lu, Postern support')
  await tick.check()
  await answered(page, 'identities.remove', { id })
  await expect(grant.getByText('That person may not be granted access any more.')).toBeVisible()
  await expect(grant.getByRole('button', { name: /^Grant for/ })).toBeDisabled()
  await who.selectOption('Idris Vaughan, Postern support')
  await expect(tick).not.toBeChecked()
  await grant.getByRole('button', { name: 'Cancel' }).click()
})

test('a clock that is set back a year lets nobody in, and prolongs and revives nothing (R55)', async () => {
  expect(await grantByCall(page, { reason: 'clock test' })).toMatchObject({ ok: true })
  expect(await grantByCall(page, { reason: 'a day longer', endsAt: Date.now() + 25 * 3_600_000 })).toMatchObject({
    ok: true,
  })
  await panelTab(page, 'Support access')
  // The store's process goes with it: nothing of a session that was open stays on screen.
  const session = await signInStaff(desk, files.key)
  expect(await saidAtEnd(desk.app, session, () => setClock(desk, -365 * 86_400_000))).toBe(
    'A part of Postern stopped. Sign in again to go on.',
  )
  await expect(page.getByText('The clock of this computer was set back')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'clock test' })).toContainText(
    'The time cannot be trusted. Nobody is let in.',
  )
  expect(await grantByCall(page, { reason: 'while set back' })).toMatchObject({
    ok: false,
    error: { code: 'time-doubtful' },
  })
  await tryToSignIn(desk, files.key)
  await expect(dialog().getByRole('alert')).toContainText('Nobody is let in until it is right', { timeout: 20_000 })
  await page.keyboard.press('Escape')
  // Nobody looks at the window meanwhile: the system tells, and the window once somebody is back.
  const notices = await keepNotices(desk.app)
  await page.evaluate(() => Reflect.set(document, 'hasFocus', () => false))
  // Ahead by two hours: its end has passed, and stays passed when the clock is right again.
  const earlier = page
    .getByRole('region', { name: 'Earlier grants' })
    .getByRole('listitem')
    .filter({ hasText: 'clock test' })
  await setClock(desk, 2 * 3_600_000)
  await expect(earlier).toContainText('Ended')
  const told = 'Access of Idris Vaughan has ended. Access of Idris Vaughan ends within 24 hours'
  // The first look at the new grant is told with it where the store died before that was.
  await expect.poll(() => notices.told()).toContainEqual(['Support access', expect.stringMatching(`${told}$`)])
  await expect(messages()).not.toContainText('Access of Idris Vaughan')
  await page.evaluate(() => {
    Reflect.set(document, 'hasFocus', () => true)
    window.dispatchEvent(new Event('focus'))
  })
  await expect(messages()).toContainText(told)
  await setClock(desk, 0)
  await expect(page.getByText('The clock of this computer was set back')).toBeVisible()
  await expect(earlier).toContainText('Ended')
})
