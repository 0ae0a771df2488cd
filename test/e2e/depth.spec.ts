import { randomBytes } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { answered, nav, openRow, settingsPage } from './hands'
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

const day = 86_400_000
const ago = (days: number): Date => new Date(Date.now() - days * day)

let team: Team
let desk: Desk

/** 400 kB that begin as a picture does. */
const film = (): Buffer => Buffer.concat([Buffer.from('iVBORw0KGgo=', 'base64'), randomBytes(400_000)])

test.beforeAll(async () => {
  team = await startTeam(['help'])
  const old = (n: number, text: string): Parameters<typeof seed>[2][number] => ({
    raw: mail({ subject: `Old order ${n}`, id: `old-${n}@harbourcycle.example`, date: ago(100 + n), text }),
    date: ago(100 + n),
    flags: ['\\Seen'],
  })
  seed(team, 'help', [
    old(1, 'The penny-farthing squeaks.'),
    old(2, 'The unicycle wobbles.'),
    old(3, 'The tandem is heavy.'),
    {
      raw: mail({ subject: 'New order', id: 'new@harbourcycle.example', date: ago(1), text: 'A bell, please.' }),
      date: ago(1),
      flags: ['\\Seen'],
    },
    {
      raw: mail({
        subject: 'A film',
        id: 'film@harbourcycle.example',
        date: ago(2),
        text: 'See the velocipede film.',
        files: ['one.png', 'two.png'].map((name) => ({ name, type: 'image/png', content: film() })),
      }),
      date: ago(2),
      flags: ['\\Seen'],
    },
  ])
  const mailboxes = team.provision.mailboxes.map((one) => ({
    ...one,
    depth: { bodies: 'months', months: 1, largest: 524_288 },
  }))
  desk = await startPostern({
    profile: newProfile(),
    provision: { ...team.provision, mailboxes },
    size: { width: 1280, height: 800 },
  })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('what is on the server only is said, comes when it is opened, and is never shown as an empty message', async () => {
  const { page } = desk
  await nav(page, 'Inbox').click()
  await openRow(page, 'New order')
  await expect(conversation(page)).toContainText('A bell, please.')
  const search = async (text: string): Promise<{ total: number; partial: number }> =>
    answered(page, 'search.query', { text })
  expect(await search('unicycle')).toMatchObject({ total: 0, partial: 4 })

  await openRow(page, 'Old order 1')
  await expect(conversation(page)).toContainText('The penny-farthing squeaks.')

  // Offline: said in place, and the list, the headers and everything else go on.
  await team.cutCables()
  await openRow(page, 'Old order 2')
  await expect(conversation(page)).toContainText('could not be fetched', { timeout: 30_000 })
  await team.restoreCables()
  await expect(async () => {
    await conversation(page).getByRole('button', { name: 'Try again' }).click({ timeout: 1_000 })
    await expect(conversation(page)).toContainText('The unicycle wobbles.', { timeout: 3_000 })
  }).toPass({ timeout: 40_000 })

  // The beginning of a large one: its text and the rest by a button.
  await openRow(page, 'A film')
  await expect(conversation(page)).toContainText('See the velocipede film.')
  await expect(conversation(page)).toContainText('Only the beginning of this message is here.')
  await expect(conversation(page)).not.toContainText('two.png')
  await conversation(page).getByRole('button', { name: 'Fetch the rest' }).click()
  await expect(conversation(page)).toContainText('two.png')
  await expect(conversation(page)).not.toContainText('Only the beginning')

  // Search says what it does not cover.
  await page.keyboard.press('/')
  await page.keyboard.type('tandem')
  await expect(page.getByText('1 message is here in part. Its text is not searched.')).toBeVisible()

  // All of it is wanted after all: what is missing comes by itself.
  await page.keyboard.press('Escape')
  await answered(page, 'settings.get', {})
  await page.getByRole('button', { name: /You: / }).or(page.locator('.tb-you')).first().click()
  await settingsPage(page, 'Mailboxes').click()
  await page.getByRole('button', { name: 'More actions for Help' }).click()
  await page.getByRole('menuitem', { name: 'Storage…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Storage of Help' })
  await expect(dialog).toContainText('for 5 messages, 1 of them in part')
  await expect(dialog.getByLabel('Months')).toHaveValue('1')
  await dialog.getByLabel('Mail on this computer').selectOption('all')
  await dialog.getByRole('button', { name: 'Keep' }).click()
  await expect.poll(() => search('tandem'), { timeout: 30_000 }).toMatchObject({ total: 1, partial: 0 })

  // Less after all: it is asked what is to become of what is here, with how much; it is freed, and taken back.
  const partial = async (): Promise<number> => (await answered(page, 'mailboxes.usage', { id: 1 })).partial
  const less = async (): Promise<void> => {
    await page.getByRole('button', { name: 'More actions for Help' }).click()
    await page.getByRole('menuitem', { name: 'Storage…' }).click()
    await dialog.getByLabel('Mail on this computer').selectOption('headers')
    await dialog.getByRole('radio', { name: 'Always gentle' }).click()
  }
  await less()
  await look(desk, 'depth')
  await dialog.getByRole('button', { name: 'Keep' }).click()
  const question = page.getByRole('dialog', { name: /^Free .* on this computer\?/ })
  await expect(question).toContainText('5 messages that are here lie beyond this.')
  await look(desk, 'depth-free')
  await question.getByRole('button', { name: /^Free / }).click()
  await expect.poll(partial, { timeout: 20_000 }).toBe(5)
  await page.getByRole('button', { name: 'Undo' }).click()
  // All but the large one, whose whole the former depth did not keep either.
  await expect.poll(partial, { timeout: 30_000 }).toBe(1)
  await page.keyboard.press('Escape')
  await nav(page, 'Inbox').click()
  await expect(row(page, /Old order 3/)).toBeVisible()
})
