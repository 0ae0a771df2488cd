import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import { tempFolder } from '../servers/process.mjs'
import { answerDialogs, keepNotices, keepOpened, nav, openRow } from './hands'
import { look } from './pictures'
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

const sample = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../resources/sample/help/${name}`, import.meta.url)), 'utf8')
const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const large = randomBytes(30_000_000)
const folder = tempFolder('saved')
let team: Team
let desk: Desk
let page: Page

const without = (raw: string, ...names: string[]): string =>
  raw
    .split('\r\n')
    .filter((line) => !names.some((name) => line.toLowerCase().startsWith(`${name}:`)))
    .join('\r\n')
const composer = () => page.getByRole('region', { name: 'Composer' })
const send = () => page.getByRole('button', { name: /^Send and close/ })

test.beforeAll(async () => {
  team = await startTeam(['help'], {
    smtpd_recipient_restrictions:
      'check_recipient_access inline:{{nobody@refused.example = 550 5.1.1 No such person here}}',
  })
  seed(team, 'help', [
    { raw: sample('0152-broken-boundary.eml') },
    { raw: without(mail({ from: 'Nosubject <nosubject@shop.example>', text: 'No subject at all' }), 'subject') },
    { raw: mail({ from: 'Emptysubject <emptysubject@shop.example>', subject: '', text: 'Empty subject' }) },
    {
      raw: without(
        mail({ from: 'Bare <bare@shop.example>', subject: 'Neither id nor date', text: 'Bare.' }),
        'message-id',
        'date',
      ),
    },
    { raw: 'this is not a mail at all\r\n\r\n\0\xff\xfe binary', date: new Date(Date.now() - 86_400_000) },
    {
      raw: mail({
        subject: 'Thirty megabytes',
        text: 'The film is attached.',
        files: [{ name: 'film.bin', type: 'application/octet-stream', content: large }],
      }),
    },
    { raw: mail({ subject: 'To be answered', from: 'Ann <ann@shop.example>' }) },
    { raw: mail({ subject: 'To one who is gone', from: 'Bo <bo@shop.example>' }) },
    { raw: mail({ subject: 'From nobody', from: 'Nobody <nobody@refused.example>' }) },
  ])
  desk = await startPostern({ profile: newProfile(), provision: team.provision })
  page = desk.page
  await synced(page, 60_000)
  await ask(page, 'settings.set', { undoSeconds: 0 })
})
test.afterAll(async () => {
  await leave(desk, team)
  rmSync(folder, { recursive: true, force: true })
})

test('broken MIME does not hide the text, and its source can be seen', async () => {
  await openRow(page, 'Return slip for NW-20421')
  await expect(conversation(page)).toContainText('the bag is on its way back')
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Show source' }).click()
  await expect(page.getByRole('dialog', { name: 'Message source' })).toContainText('=_outer_4f2b')
  await page.keyboard.press('Escape')
})

test('no mail is lost for want of a subject, an id, a date or any form', async () => {
  for (const [name, text] of [
    ['Nosubject', 'No subject at all'],
    ['Emptysubject', 'Empty subject'],
  ] as const) {
    await row(page, new RegExp(name)).click()
    await expect(conversation(page).getByRole('heading', { name: '(no subject)' })).toBeVisible()
    await expect(conversation(page)).toContainText(text)
  }
  await openRow(page, 'Neither id nor date')
  await expect(conversation(page)).toContainText('Bare.')
  expect(await ask(page, 'counts.get', {})).toMatchObject({ ok: true, value: { mailboxes: [{ open: 9 }] } })
})

test('an attachment of 30 MB opens and is saved whole', async () => {
  await openRow(page, 'Thirty megabytes')
  await expect(conversation(page)).toContainText('The film is attached.')
  const path = join(folder, 'film.bin')
  await answerDialogs(desk.app, path)
  const opened = await keepOpened(desk.app)
  await conversation(page)
    .getByRole('button', { name: /film\.bin/ })
    .click()
  await page.getByRole('menuitem', { name: 'Save…' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  expect(sum(readFileSync(path))).toBe(sum(large))
  expect(statSync(path).mode & 0o111).toBe(0)
  await conversation(page)
    .getByRole('button', { name: /film\.bin/ })
    .click()
  await page.getByRole('menuitem', { name: 'Open' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.or(page.getByText('Saved')).first().waitFor()
  if (await dialog.isVisible()) await dialog.getByRole('button', { name: 'Open anyway' }).click()
  await expect.poll(opened).toEqual([expect.stringMatching(/film\.bin$/)])
})

test('a file of 30 MB in a reply is sent whole or refused by a sentence, and one beyond the limit is refused', async () => {
  await openRow(page, 'To be answered')
  await page.keyboard.press('r')
  await page.keyboard.type('Here is the film')
  await page.locator('input[type=file]').setInputFiles(join(folder, 'film.bin'))
  await expect(composer().getByRole('group', { name: 'Attached files' })).toContainText('film.bin', { timeout: 30_000 })
  await expect(composer().getByText(/Many mail servers refuse messages over 25 MB/)).toBeVisible()
  await page.locator('input[type=file]').setInputFiles(join(folder, 'film.bin'))
  await expect(page.getByText(/film\.bin, 30\sMB, was not attached\..*This is too large/)).toBeVisible({
    timeout: 30_000,
  })
  await composer().getByRole('button', { name: 'Hide', exact: true }).click()
  await send().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send anyway' }).click()
  const all = await team.postfix.waitForDeliveries(
    (some) => some.some((one) => one.recipients.includes('ann@shop.example')),
    60_000,
  )
  const sent = all.find((one) => one.recipients.includes('ann@shop.example'))
  const encoded = /filename="?film\.bin"?[^]*?\n\n([A-Za-z0-9+/=\n]+)/.exec(sent?.text ?? '')?.[1] ?? ''
  expect(sum(Buffer.from(encoded, 'base64'))).toBe(sum(large))
})

test('a message to nobody and without a subject does not leave unasked; gone back, the text is there, and sent anyway it arrives', async () => {
  await nav(page, 'Inbox').click()
  await page.getByRole('button', { name: 'New conversation' }).click()
  const text = page.getByRole('textbox', { name: 'Message' })
  await text.pressSequentially('Without a heading')
  await page.keyboard.press('Control+Enter')
  const nobody = page.getByRole('alert').filter({ hasText: 'Add a recipient' })
  await expect(nobody).toBeVisible()
  await page.getByRole('combobox', { name: 'To' }).fill('plain@accepted.example')
  await page.getByRole('combobox', { name: 'To' }).press('Enter')
  await expect(nobody).toHaveCount(0)
  await text.focus()
  await page.keyboard.press('Control+Enter')
  const question = page.getByRole('dialog')
  await expect(question).toContainText('There is no subject.')
  await question.getByRole('button', { name: 'Go back' }).click()
  await expect(text).toBeFocused()
  await expect(text).toContainText('Without a heading')
  await page.keyboard.press('Control+Enter')
  await question.getByRole('button', { name: 'Send anyway' }).click()
  const all = await team.postfix.waitForDeliveries(
    (some) => some.some((one) => one.recipients.includes('plain@accepted.example')),
    30_000,
  )
  expect(all.filter((one) => one.text.includes('Without a heading'))).toHaveLength(1)
})

test('2,000 recipients are refused by a clear sentence, and the draft is kept', async () => {
  await nav(page, 'Inbox').click()
  await page.getByRole('button', { name: 'New conversation' }).click()
  const to = page.getByRole('combobox', { name: 'To' })
  await to.fill(Array.from({ length: 2000 }, (_, i) => `someone${i}@many.example`).join(', '))
  await to.press('Enter')
  await page.getByRole('textbox', { name: 'Subject' }).fill('To everybody')
  await page.getByRole('textbox', { name: 'Message' }).pressSequentially('Hello all')
  await page.getByRole('button', { name: /^Send/ }).first().click()
  await expect(
    page.getByRole('alert').filter({ hasText: 'These are 2,000 recipients, and one message may have 500.' }),
  ).toBeVisible({
    timeout: 30_000,
  })
  await expect(page.getByRole('textbox', { name: 'Message' })).toContainText('Hello all')
  await nav(page, 'Drafts').click()
  await expect(page.getByText('To everybody')).toBeVisible()
  expect(
    team.postfix.deliveries().some((one) => one.recipients.some((address) => address.endsWith('@many.example'))),
  ).toBe(false)
})

/** Nobody looks at the window: what the system would show is kept. */
async function lookAway(): Promise<Awaited<ReturnType<typeof keepNotices>>['told']> {
  await page.evaluate(() => Reflect.set(document, 'hasFocus', () => false))
  return (await keepNotices(desk.app)).told
}

test("a refused recipient stops the message with the server's line, and it leaves once corrected", async () => {
  const told = await lookAway()
  await nav(page, 'Inbox').click()
  await openRow(page, 'From nobody')
  await page.keyboard.press('r')
  await page.keyboard.type('Are you there')
  await page.keyboard.press('Control+Enter')
  await nav(page, 'Outbox').click()
  const stopped = page.getByRole('row', { name: /From nobody/ })
  await expect(stopped).toContainText(/Not sent/, { timeout: 30_000 })
  await expect.poll(told).toEqual([['Not sent', 'A message was not sent: Re: From nobody']])
  await stopped.click()
  await expect(conversation(page).getByText(/The server said: .*No such person here/)).toBeVisible()
  await conversation(page).getByRole('button', { name: 'Edit' }).click()
  await expect(page.getByRole('textbox', { name: 'Reply' })).toContainText('Are you there')
  await composer()
    .getByRole('button', { name: /^Remove / })
    .click()
  await composer().getByRole('combobox', { name: 'To' }).fill('somebody@accepted.example')
  await composer().getByRole('combobox', { name: 'To' }).press('Enter')
  await send().click()
  const all = await team.postfix.waitForDeliveries(
    (some) => some.some((one) => one.recipients.includes('somebody@accepted.example')),
    30_000,
  )
  expect(all.filter((one) => one.text.includes('Are you there'))).toHaveLength(1)
})

test('a recipient whom the server refused while others got it is told once and seen in the list, and the notice leads there', async () => {
  const told = await lookAway()
  await nav(page, 'Inbox').click()
  await openRow(page, 'To one who is gone')
  await page.keyboard.press('r')
  await page.keyboard.type('Both of you')
  await composer().getByRole('button', { name: /^Cc/ }).click()
  await composer().getByRole('combobox', { name: 'Cc' }).fill('nobody@refused.example')
  await composer().getByRole('combobox', { name: 'Cc' }).press('Enter')
  await send().click()
  await expect(row(page, /To one who is gone, Not delivered/)).toContainText('Not delivered', { timeout: 30_000 })
  const notice = page.getByRole('status', { name: 'Messages' })
  const words = 'Could not be delivered to nobody@refused.example: To one who is gone'
  await expect(notice).toContainText(words)
  await expect(page.getByRole('alert').filter({ hasText: words })).toBeAttached()
  // It stays while somebody points at it.
  await notice.getByRole('button', { name: 'Show it' }).hover()
  await look(desk, 'undelivered')
  // A long address does not lie under the button.
  expect(await notice.getByText(words).evaluate((text) => text.scrollWidth - text.clientWidth)).toBe(0)
  expect(await told()).toEqual([['Not delivered', words]])
  await openRow(page, 'Neither id nor date')
  await notice.getByRole('button', { name: 'Show it' }).click()
  await expect(conversation(page).getByRole('heading', { name: 'To one who is gone' })).toBeVisible()
  await expect(conversation(page)).toContainText('Could not be delivered to nobody@refused.example.')
})
