import { expect, test, type Page } from '@playwright/test'
import { answered, deliver, nav } from './hands'
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

const many = 330
let team: Team
let desk: Desk
let page: Page

const bar = (): ReturnType<Page['getByRole']> => page.getByRole('toolbar', { name: /selected/ })

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    Array.from({ length: many }, (_, i) => ({
      raw: mail({
        subject: `Order ${1000 + i}`,
        from: `Customer ${i} <c${i}@harbour.example>`,
        date: new Date(Date.now() - i * 60_000),
      }),
      date: new Date(Date.now() - i * 60_000),
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  page = desk.page
  await synced(page)
  await expect(list(page)).toHaveAttribute('aria-rowcount', String(many))
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('keys that are pressed quickly close one conversation each, and none twice', async () => {
  await row(page, /Order 1000/).click()
  await expect(conversation(page).getByRole('heading', { name: 'Order 1000' })).toBeVisible()
  for (let press = 0; press < 5; press++) {
    await page.keyboard.press('e')
    await page.waitForTimeout(60)
  }
  await expect(list(page)).toHaveAttribute('aria-rowcount', String(many - 5))
  for (let press = 0; press < 5; press++) await page.keyboard.press('ControlOrMeta+z')
  await expect(list(page)).toHaveAttribute('aria-rowcount', String(many))
})

test('no conversation is picked beside those that are meant, when mail comes in after the first of a range was chosen', async () => {
  await row(page, /Order 1002/).click()
  await deliver(team, mail({ subject: 'Just in', from: 'Lina <lina@harbour.example>' }))
  await expect(row(page, /Just in/)).toBeVisible({ timeout: 20_000 })
  await row(page, /Order 1004/).click({ modifiers: ['Shift'] })
  await expect(bar()).toHaveAccessibleName('3 selected')
  await page.keyboard.press('Escape')
})

test('no conversation of a range is left out because it was never on screen', async () => {
  await row(page, /Order 1000/).click()
  await list(page).evaluate((grid) => grid.parentElement?.scrollTo(0, grid.scrollHeight))
  await row(page, /Order 1329/).click({ modifiers: ['Shift'] })
  await expect(bar()).toHaveAccessibleName(`${many} selected`)
  await page.keyboard.press('Escape')
  await list(page).evaluate((grid) => grid.parentElement?.scrollTo(0, 0))
})

test('no act reaches conversations that were picked in another list', async () => {
  await row(page, /Order 1000/).focus()
  await page.keyboard.press('x')
  await expect(bar()).toHaveAccessibleName('1 selected')
  await nav(page, 'Unassigned').click()
  await expect(list(page).getByRole('row').first()).toBeVisible()
  await expect(bar()).toHaveCount(0)
  await nav(page, 'Inbox').click()
  await expect(bar()).toHaveCount(0)
})

test('what was closed by key in a view that people made does not stay picked, where the next key would reach it', async () => {
  const { name } = await answered(page, 'views.save', {
    name: null,
    label: 'Open orders',
    conditions: [{ on: 'status', any: ['open'] }],
    order: 'newest',
    own: true,
  })
  expect(name).not.toBe('')
  await nav(page, 'Open orders').click()
  await row(page, /Order 1000/).focus()
  await page.keyboard.press('x')
  await expect(bar()).toHaveAccessibleName('1 selected')
  await page.keyboard.press('e')
  await expect(row(page, /Order 1000/)).toHaveCount(0)
  await expect(bar()).toHaveCount(0)
  await page.keyboard.press('ControlOrMeta+z')
  await expect(row(page, /Order 1000/)).toBeVisible()
  await nav(page, 'Inbox').click()
})

test('a tag that was given from the menu of a row is shown as given there, and taken by the same choice', async () => {
  await answered(page, 'tags.create', { label: 'Warranty' })
  await row(page, /Order 1003/).click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Add a tag/ }).click()
  const choice = page.getByRole('dialog', { name: 'Tags' }).getByRole('option', { name: /Warranty/ })
  await choice.click()
  await expect(row(page, /Order 1003.*Warranty/)).toBeVisible()
  await expect(choice).toContainText('Remove')
  await choice.click()
  await expect(row(page, /Order 1003.*Warranty/)).toHaveCount(0)
  await page.keyboard.press('Escape')
})
