import { expect, test, type Page } from '@playwright/test'
import { answered, nav, settingsPage } from './hands'
import {
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

test.beforeAll(async () => {
  team = await startTeam(['help', 'warranty'])
  const raw = (user: string, subject: string, at: number): string =>
    mail({
      subject,
      from: `Customer ${at} <c${at}@harbour.example>`,
      to: `${user}@northwindbikes.example`,
      date: new Date(Date.now() - at * 60_000),
    })
  seed(
    team,
    'help',
    ['Squeaking brake', 'Lost a pedal'].map((subject, at) => ({ raw: raw('help', subject, at) })),
  )
  seed(team, 'warranty', [{ raw: raw('warranty', 'Rim is bent', 3) }])
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  page = desk.page
  await synced(page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

/** The row, or the pane of page or list, that has the focus; '' where nothing has it. */
const inFocus = (): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!element || element === document.body) return ''
    return element.getAttribute('role') ?? element.getAttribute('data-pane') ?? element.tagName
  })
const press = async (keys: string): Promise<void> => {
  for (const key of keys.split(' ')) await page.keyboard.press(key)
}

test('the focus is not lost from list to list by key, nor back from a page: Enter opens what is there', async () => {
  await row(page, /Squeaking brake/).click()
  for (const [keys, has] of [
    ['g u', 'row'],
    ['g d', 'list'],
    ['g o', 'list'],
    ['g i', 'row'],
    ['g m', 'list'],
    ['g i', 'row'],
    ['g s', 'page'],
    ['Escape', 'row'],
  ] as const) {
    await press(keys)
    await expect.poll(inFocus, keys).toBe(has)
  }
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Squeaking brake' })).toBeVisible()
  await press('g m')
  await expect.poll(inFocus).toBe('list')
  // F6 goes by a list of nothing, too
  const panes: string[] = []
  for (let times = 0; times < 4; times++) {
    await page.keyboard.press('F6')
    panes.push(
      await page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane') ?? ''),
    )
  }
  expect(new Set(panes)).toEqual(new Set(['sidebar', 'list', 'conversation']))
  await press('g i')
})

test('the focus is not lost with the bar of what was picked, nor with the last conversation of a list', async () => {
  const bar = page.getByRole('toolbar', { name: /selected/ })
  await row(page, /Squeaking brake/).focus()
  for (const button of ['Clear selection', 'Read']) {
    await press('x')
    await bar.getByRole('button', { name: button, exact: true }).press('Enter')
    await expect(bar).toHaveCount(0)
    await expect.poll(inFocus, button).toBe('row')
  }
  await nav(page, 'Warranty').click()
  await row(page, /Rim is bent/).click()
  await press('e')
  await expect(list(page)).toHaveCount(0)
  await expect.poll(inFocus).toBe('list')
  await page.keyboard.press('Control+z')
  await expect(row(page, /Rim is bent/)).toBeFocused()
  await nav(page, 'Inbox').click()
})

test('the values of a condition are not hidden behind the dialog of its view', async () => {
  await page.getByRole('button', { name: 'New view' }).click()
  const dialog = page.getByRole('dialog', { name: 'New view' })
  await dialog.getByLabel('Name').fill('Guarantee')
  await dialog.getByRole('button', { name: 'Add a condition', exact: true }).click()
  await dialog.getByLabel('What it is about').last().selectOption('Mailbox')
  await dialog.getByRole('button', { name: /^Mailbox/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Warranty' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Save view' }).click()
  await nav(page, 'Guarantee').click()
  await expect(list(page).getByRole('row')).toHaveCount(1)
})

test('moves of a view that come fast are not lost, and what takes one back does not take the view away', async () => {
  await page.keyboard.press('Escape')
  await nav(page, 'Settings').click()
  await settingsPage(page, 'Views').click()
  await expect(page.getByRole('button', { name: 'Move Guarantee up' })).toBeVisible()
  const names = async (): Promise<string[]> =>
    (await page.getByRole('row').allInnerTexts()).map((text) => /^\s*(.*)/.exec(text)?.[1] ?? '').slice(1)
  const before = await names()
  expect(before.at(-1)).toBe('Guarantee')
  await page.getByRole('button', { name: 'Move Guarantee up' }).focus()
  for (let times = 0; times < 4; times++) await page.keyboard.press('Enter')
  await expect.poll(async () => (await names()).indexOf('Guarantee')).toBe(before.length - 5)
  for (let times = 0; times < 4; times++) await page.keyboard.press('Control+z')
  await expect.poll(names).toEqual(before)
})

test('quiet hours that are typed by key are not kept as others', async () => {
  await press('g s')
  await settingsPage(page, 'Notifications').click()
  const from = page.getByLabel('From', { exact: true })
  // The first press goes to the hours, whatever was left in the field.
  await from.focus()
  await page.keyboard.type('1030PM', { delay: 30 })
  await page.keyboard.press('Tab')
  await expect.poll(async () => (await answered(page, 'settings.get', {})).quietFrom).toBe(22 * 60 + 30)
  await expect(from).toHaveValue('22:30')
})
