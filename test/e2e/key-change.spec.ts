import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { deliver, nav, settingsPage } from './hands'
import { leave, mail, newProfile, row, seed, startPostern, startTeam, synced, type Desk, type Team } from './harness'
import { look } from './pictures'

let team: Team
let desk: Desk
const profile = newProfile()
const mark = (): string => readFileSync(join(profile, 'postern.db')).subarray(0, 16).toString('hex')

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(team, 'help', [{ raw: mail({ subject: 'Before the change' }) }])
  desk = await startPostern({ profile, provision: team.provision, size: { width: 1280, height: 800 } })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

const toSecurity = async (): Promise<void> => {
  await desk.page.keyboard.press('g')
  await desk.page.keyboard.press('s')
  await settingsPage(desk.page, 'Security').click()
}
const dialog = () => desk.page.getByRole('dialog')

test('after a change of the key everything is there, mail goes on, and the program starts with the new key alone; a passphrase stays (R47)', async () => {
  const before = mark()
  await toSecurity()
  await desk.page.getByRole('button', { name: 'Change the key…' }).click()
  await look(desk, 'key-change')
  await dialog().getByRole('button', { name: 'Change the key' }).click()
  await expect(desk.page.getByText('Everything is encrypted under a new key')).toBeVisible({ timeout: 60_000 })
  expect(mark()).not.toBe(before)
  await desk.page.getByRole('button', { name: 'Settings, back to the list' }).click()
  await nav(desk.page, 'Inbox').click()
  await expect(row(desk.page, /Before the change/)).toBeVisible()
  await deliver(team, mail({ subject: 'After the change' }))
  await expect(row(desk.page, /After the change/)).toBeVisible({ timeout: 30_000 })

  await toSecurity()
  await desk.page.getByRole('button', { name: 'Set a passphrase' }).click()
  await dialog().getByLabel('New passphrase', { exact: true }).fill('correct horse battery')
  await dialog().getByLabel('Passphrase again', { exact: true }).fill('correct horse battery')
  await dialog().getByRole('button', { name: 'Set passphrase' }).click()
  await expect(desk.page.getByText('The key is protected by a passphrase')).toBeVisible({ timeout: 20_000 })
  const second = mark()
  await desk.page.getByRole('button', { name: 'Change the key…' }).click()
  await dialog().getByLabel('Current passphrase', { exact: true }).fill('correct horse battery')
  await dialog().getByRole('button', { name: 'Change the key' }).click()
  await expect(desk.page.getByText('Everything is encrypted under a new key')).toBeVisible({ timeout: 60_000 })
  expect(mark()).not.toBe(second)
  await desk.close()
  desk = await startPostern({ profile, size: { width: 1280, height: 800 } })
  await desk.page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery')
  await desk.page.keyboard.press('Enter')
  await expect(row(desk.page, /After the change/)).toBeVisible({ timeout: 30_000 })
  await synced(desk.page)
})
