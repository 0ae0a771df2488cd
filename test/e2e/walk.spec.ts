import { expect, test, type Locator, type Page } from '@playwright/test'
import { answered, keepNotices, openRow, replyBox } from './hands'
import {
  conversation,
  leave,
  list,
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

let team: Team
let desk: Desk
let page: Page
/** Subjects from the top of the list; the first two are of one customer. */
const subjects = ['Squeaking brake', 'Lost a pedal', 'Rim is bent', 'Bell too loud'] as const
const [first, second, third, last] = subjects
const ids = new Map<string, number>()

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    subjects.map((subject, at) => ({
      raw: mail({
        subject,
        from: at < 2 ? 'Priya Raman <priya@harbour.example>' : `Customer ${at} <c${at}@harbour.example>`,
        date: new Date(Date.now() - at * 60_000),
      }),
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1440, height: 800 } })
  page = desk.page
  await synced(page)
  const { rows } = await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 10 })
  for (const { id, subject } of rows) ids.set(subject, id)
})
test.afterAll(async () => {
  await leave(desk, team)
})

const head = (): Locator => conversation(page).locator('header')
const heading = (subject: string): Locator => conversation(page).getByRole('heading', { name: subject })
const customer = (): Locator => page.getByRole('complementary', { name: 'Customer' })

/** Opens conversations as a click on a notification does, whatever lies over the window. */
async function byNotice(): Promise<(subject: string) => Promise<void>> {
  const notices = await keepNotices(desk.app)
  let told = 0
  return async (subject) => {
    await answered(page, 'app.notify', { title: subject, body: '', conversationId: ids.get(subject) ?? 0 })
    await notices.click(told++)
    await expect(heading(subject)).toBeVisible()
  }
}

test('a key that comes in the moment in which the first conversation appears is not lost', async () => {
  await page.evaluate(`
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.convhead h2')) return
      observer.disconnect()
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'r', code: 'KeyR', bubbles: true, cancelable: true }))
    }).observe(document.body, { childList: true, subtree: true })
  `)
  await openRow(page, first)
  await expect(replyBox(page)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(replyBox(page)).not.toBeFocused()
})

test('who walks through conversations marks none as read that they only passed', async () => {
  await openRow(page, first)
  await expect(row(page, new RegExp(`^${first}|, ${first}`))).toBeVisible()
  await page.evaluate(
    `for (const _ of [1, 2, 3]) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true, cancelable: true }))`,
  )
  await expect(heading(last)).toBeVisible()
  await expect(row(page, new RegExp(last))).not.toHaveClass(/unread/)
  for (const passed of [second, third]) await expect(row(page, new RegExp(passed))).toHaveClass(/unread/)
  // and the customer is the one where they stopped
  await expect(customer().getByRole('heading', { name: 'Customer 3' })).toBeVisible()
})

test('nothing that is open over one conversation is there over the next, nor again over the first', async () => {
  const open = await byNotice()
  const layers = page.locator('[role="menu"], [role="dialog"]')
  const button = (name: string | RegExp) => head().getByRole('button', { name })
  const choose = async (of: string, item: string | RegExp) => {
    await button(of).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const openers: Record<string, () => Promise<void>> = {
    status: async () => button(/^Status/).click(),
    more: async () => button('More actions').click(),
    assign: async () => page.keyboard.press('a'),
    tag: async () => page.keyboard.press('t'),
    snooze: async () => page.keyboard.press('z'),
    'date of a snooze': async () => {
      await page.keyboard.press('z')
      await page.getByRole('menuitem', { name: /^Pick a date/ }).click()
    },
    merge: async () => choose('More actions', /^Merge/),
    export: async () => choose('More actions', /^Export/),
    source: async () => choose('More actions', /source/i),
  }
  for (const [name, opens] of Object.entries(openers)) {
    await open(first)
    await opens()
    await expect(layers, name).not.toHaveCount(0)
    await open(second)
    await expect(layers, name).toHaveCount(0)
    await open(first)
    await expect(layers, name).toHaveCount(0)
  }
  const { rows } = await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 10 })
  expect(rows.map(({ subject, assignee, snoozedUntil }) => ({ subject, assignee, snoozedUntil }))).toEqual(
    subjects.map((subject) => ({ subject, assignee: null, snoozedUntil: null })),
  )
})

test('the focus does not stay on a button of the next conversation, and an answer that was begun is not asked for there', async () => {
  await openRow(page, first)
  await head().getByRole('button', { name: 'Next conversation' }).click()
  await expect(heading(second)).toBeVisible()
  await expect(row(page, new RegExp(second))).toBeFocused()
  const open = await byNotice()
  await page.keyboard.press('r')
  await expect(replyBox(page)).toBeFocused()
  await open(third)
  await expect(replyBox(page)).toBeVisible()
  await expect(replyBox(page)).not.toBeFocused()
  await page.keyboard.press('Escape')
})

test('a value that is being set for one conversation is not set for the next of the same customer', async () => {
  await answered(page, 'fields.save', { name: null, label: 'Frame number', kind: 'text', choices: [] })
  const open = await byNotice()
  await open(first)
  // It follows the conversation a moment later.
  await expect(customer().getByRole('heading', { name: 'Priya Raman' })).toBeVisible()
  await customer()
    .getByRole('button', { name: /Frame number/ })
    .click()
  await page.getByRole('textbox', { name: /Frame number/ }).fill('NB-7')
  await open(second)
  await expect(customer().getByRole('button', { name: /Frame number/ })).toBeVisible()
  const { fields } = await answered(page, 'conversations.get', { id: ids.get(second) ?? 0 })
  expect(fields).toEqual([])
})

test('words of a note that were kept are there for who presses N at once and types on', async () => {
  await openRow(page, last)
  await answered(page, 'notes.keepDraft', { conversationId: ids.get(third) ?? 0, text: 'Spoke to her, ' })
  await list(page)
    .getByRole('row', { name: new RegExp(last) })
    .focus()
  await page.keyboard.press('k')
  await expect(heading(third)).toBeVisible()
  await page.keyboard.press('n')
  await page.keyboard.type('rim is on its way')
  await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('Spoke to her, rim is on its way')
})

test('what is copied is not lost on its way to the clipboard', async () => {
  await openRow(page, first)
  const copy = head().getByRole('button', { name: /^Copy the number/ })
  const number = await copy.innerText()
  await copy.press('Enter')
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText(`${number} copied`)
  expect(await desk.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(number)
  await conversation(page).getByRole('article').first().hover()
  await conversation(page).getByRole('button', { name: 'Message actions' }).click()
  await page.getByRole('menuitem', { name: 'Copy text' }).click()
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Text copied')
  expect(await desk.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('Hello.')
})
