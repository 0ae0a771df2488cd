import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { answerByKeyboard, answered, deliver, nav, onServer, openRow, replyBox } from './hands'
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

const count = 1500
let team: Team
let desk: Desk | undefined

/** The program with all mail here: as the test before left it, or begun anew where there was none or it left none. */
async function ready(): Promise<Desk> {
  desk ??= await startPostern({ profile: newProfile(), provision: team.provision })
  await synced(desk.page, 60_000)
  return desk
}
/** A program of its own, in the place of what was left. */
async function begin(options: Parameters<typeof startPostern>[0]): Promise<Desk> {
  await desk?.close()
  desk = undefined
  desk = await startPostern(options)
  return desk
}
async function kill(): Promise<void> {
  await desk?.kill()
  desk = undefined
}

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
const pidOf = ({ app: program }: Desk, service: 'mail' | 'store'): Promise<number | null> =>
  program.evaluate(
    ({ app }, name) => app.getAppMetrics().find((one) => one.name === name || one.serviceName === name)?.pid ?? null,
    `Postern ${service}`,
  )

/** SIGKILL to one service; waits until it is gone from the program's own list. */
async function killService(at: Desk, service: 'mail' | 'store'): Promise<void> {
  await expect.poll(() => pidOf(at, service), { timeout: 20_000, intervals: [50] }).not.toBeNull()
  const pid = await pidOf(at, service)
  if (pid === null) throw new Error(`${service} is not running`)
  at.wire?.tear()
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => pidOf(at, service), { intervals: [20] }).not.toBe(pid)
}

/** Ends a service until the program gives up on it: a fifth time, or earlier where it ended before. */
async function killUntil(at: Desk, service: 'mail' | 'store', givenUp: Locator): Promise<void> {
  for (let n = 1; n <= 5; n++) {
    await killService(at, service)
    await expect
      .poll(async () => (await givenUp.isVisible()) || (await pidOf(at, service)) !== null, { intervals: [50] })
      .toBe(true)
    if (await givenUp.isVisible()) return
  }
  await expect(givenUp).toBeVisible()
}

test.beforeAll(async () => {
  team = await startTeam(['help'])
  fill()
})
// What stood still is in the program's own log.
test.afterEach(async () => {
  const info = test.info()
  if (desk && info.status !== info.expectedStatus)
    await info.attach('postern.log', { path: join(desk.profile, 'logs', 'postern.log') })
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('killed again and again in mid-sync, it ends equal to a fresh sync (R37, R51)', async () => {
  const profile = newProfile()
  let at = await begin({ profile, provision: team.provision })
  await inMidSync(at.page, 100)
  await kill()
  at = await begin({ profile })
  await inMidSync(at.page, 500)
  await kill()
  at = await begin({ profile })
  await synced(at.page, 60_000)
  const resumed = await picture(at.page)
  at = await begin({ profile: newProfile(), provision: team.provision })
  await synced(at.page, 60_000)
  const fresh = await picture(at.page)
  expect(resumed).toEqual(fresh)
  expect(fresh).toMatchObject({ found: [1, 1] })
})

test('the end of mail or store alone takes neither the window nor any mail away', async () => {
  const at = await begin({ profile: newProfile(), provision: team.provision })
  const { page } = at
  await inMidSync(page, 100)
  await killService(at, 'mail')
  await expect(list(page).getByRole('row').first()).toBeVisible()
  await inMidSync(page, 300)
  await killService(at, 'store')
  await synced(page, 60_000)
  expect(await stored(page)).toBe(count)
  const { views } = await answered(page, 'counts.get', {})
  await expect(nav(page, 'Inbox')).toHaveAccessibleName(new RegExp(`${views.inbox} conversations`))
  await list(page).getByRole('row').first().click()
  await expect(conversation(page).getByRole('article').first()).toContainText('Number')

  // Again with everything here: what is open stays open, and what comes next is shown.
  await killService(at, 'store')
  await expect(conversation(page).getByRole('article').first()).toContainText('Number')
  await deliver(team, mail({ subject: 'After the store came back' }))
  await expect(row(page, /After the store came back/)).toBeVisible({ timeout: 20_000 })
})

test('five ends of mail in a row do not go on for ever, and a person can start it again', async () => {
  const at = await ready()
  const { page } = at
  const notice = page.getByRole('alert').filter({ hasText: 'stopped five times' })
  await killUntil(at, 'mail', notice)
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
  const { page, profile } = await ready()
  await answered(page, 'settings.set', { undoSeconds: 1 })
  await deliver(team, mail({ subject: 'Answered before a crash' }))
  await openRow(page, 'Answered before a crash')
  await answerByKeyboard(page, 'Kept through a crash.')
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Sending to')
  await kill()
  const sent = () => team.postfix.deliveries().filter(({ text }) => text.includes('Re: Answered before a crash'))
  expect(sent()).toHaveLength(0)
  const at = await begin({ profile })
  await team.postfix.waitForDeliveries(() => sent().length > 0, 20_000)
  const own = (): number =>
    onServer(team, 'help', 'Sent').filter(({ id }) => id.endsWith('@northwindbikes.example')).length
  await expect.poll(own).toBe(1)
  await synced(at.page)
  expect((await answered(at.page, 'outbox.list', {})).items).toEqual([])
  expect(sent()).toHaveLength(1)
  expect(own()).toBe(1)
})

test('words that somebody leaves while the store is away are not lost', async () => {
  const at = await ready()
  const { page } = at
  for (const subject of ['Left in the middle', 'Looked at meanwhile']) {
    await deliver(team, mail({ subject }))
    await expect(row(page, new RegExp(subject))).toBeVisible({ timeout: 20_000 })
  }
  await openRow(page, 'Looked at meanwhile')
  await openRow(page, 'Left in the middle')
  await page.keyboard.press('r')
  await page.keyboard.type('The rim is')
  // After a second end it is away for longer than a click takes.
  await killService(at, 'store')
  await killService(at, 'store')
  await page.keyboard.type(' on its way.')
  await openRow(page, 'Looked at meanwhile')
  const kept = async () => (await answered(page, 'drafts.list', {})).drafts.map(({ text }) => text.trim())
  await expect.poll(kept, { timeout: 20_000 }).toEqual(['The rim is on its way.'])
  await openRow(page, 'Left in the middle')
  await expect(replyBox(page)).toHaveText('The rim is on its way.')
})

test('a window whose process ends comes again by itself, with what was written', async () => {
  const at = await ready()
  const { page } = at
  await deliver(team, mail({ subject: 'Written when it ended' }))
  await expect(row(page, /Written when it ended/)).toBeVisible({ timeout: 20_000 })
  await openRow(page, 'Written when it ended')
  await page.keyboard.press('r')
  await page.keyboard.type('Two spokes.')
  await expect(conversation(page)).toContainText('Draft saved')
  const next = at.app.waitForEvent('window')
  const pid = await at.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  )
  process.kill(pid ?? 0, 'SIGKILL')
  const again = await next
  desk = { ...at, page: again }
  await synced(again)
  await openRow(again, 'Written when it ended')
  await expect(replyBox(again)).toHaveText('Two spokes.')
})

test('a window whose process ended five times asks, and opens again', async () => {
  const at = await ready()
  await at.app.evaluate(({ dialog }) => {
    dialog.showMessageBox = (asked: object) => {
      Reflect.set(globalThis, 'asked', asked)
      return new Promise((resolve) => Reflect.set(globalThis, 'answer', resolve))
    }
  })
  const asked = () => at.app.evaluate(() => Reflect.get(globalThis, 'asked'))
  await expect
    .poll(
      async () => {
        const pid = await at.app.evaluate(({ BrowserWindow }) =>
          BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
        )
        if (pid) process.kill(pid, 'SIGKILL')
        return await asked()
      },
      { intervals: [1000] },
    )
    .toMatchObject({
      message: 'The window of Postern stopped too often',
      buttons: ['Open it again', 'Quit Postern'],
    })
  const next = at.app.waitForEvent('window')
  await at.app.evaluate(() => Reflect.get(globalThis, 'answer')({ response: 0, checkboxChecked: false }))
  desk = { ...at, page: await next }
  await synced(desk.page)
  await expect(list(desk.page).getByRole('row').first()).toBeVisible()
})

test('a store that ended five times says so on a page, and its button opens the mail again', async () => {
  const at = await ready()
  const start = at.page.getByRole('main', { name: 'Start' })
  await killUntil(at, 'store', start.getByRole('heading', { name: 'A part of Postern stopped too often' }))
  await expect(start).toContainText('What to do')
  await start.getByRole('button', { name: 'Start it again' }).click()
  await synced(at.page)
  await expect(list(at.page).getByRole('row').first()).toBeVisible()
})

test('bytes of the journal that changed while the program was closed are told, and told until they were read (R46)', async () => {
  let at = await ready()
  const { page, profile } = at
  // What the ledger says of the answer that was sent may lie in the journal, which is lost now.
  await expect.poll(async () => (await at.wire?.difference(page)) ?? []).toEqual([])
  at.wire?.forgive(`127.0.0.1:${team.smtpCable.port}`)
  // Just before the end: what waits in the journal is copied back, and the journal emptied, as soon as nothing else is to do.
  for (let n = 0; n < 5; n++) await answered(page, 'settings.set', { undoSeconds: 5 + n })
  await kill()
  const journal = `${profile}/postern.db-wal`
  const bytes = readFileSync(journal)
  expect(bytes.length).toBeGreaterThan(8000)
  bytes[200] = (bytes[200] ?? 0) ^ 1
  writeFileSync(journal, bytes)
  at = await begin({ profile })
  const notice = at.page.getByRole('alert').filter({ hasText: 'could not be read back' })
  await expect(notice).toContainText('Look into Drafts, Outbox')
  await expect(list(at.page).getByRole('row').first()).toBeVisible()
  at = await begin({ profile })
  await expect(at.page.getByRole('alert').filter({ hasText: 'could not be read back' })).toBeVisible()
  await at.page.screenshot({ path: test.info().outputPath('journal.png') })
  await at.page.getByRole('button', { name: 'I have read this' }).click()
  await expect(at.page.getByRole('button', { name: 'I have read this' })).toHaveCount(0)
  await synced(at.page)
})
