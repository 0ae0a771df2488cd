import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { tempFolder } from '../servers/process.mjs'
import { answerDialogs, nav, openRow } from './hands'
import { look } from './pictures'
import {
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

let team: Team
let desk: Desk
const dir = tempFolder('transfer')

test.beforeAll(async () => {
  team = await startTeam(['help'])
  const now = new Date()
  seed(team, 'help', [
    {
      raw: mail({ subject: 'Bell is silent', id: 'bell@harbourcycle.example', date: now }),
      date: now,
      flags: ['\\Seen'],
    },
  ])
  mkdirSync(join(dir, 'old', 'letters'), { recursive: true })
  for (let n = 0; n < 30; n++) {
    writeFileSync(
      join(dir, 'old', 'letters', `${n}.eml`),
      mail({
        subject: `Old order ${n}`,
        id: `old-${n}@harbourcycle.example`,
        date: new Date(Date.UTC(2015, 2, 1 + (n % 28))),
        text: 'From years ago.',
      }),
    )
  }
  mkdirSync(join(dir, 'out'))
  mkdirSync(join(dir, 'years'))
  writeFileSync(
    join(dir, 'years', 'one.eml'),
    mail({ subject: 'Kept for years', id: 'kept@harbourcycle.example', date: new Date(Date.UTC(2014, 5, 3)) }),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, team)
  rmSync(dir, { recursive: true, force: true })
})

test('old mail is not lost on its way in and out: import to a mailbox of its own, then export of it and of one conversation', async () => {
  const { page } = desk
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await expect(page.getByRole('heading', { name: 'Import and export' })).toBeVisible()
  await answerDialogs(desk.app, join(dir, 'old'))
  await page.getByRole('button', { name: 'Choose folder…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import old' })
  await dialog.getByLabel('Whose mail it was').fill('nobody')
  await expect(dialog.getByText('This is not an address.')).toBeVisible()
  await dialog.getByLabel('Whose mail it was').fill('shop@northwindbikes.example')
  await dialog.getByLabel('Name of the mailbox').fill('Old shop')
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByText('Done')).toBeVisible({ timeout: 20_000 })
  await expect(page.locator('.transfer')).toContainText('30 messages')

  await page.locator('.transfer').getByRole('button', { name: 'Show' }).click()
  await expect(nav(page, 'Old shop')).toBeVisible()
  await openRow(page, 'Old order 27')
  await expect(conversation(page)).toContainText('From years ago.')
  await expect(row(page, /Bell is silent/)).toHaveCount(0)

  // Into the archive on the server, where colleagues have it too.
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await answerDialogs(desk.app, join(dir, 'years'))
  await page.getByRole('button', { name: 'Choose folder…' }).click()
  const second = page.getByRole('dialog', { name: 'Import years' })
  await second.getByRole('radio', { name: 'Archive on the server' }).click()
  await expect(second).toContainText('Everybody who uses the mailbox has it there.')
  await look(desk, 'import-dialog')
  await second.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.locator('.transfer').first()).toContainText('1 message')
  await expect(page.locator('.transfer').first()).not.toContainText('on the server', { timeout: 20_000 })
  await expect
    .poll(() =>
      team.dovecot
        .doveadm('-f', 'tab', 'fetch', '-u', 'help', 'hdr.subject date.received', 'mailbox', 'Archive')
        .trim()
        .split('\n')
        .at(-1),
    )
    .toMatch(/^Kept for years\t2014-06-03/)
  await look(desk, 'transfers')
  await page.locator('.transfer', { hasText: 'Import of old' }).getByRole('button', { name: 'Show' }).click()
  await openRow(page, 'Old order 27')

  // Of one conversation, from its menu.
  await answerDialogs(desk.app, join(dir, 'out'))
  await conversation(page).getByRole('button', { name: 'More actions' }).first().click()
  await page.getByRole('menuitem', { name: 'Export…' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Form' }).selectOption('eml')
  await page.getByRole('button', { name: 'Choose where…' }).click()
  await expect.poll(() => readdirSync(join(dir, 'out')).length).toBe(1)

  // Of the mailbox, from its settings.
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await page.getByRole('button', { name: 'Export…' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Mailbox' }).selectOption({ label: 'Old shop' })
  await look(desk, 'export-dialog')
  await page.getByRole('button', { name: 'Choose where…' }).click()
  await expect(page.locator('.transfer').first()).toContainText('30 messages', { timeout: 20_000 })
  await expect.poll(() => readdirSync(join(dir, 'out')).filter((name) => name.startsWith('Old shop')).length).toBe(1)
  await expect(page.locator('.transfer').first()).toContainText('Done')
  // Moved away since: the system would show nothing, and not say so.
  for (const name of readdirSync(join(dir, 'out'))) rmSync(join(dir, 'out', name), { recursive: true })
  await page.locator('.transfer').first().getByRole('button', { name: 'Show in folder' }).click()
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('The file was not found')
})
