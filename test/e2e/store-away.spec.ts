import { expect, test, type Page } from '@playwright/test'
import { answered, nav, services, settingsPage } from './hands'
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
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    ['First', 'Second', 'Third'].map((subject) => ({
      raw: mail({ subject, from: `${subject} <${subject.toLowerCase()}@shop.example>` }),
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  page = desk.page
  await synced(page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

/** The store ends at once, as by a fault of its own; it comes up again by itself. */
async function storeEnds(): Promise<void> {
  const { store } = await services(desk.app)
  process.kill(store, 'SIGKILL')
}

test('what was picked for an act that failed does not have to be picked again', async () => {
  await row(page, /First/).focus()
  await page.keyboard.press('x')
  await row(page, /Second/).focus()
  await page.keyboard.press('x')
  const bar = page.getByRole('toolbar', { name: '2 selected' })
  const close = bar.getByRole('button', { name: /^Close/ })
  await expect(close).toBeVisible()
  await storeEnds()
  await close.press('Enter')
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText(/restarting|moment/i)
  await answered(page, 'counts.get', {})
  await expect(list(page).getByRole('row')).toHaveCount(3)
  await expect(close).toBeEnabled()
  await close.press('Enter')
  await expect(list(page).getByRole('row')).toHaveCount(1)
  await expect(page.getByRole('toolbar', { name: /selected/ })).toHaveCount(0)
})

test('a name that was typed into the profile while the store was away is not lost when the page is left', async () => {
  await nav(page, 'Settings').click()
  await settingsPage(page, 'Profile').click()
  const name = page.getByRole('textbox', { name: 'Your name' })
  await name.fill('Ana Sousa')
  await storeEnds()
  await page.getByRole('button', { name: 'Settings, back to the list' }).press('Enter')
  await expect(name).toHaveCount(0)
  await expect.poll(async () => (await answered(page, 'settings.get', {})).agentName).toBe('Ana Sousa')
})

test('words of a note about a customer that could not be saved are not replaced by the old ones when the pencil is pressed', async () => {
  await row(page, /Third/).click()
  const pencil = page.getByRole('button', { name: 'Edit note' })
  const words = page.getByRole('textbox', { name: 'Note about Third' })
  await pencil.click()
  await words.fill('Pays by invoice')
  await storeEnds()
  await pencil.click()
  await expect(words).toHaveValue('Pays by invoice')
})
