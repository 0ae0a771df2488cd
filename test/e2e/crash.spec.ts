import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test, type Page } from '@playwright/test'
import { answerByKeyboard, answered, deliver, nav, onServer, openRow } from './hands'
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
  syncStatus,
  synced,
  type Desk,
  type Team,
} from './harness'

// Each goes on where the one before it left the program.
test.describe.configure({ mode: 'serial' })

const count = 1500
let team: Team
let desk: Desk

/** Threads, several folders, read and unread, answered and not: what a comparison must notice. */
function fill(): void {
  const start = Date.now() - count * 600_000
  seed(
    team,
    'help',
    Array.from({ length: count }, (_, n) => {
      const date = new Date(start + n * 600_000)
      const id = (of: number): string => `bulk-${of}@harbourcycle.example`
      const first = n - (n % 3)
      const ours = n % 9 === 8
      return {
        raw: mail({
          from: ours ? 'Ana Ferreira <help@northwindbikes.example>' : `Customer ${first} <c${first}@customer.example>`,
          subject: `${n === first ? '' : 'Re: '}Order ${first}`,
          id: id(n),
          date,
          ...(n === first
            ? {}
            : {
                inReplyTo: id(n - 1),
                references: Array.from({ length: n - first }, (_none, m) => `<${id(first + m)}>`).join(' '),
              }),
          text: `Number ${n}. ${'All about spokes, tubes and rims. '.repeat(60)}`,
        }),
        date,
        folder: ours ? 'Sent' : first % 12 === 0 ? 'Archive' : first % 30 === 9 ? 'Junk' : 'INBOX',
        flags: n % 4 === 0 ? [] : ['\\Seen'],
      }
    }),
  )
}

const stored = async (page: Page): Promise<number> =>
  (await answered(page, 'sync.status', {})).mailboxes
    .flatMap(({ folders }) => folders)
    .reduce((sum, { localCount }) => sum + localCount, 0)

/** Waits until so many messages are here, while more are still to come. */
async function inMidSync(page: Page, least: number): Promise<void> {
  await expect.poll(() => stored(page), { intervals: [20] }).toBeGreaterThanOrEqual(least)
  expect(await stored(page)).toBeLessThan(count)
}

/** Everything that a person can see of the workspace, without what differs by row ids. */
async function picture(page: Page): Promise<unknown> {
  const rows: string[] = []
  for (const view of ['inbox', 'pending', 'closed', 'spam'] as const) {
    for (let offset = 0, total = 1; offset < total; offset += 200) {
      const part = await answered(page, 'conversations.list', { view, offset, limit: 200 })
      total = part.total
      rows.push(
        ...part.rows.map(
          ({ subject, people, messageCount, unread, status, lastAt, snippet, lastFromTeam, attachmentCount }) =>
            JSON.stringify([
              view,
              subject,
              people,
              messageCount,
              unread,
              status,
              lastAt,
              snippet,
              lastFromTeam,
              attachmentCount,
            ]),
        ),
      )
    }
  }
  const { views, unread } = await answered(page, 'counts.get', {})
  const folders = (await answered(page, 'sync.status', {})).mailboxes.flatMap((mailbox) =>
    mailbox.folders.map(({ path, role, serverCount, localCount }) => `${path} ${role} ${serverCount} ${localCount}`),
  )
  const found = []
  await expect.poll(async () => (await answered(page, 'search.query', { text: 'Number' })).waiting).toBe(0)
  for (const text of ['Number 703', 'c702@customer.example'])
    found.push((await answered(page, 'search.query', { text })).total)
  return { rows: rows.toSorted(), views, unread, folders: folders.toSorted(), found }
}

/** Process id of one of our services, as the program itself counts it. */
const pidOf = (service: 'mail' | 'store'): Promise<number | null> =>
  desk.app.evaluate(
    ({ app }, name) => app.getAppMetrics().find((one) => one.name === name || one.serviceName === name)?.pid ?? null,
    `Postern ${service}`,
  )

/** SIGKILL to one service; waits until it is gone from the program's own list. */
async function killService(service: 'mail' | 'store'): Promise<void> {
  await expect.poll(() => pidOf(service), { timeout: 20_000, intervals: [50] }).not.toBeNull()
  const pid = await pidOf(service)
  if (pid === null) throw new Error(`${service} is not running`)
  desk.wire?.tear()
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => pidOf(service), { intervals: [20] }).not.toBe(pid)
}

test.beforeAll(async () => {
  team = await startTeam(['help'])
  fill()
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('killed again and again in mid-sync, it ends equal to a fresh sync (R37, R51)', async () => {
  const profile = newProfile()
  desk = await startPostern({ profile, provision: team.provision })
  await inMidSync(desk.page, 100)
  await desk.kill()
  desk = await startPostern({ profile })
  await inMidSync(desk.page, 500)
  await desk.kill()
  desk = await startPostern({ profile })
  await synced(desk.page, 60_000)
  const resumed = await picture(desk.page)
  await desk.close()
  desk = await startPostern({ profile: newProfile(), provision: team.provision })
  await synced(desk.page, 60_000)
  const fresh = await picture(desk.page)
  expect(resumed).toEqual(fresh)
  expect(fresh).toMatchObject({ found: [1, 1] })
  await desk.close()
})

test('the end of mail or store alone takes neither the window nor any mail away', async () => {
  desk = await startPostern({ profile: newProfile(), provision: team.provision })
  const { page } = desk
  await inMidSync(page, 100)
  await killService('mail')
  await expect(list(page).getByRole('row').first()).toBeVisible()
  await inMidSync(page, 300)
  await killService('store')
  await synced(page, 60_000)
  expect(await stored(page)).toBe(count)
  const { views } = await answered(page, 'counts.get', {})
  await expect(nav(page, 'Inbox')).toHaveAccessibleName(new RegExp(`${views.inbox} conversations`))
  await list(page).getByRole('row').first().click()
  await expect(conversation(page).getByRole('article').first()).toContainText('Number')

  // Again with everything here: what is open stays open, and what comes next is shown.
  await killService('store')
  await expect(conversation(page).getByRole('article').first()).toContainText('Number')
  await deliver(team, mail({ subject: 'After the store came back' }))
  await expect(row(page, /After the store came back/)).toBeVisible({ timeout: 20_000 })
})

test('five ends of mail in a row do not go on for ever, and a person can start it again', async () => {
  const { page } = desk
  // The test before ended it once.
  for (let n = 2; n <= 5; n++) await killService('mail')
  const notice = page.getByRole('alert').filter({ hasText: 'stopped five times' })
  await expect(notice).toContainText('kept on this computer')
  await expect(notice).toContainText('Start it again')
  await expect(syncStatus(page)).toContainText('Sync has stopped')
  await expect(list(page).getByRole('row').first()).toBeVisible()
  await notice.getByRole('button', { name: 'Start it again' }).click()
  await expect(notice).toHaveCount(0)
  await synced(page)
  await deliver(team, mail({ subject: 'After mail came back' }))
  await expect(row(page, /After mail came back/)).toBeVisible({ timeout: 20_000 })
})

test('an answer that was sent when everything was killed is not lost, and not sent twice (R39, R51)', async () => {
  const { page, profile } = desk
  await answered(page, 'settings.set', { undoSeconds: 1 })
  await openRow(page, 'After mail came back')
  await answerByKeyboard(page, 'Kept through a crash.')
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Sending to')
  await desk.kill()
  expect(team.postfix.deliveries().filter(({ text }) => text.includes('Re: After mail came back'))).toHaveLength(0)
  desk = await startPostern({ profile })
  await team.postfix.waitForDeliveries(
    (all) => all.some(({ text }) => text.includes('Re: After mail came back')),
    20_000,
  )
  const own = (): number =>
    onServer(team, 'help', 'Sent').filter(({ id }) => id.endsWith('@northwindbikes.example')).length
  await expect.poll(own).toBe(1)
  await synced(desk.page)
  expect((await answered(desk.page, 'outbox.list', {})).items).toEqual([])
  expect(team.postfix.deliveries().filter(({ text }) => text.includes('Re: After mail came back'))).toHaveLength(1)
  expect(own()).toBe(1)
})

test('a store that ended five times says so on a page, and its button opens the mail again', async () => {
  for (let n = 1; n <= 5; n++) await killService('store')
  const start = desk.page.getByRole('main', { name: 'Start' })
  await expect(start.getByRole('heading')).toHaveText('A part of Postern stopped too often')
  await expect(start).toContainText('What to do')
  await start.getByRole('button', { name: 'Start it again' }).click()
  await synced(desk.page)
  await expect(list(desk.page).getByRole('row').first()).toBeVisible()
})

test('bytes of the journal that changed while the program was closed are told, and told until they were read (R46)', async () => {
  const { page, profile } = desk
  // What the ledger says of the answer that was sent may lie in the journal, which is lost now.
  await expect.poll(async () => (await desk.wire?.difference(page)) ?? []).toEqual([])
  desk.wire?.forgive(`127.0.0.1:${team.smtpCable.port}`)
  // Just before the end: what waits in the journal is copied back, and the journal emptied, as soon as nothing else is to do.
  for (let n = 0; n < 5; n++) await answered(page, 'settings.set', { undoSeconds: 5 + n })
  await desk.kill()
  const journal = `${profile}/postern.db-wal`
  const bytes = readFileSync(journal)
  expect(bytes.length).toBeGreaterThan(8000)
  bytes[200] = (bytes[200] ?? 0) ^ 1
  writeFileSync(journal, bytes)
  desk = await startPostern({ profile })
  const notice = desk.page.getByRole('alert').filter({ hasText: 'could not be read back' })
  await expect(notice).toContainText('Look into Drafts, Outbox')
  await expect(list(desk.page).getByRole('row').first()).toBeVisible()
  await desk.close()
  desk = await startPostern({ profile })
  await expect(desk.page.getByRole('alert').filter({ hasText: 'could not be read back' })).toBeVisible()
  await desk.page.screenshot({ path: test.info().outputPath('journal.png') })
  await desk.page.getByRole('button', { name: 'I have read this' }).click()
  await expect(desk.page.getByRole('button', { name: 'I have read this' })).toHaveCount(0)
  await synced(desk.page)
})
