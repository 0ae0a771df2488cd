import { expect, test, type Locator, type Page } from '@playwright/test'
import { answered, openRow } from './hands'
import { leave, list, mail, newProfile, seed, startPostern, startTeam, synced, type Desk, type Team } from './harness'

let team: Team
let desk: Desk
let page: Page
const subjects = ['Squeaking brake', 'Lost a pedal', 'Rim is bent', 'Bell too loud'] as const
const [first] = subjects

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    subjects.map((subject, at) => ({
      raw: mail({ subject, from: `Customer ${at} <c${at}@harbour.example>`, date: new Date(Date.now() - at * 60_000) }),
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  page = desk.page
  await synced(page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

const composer = (): Locator => page.getByRole('region', { name: 'Composer' })

test('whoever is typed into Cc is not left out of a reply that is sent from there by key', async () => {
  await openRow(page, first)
  await page.keyboard.press('r')
  await page.keyboard.type('It is on its way')
  await composer().getByRole('button', { name: 'Cc' }).click()
  await page.keyboard.type('boss@harbour.example')
  await page.keyboard.press('Control+Enter')
  await expect.poll(async () => (await answered(page, 'outbox.list', {})).items.length).toBe(1)
  const { items } = await answered(page, 'outbox.list', {})
  expect(items.map(({ cc }) => cc.map(({ address }) => address))).toEqual([['boss@harbour.example']])
  // nothing of it is begun anew as a draft of its own
  await expect(list(page)).toHaveAttribute('aria-rowcount', '3')
  await expect(page.getByText('Draft', { exact: true })).toHaveCount(0)
})
