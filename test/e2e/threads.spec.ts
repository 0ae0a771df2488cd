import { expect, test, type Locator } from '@playwright/test'
import { nav, openRow } from './hands'
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

const hour = 3_600_000
const ago = (hours: number): Date => new Date(Date.now() - hours * hour)

let team: Team
let desk: Desk

test.beforeAll(async () => {
  team = await startTeam(['help'])
  const seen = ['\\Seen']
  const bell = 'bell-1@harbourcycle.example'
  const answer = 'bell-2@northwindbikes.example'
  seed(team, 'help', [
    {
      raw: mail({ subject: 'Bell is silent', id: bell, date: ago(50), text: 'The bell is silent.' }),
      date: ago(50),
      flags: seen,
    },
    {
      raw: mail({
        from: 'Ana Ferreira <help@northwindbikes.example>',
        to: 'Priya Raman <priya@harbourcycle.example>',
        subject: 'Re: Bell is silent',
        id: answer,
        inReplyTo: bell,
        references: `<${bell}>`,
        date: ago(40),
        text: 'We send a new one.',
      }),
      folder: 'Sent',
      date: ago(40),
      flags: seen,
    },
    {
      raw: mail({
        subject: 'Wrong invoice',
        id: 'bell-3@harbourcycle.example',
        inReplyTo: answer,
        references: `<${bell}> <${answer}>`,
        date: ago(30),
        text: 'By the way, the invoice is wrong.',
      }),
      date: ago(30),
      flags: seen,
    },
    {
      raw: mail({
        subject: 'Invoice again',
        id: 'invoice@harbourcycle.example',
        date: ago(20),
        text: 'About the invoice.',
      }),
      date: ago(20),
      flags: seen,
    },
    {
      raw: mail({
        subject: 'A lamp',
        from: 'Tom Okafor <tom@customer.example>',
        id: 'lamp@customer.example',
        date: ago(10),
        text: 'The lamp flickers.',
      }),
      date: ago(10),
      flags: seen,
    },
  ])
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

const articles = (): Locator => conversation(desk.page).getByRole('article')

test('what the pane of a customer says of their other conversations does not grow old', async () => {
  const { page } = desk
  await nav(page, 'Inbox').click()
  await openRow(page, 'Invoice again')
  const other = page.getByRole('complementary', { name: 'Customer' }).getByRole('button', { name: /Bell is silent/ })
  await expect(other).toHaveAccessibleName(/^Open/)
  await row(page, /Bell is silent/).click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Close/ }).click()
  await expect(other).toHaveAccessibleName(/^Closed/)
  await page.keyboard.press('ControlOrMeta+z')
  await expect(other).toHaveAccessibleName(/^Open/)
  await expect(row(page, /Bell is silent/)).toBeVisible()
})

test('a conversation is not stuck with what the headers say: why, split, merge, and each taken back, by mouse and keyboard', async () => {
  const { page } = desk
  await nav(page, 'Inbox').click()
  await openRow(page, 'Bell is silent')
  await expect(articles()).toHaveCount(3)

  // Why: from the menu of the message.
  await articles().nth(1).hover()
  await articles().nth(1).getByRole('button', { name: 'Message actions' }).click()
  await page.getByRole('menuitem', { name: 'Why is this here?' }).click()
  await expect(page.getByRole('dialog')).toContainText('Its In-Reply-To header names the message from Priya Raman')
  await look(desk, 'threads-why')
  await page.keyboard.press('Escape')

  // The new subject offers a split.
  await expect(articles().nth(2)).toContainText('New subject: “Wrong invoice”')
  await articles().nth(2).getByRole('button', { name: 'Split from here on' }).click()
  await expect(articles()).toHaveCount(2)
  await expect(row(page, /Wrong invoice/)).toBeVisible()
  await expect(conversation(page)).toContainText('Ana Ferreira split a part off “Wrong invoice”')
  await page.getByRole('button', { name: /^Undo/ }).last().click()
  await expect(articles()).toHaveCount(3)
  await expect(row(page, /Wrong invoice/)).toHaveCount(0)

  // With the keyboard, through the dialog.
  await page.keyboard.press('Shift+M')
  await expect(page.getByRole('dialog', { name: 'Split this conversation' })).toBeVisible()
  await look(desk, 'threads-split')
  await page.getByRole('button', { name: 'Split into two' }).click()
  await expect(articles()).toHaveCount(2)

  // Merged with another of the same customer, and by its line taken back.
  await openRow(page, 'Wrong invoice')
  await page.keyboard.press('m')
  const dialog = page.getByRole('dialog', { name: 'Merge into another conversation' })
  // Whose it is can be read, however little room there is.
  await expect(dialog.getByText('Priya Raman').first()).toBeInViewport({ ratio: 1 })
  await dialog.getByRole('radio', { name: /Invoice again/ }).check()
  await look(desk, 'threads-merge')
  await page.keyboard.press('Enter')
  await expect(conversation(page)).toContainText('“Wrong invoice”')
  await expect(articles()).toHaveCount(2)
  await conversation(page)
    .locator('.event', { hasText: 'Joined with another conversation' })
    .getByRole('button', { name: 'Undo' })
    .click()
  await expect(articles()).toHaveCount(1)
  await expect(row(page, /Wrong invoice/)).toBeVisible()

  // Picked ones, from the bar of the list; the search of the picker finds any other.
  await row(page, /A lamp/).click({ modifiers: ['Control'] })
  await row(page, /Invoice again/).click({ modifiers: ['Control'] })
  const bar = page.getByRole('toolbar', { name: /2/ })
  await bar.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Merge' }).click()
  await expect(row(page, /A lamp/)).toHaveCount(0)
  await page.getByRole('button', { name: /^Undo/ }).last().click()
  await expect(row(page, /A lamp/)).toBeVisible()
  await openRow(page, 'A lamp')
  await page.keyboard.press('m')
  await dialog.getByLabel('Find a conversation').fill('silent')
  await expect(dialog.getByText('Another customer')).toBeVisible()
  await page.keyboard.press('Escape')
})
