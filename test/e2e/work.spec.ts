import { expect, test, type Page } from '@playwright/test'
import { answered, composingKey, deliver, keepNotices, nav, settingsPage } from './hands'
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
import { look } from './pictures'

let team: Team
let desk: Desk
let page: Page

test.beforeAll(async () => {
  team = await startTeam(['help', 'warranty'])
  seed(
    team,
    'help',
    ['Rear hub clicking', 'Delivery slot moved', 'Refund for a light'].map((subject, i) => ({
      raw: mail({ subject, from: `Customer ${i} <c${i}@harbour.example>` }),
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  page = desk.page
  await synced(page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('assigning, tagging and snoozing by keyboard loses no conversation, and each is taken back', async () => {
  await row(page, /Rear hub/).click()
  await expect(conversation(page).getByRole('button', { name: 'Unassigned' })).toBeVisible()
  await page.keyboard.press('i')
  await expect(conversation(page).getByRole('button', { name: 'Assigned to Ana Ferreira' })).toBeVisible()
  await expect(conversation(page).getByText('Ana Ferreira took this')).toBeVisible()
  await expect(nav(page, 'Mine')).toHaveAccessibleName(/^Mine 1 conversation/)
  await expect(nav(page, 'Unassigned')).toHaveAccessibleName(/^Unassigned 2 conversations/)
  await page.keyboard.press('ControlOrMeta+z')
  await expect(nav(page, 'Unassigned')).toHaveAccessibleName(/^Unassigned 3 conversations/)

  await page.keyboard.press('t')
  await page.keyboard.type('Warranty claim')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(nav(page, 'Warranty claim')).toHaveAccessibleName(/^Warranty claim 1 conversation/)
  await expect(row(page, /Rear hub.*Warranty claim/)).toBeVisible()
  await nav(page, 'Warranty claim').click()
  await expect(list(page).getByRole('row')).toHaveCount(1)
  await nav(page, 'Inbox').click()

  await row(page, /Delivery slot/).click()
  await page.keyboard.press('z')
  await page.getByRole('menuitem', { name: /^Tomorrow morning/ }).click()
  await expect(row(page, /Delivery slot/)).toBeHidden()
  await nav(page, 'Snoozed').click()
  await row(page, /Delivery slot/).click()
  await conversation(page)
    .getByRole('button', { name: /^Snoozed until/ })
    .click()
  await page.getByRole('menuitem', { name: 'End the snooze' }).click()
  await nav(page, 'Inbox').click()
  await expect(row(page, /Delivery slot/)).toBeVisible()
})

test('a note stays inside: it is yellow in the thread, keeps its words over a walk, and no composer can send it', async () => {
  await row(page, /Refund for a light/).click()
  await page.keyboard.press('n')
  const note = page.getByRole('region', { name: 'Internal note' })
  const words = note.getByRole('textbox', { name: 'Note' })
  const people = page.getByRole('listbox', { name: 'People to mention' })
  await words.pressSequentially('@A')
  await expect(people).toBeVisible()
  // The keys of an input method are not the list's.
  for (const key of ['Enter', 'Escape', 'ArrowDown']) await composingKey(words, key)
  await expect(words).toHaveValue('@A')
  await expect(people).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(people).toBeHidden()
  await expect(words).toBeFocused()
  await words.fill('')
  await words.pressSequentially('@An')
  await page.getByRole('option', { name: 'Ana Ferreira' }).click()
  await page.keyboard.type('refund it today')
  await row(page, /Rear hub/).click()
  await row(page, /Refund for a light/).click()
  await expect(note.getByRole('textbox', { name: 'Note' })).toHaveValue('@Ana Ferreira refund it today')
  await expect(note.getByRole('button', { name: /^Send/ })).toHaveCount(0)
  await note.getByRole('textbox', { name: 'Note' }).focus()
  await page.keyboard.press('ControlOrMeta+Enter')
  const card = conversation(page).getByRole('article', { name: 'Internal note by Ana Ferreira' })
  await expect(card).toContainText('@Ana Ferreira refund it today')
  await expect(card.locator('.mention')).toHaveText('@Ana Ferreira')
  await expect(page.getByRole('textbox', { name: 'Reply' })).toBeVisible()
  await look(desk, 'note')
  await nav(page, 'Inbox').click()
})

test('many are assigned, tagged and snoozed at once', async () => {
  await list(page).getByRole('row').first().focus()
  await page.keyboard.press('ControlOrMeta+a')
  const bar = page.getByRole('toolbar', { name: '3 selected' })
  await bar.getByRole('button', { name: 'Assign to…' }).click()
  await page.getByRole('menuitemcheckbox', { name: /Ana Ferreira/ }).click()
  await expect(nav(page, 'Mine')).toHaveAccessibleName(/^Mine 3 conversations/)
  await page.keyboard.press('Escape')
})

test('a tag is renamed and merged in settings, and its conversations follow', async () => {
  await nav(page, 'Settings').click()
  await settingsPage(page, 'Tags').click()
  await page.getByRole('button', { name: 'New tag' }).click()
  await page.getByLabel('Name').fill('Warranty CLAIM')
  await page.getByRole('button', { name: 'Make tag' }).click()
  await expect(page.getByRole('dialog')).toContainText('There is a tag with this name already.')
  await composingKey(page.getByLabel('Name'), 'Escape')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.getByLabel('Name').fill('Guarantee')
  await page.getByRole('button', { name: 'Make tag' }).click()
  await page.getByRole('button', { name: 'More actions for Warranty claim' }).click()
  await page.getByRole('menuitem', { name: 'Merge into…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Merge' }).click()
  await expect(page.getByRole('cell', { name: 'Warranty claim', exact: true })).toBeHidden()
  await expect(page.getByRole('row', { name: /Guarantee/ })).toContainText('1')
  await page.keyboard.press('Escape')
  await expect(nav(page, 'Guarantee')).toHaveAccessibleName(/^Guarantee 1 conversation/)
})

test('the menu of a row acts on that row, or on all that are picked, and gives the focus back', async () => {
  const menu = page.getByRole('menu')
  const item = (name: RegExp) => menu.getByRole('menuitem', { name })
  await nav(page, 'Inbox').click()
  // Read or not, after it was opened before, is a matter of how long that took.
  await row(page, /Delivery slot/).focus()
  await page.keyboard.press('ControlOrMeta+a')
  await page.getByRole('toolbar', { name: '3 selected' }).getByRole('button', { name: 'More', exact: true }).click()
  await item(/^Mark as unread/).click()
  await page.keyboard.press('Escape')
  await row(page, /Delivery slot/).click({ button: 'right' })
  await expect(conversation(page)).not.toContainText('Delivery slot')
  await look(desk, 'row-menu')
  // What it is already is not offered.
  await expect(item(/^Mark as read/)).toBeVisible()
  await expect(item(/^Mark as unread/)).toHaveCount(0)
  await item(/^Add a tag/).click()
  await expect(page.getByRole('dialog', { name: 'Tags' }).getByRole('combobox')).toBeFocused()
  await page.keyboard.type('Guarantee')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect(row(page, /Delivery slot.*Guarantee/)).toBeFocused()
  // By the system's key for it, and with no pointer at all.
  await page.keyboard.press('Shift+F10')
  await expect(item(/^Close/)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(row(page, /Delivery slot/)).toBeFocused()
  await page.keyboard.press('Shift+F10')
  await item(/^Snooze/).press('Enter')
  await item(/^Pick a date/).press('Enter')
  await expect(page.getByRole('dialog', { name: 'Snooze until' })).toBeVisible()
  await page.keyboard.press('Escape')
  await row(page, /Delivery slot/).click({ button: 'right' })
  await item(/^Assign to…/).click()
  await page.getByRole('menuitemcheckbox', { name: 'Nobody' }).click()
  await expect(nav(page, 'Mine')).toHaveAccessibleName(/^Mine 2 conversations/)
  await row(page, /Delivery slot/).focus()
  await page.keyboard.press('ControlOrMeta+a')
  await row(page, /Refund/).click({ button: 'right' })
  await expect(menu).toHaveAccessibleName('3 selected')
  await item(/^Close/).click()
  await expect(page.getByText('Inbox zero')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(list(page).getByRole('row')).toHaveCount(3)
})

test('mail that comes while the window is not in front is told by event, mailbox and quiet hours; the icon counts it and a click opens it', async () => {
  const notices = await keepNotices(desk.app)
  const told = async () => (await notices.told()).map(([, subject]) => subject)
  const comes = async (subject: string, user = 'help') => {
    const raw = mail({ subject, from: 'Yusuf Demir <yusuf@customer.example>', to: `${user}@northwindbikes.example` })
    await deliver(team, raw, user)
    // The icon's number has moved on when it was decided who is told.
    await expect(row(page, new RegExp(subject))).toBeVisible({ timeout: 20_000 })
  }
  const settle = async (change: () => Promise<unknown>) => {
    await nav(page, 'Settings').click()
    await settingsPage(page, 'Notifications').click()
    await change()
    await page.getByRole('button', { name: 'Settings, back to the list' }).click()
    await nav(page, 'Inbox').click()
  }
  const { unread } = await answered(page, 'counts.get', {})
  await page.evaluate(() => Reflect.set(document, 'hasFocus', () => false))
  await settle(() => page.getByLabel('Tell me about').selectOption('New conversations and mine'))
  await comes('Spokes for a 29er')
  await expect.poll(notices.told).toEqual([['Yusuf Demir', 'Spokes for a 29er']])
  await expect.poll(notices.badge).toBe(unread + 1)
  // What was not asked for is told by nobody; it counts on the icon all the same.
  await settle(() => page.getByRole('switch', { name: 'Warranty' }).click())
  await comes('A bell under warranty', 'warranty')
  await settle(() => page.getByLabel('Tell me about').selectOption('My conversations'))
  await comes('A new one of nobody')
  await settle(() => page.getByLabel('Tell me about').selectOption('Every message'))
  const hour = new Date().getHours()
  const clock = (hours: number) => `${String((hours + 24) % 24).padStart(2, '0')}:00`
  await settle(async () => {
    await page.getByLabel('From', { exact: true }).fill(clock(hour - 1))
    await page.getByLabel('to', { exact: true }).fill(clock(hour + 2))
  })
  await comes('At night')
  await settle(async () => {
    await page.getByLabel('From', { exact: true }).fill(clock(hour + 3))
    await page.getByLabel('to', { exact: true }).fill(clock(hour + 4))
  })
  await comes('By day')
  await expect.poll(told).toEqual(['Spokes for a 29er', 'By day'])
  await expect.poll(notices.badge).toBe(unread + 5)
  await notices.click(0)
  await expect(conversation(page).getByRole('heading', { name: 'Spokes for a 29er' })).toBeVisible()
})
