import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { startCutProxy } from '../servers/cut-proxy.mjs'
import { answered, nav, openRow } from './hands'
import { conversation, leave, mail, seed, startTeam, type Desk, type Team } from './harness'
import { look } from './pictures'
import { setClock } from './support-hands'
import { startDesks } from './team-desks'

const subject = 'The bell does not ring'
const wait = { timeout: 40_000 }
let team: Team
/** Of everybody but the owner. */
let cable: Awaited<ReturnType<typeof startCutProxy>>
let desks: Desk[]

test.beforeAll(async () => {
  test.setTimeout(180_000)
  team = await startTeam(['help'])
  seed(team, 'help', [{ raw: mail({ subject, id: 'bell@harbourcycle.example' }) }])
  cable = await startCutProxy({ port: team.dovecot.port })
  desks = await startDesks(team, ['Ana Ferreira', 'Bo Lindqvist', 'Cy Marsh'], cable.port)
})
test.afterAll(async () => {
  await leave(...(desks ?? []), cable, team)
})

const tray = (page: Page) => page.getByRole('region', { name: 'Needs attention' })
const line = (page: Page, words: RegExp) => tray(page).locator('.banner').filter({ hasText: words })
/** By keyboard, from wherever one is, to a line of the tray. */
async function openTray(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Team needs you/ }).press('Enter', wait)
  await expect(tray(page)).toBeVisible()
}
const act = (page: Page, words: RegExp, name: string) =>
  line(page, words).getByRole('button', { name, exact: true }).press('Enter')
const places = (): string[] =>
  team.dovecot.doveadm('fetch', '-u', 'help', 'uid', 'mailbox', 'Postern', 'all').match(/\d+/g) ?? []

test('what goes wrong in a team is told in the tray as it arises on the wire, and its act by keyboard does what it says', async () => {
  test.setTimeout(360_000)
  const [desk, second, third] = desks
  if (!desk || !second || !third) throw new Error('no desks')
  const [ana, bo, cy] = [desk.page, second.page, third.page]
  const write = async (page: Page, text: string, leaves = true): Promise<void> => {
    const { rows } = await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 9 })
    const conversationId = rows.find((one) => one.subject === subject)?.id ?? 0
    await answered(page, 'notes.add', { conversationId, text })
    if (leaves) await expect.poll(async () => (await answered(page, 'team.state', {})).waiting, wait).toBe(0)
  }
  const reads = async (page: Page, text: string): Promise<void> => {
    await nav(page, 'Inbox').click()
    await openRow(page, subject)
    await expect(conversation(page).getByText(text)).toBeVisible(wait)
  }
  for (const page of [ana, bo, cy]) await openRow(page, subject)

  // The server takes nothing more.
  const closed = join(team.dovecot.maildirOf('help'), '.Postern', 'tmp')
  chmodSync(closed, 0o500)
  await write(ana, 'This waits for the server', false)
  await openTray(ana)
  await expect(line(ana, /Team updates are delayed\./)).toContainText('127.0.0.1 refused this.')
  await look(desk, 'team-trouble-delayed')
  chmodSync(closed, 0o700)
  // It looks again by itself too, so the line may go before the key comes.
  await expect(async () => {
    const again = line(ana, /Team updates are delayed/).getByRole('button', { name: 'Look again' })
    if (await again.isVisible()) await again.press('Enter', { timeout: 2000 }).catch(() => undefined)
    await expect(tray(ana)).toBeHidden({ timeout: 2000 })
  }).toPass(wait)
  await reads(cy, 'This waits for the server')

  // Bo is taken out, and his laptop writes on before it hears of it.
  const { members } = await answered(ana, 'team.state', {})
  await team.imapCable.cut()
  await answered(ana, 'team.remove', { member: members.find(({ name }) => name === 'Bo Lindqvist')?.id ?? '' })
  await write(bo, 'Written after leaving')
  await team.imapCable.restore()
  await answered(ana, 'team.lookAgain', {})
  const held = /^1 change that Bo Lindqvist made after leaving is held back\./
  await expect(line(ana, held)).toBeVisible(wait)
  await look(desk, 'team-trouble-held')
  // Cy had it before he heard that Bo has left.
  await expect(conversation(cy).getByText('Written after leaving')).toBeHidden(wait)
  await act(ana, held, 'Take them over')
  await expect(line(ana, held)).toBeHidden(wait)
  await reads(cy, 'Written after leaving')
  const note = conversation(cy).getByRole('article', { name: 'Internal note by Ana Ferreira' })
  await expect(note.filter({ hasText: 'Written after leaving' })).toBeVisible(wait)

  // A batch of Cy's got lost on the server before Ana read it, and her clock goes twenty minutes ahead.
  await team.imapCable.cut()
  const before = places()
  await write(cy, 'The one that got lost')
  const lost = places().filter((uid) => !before.includes(uid))
  await write(cy, 'The one behind it')
  await cable.cut()
  for (const uid of lost) team.dovecot.doveadm('expunge', '-u', 'help', 'mailbox', 'Postern', 'uid', uid)
  await team.imapCable.restore()
  await answered(ana, 'team.lookAgain', {})
  await expect.poll(async () => (await answered(ana, 'team.state', {})).link, wait).toBe('live')
  await setClock(desk, 20 * 60_000)
  const gap = /^Waiting for 1 batch of Cy Marsh that others have seen\./
  await expect(line(ana, gap)).toBeVisible(wait)
  await look(desk, 'team-trouble-gap')
  await act(ana, gap, 'Look again')
  await cable.restore()
  await expect(line(ana, gap)).toBeHidden(wait)
  const clock = /^This computer’s clock is 20 minutes off the mail server’s\./
  await expect(line(ana, clock)).toBeVisible(wait)
  await look(desk, 'team-trouble-clock')
  await ana.getByRole('button', { name: 'Settings, back to the list' }).press('Enter')
  await reads(ana, 'The one that got lost')
  await setClock(desk, 0)
  await openTray(ana)
  await expect(line(ana, /^This computer’s clock was set back\./)).toBeVisible(wait)
  await expect(line(ana, clock)).toBeHidden(wait)
})
