import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { answerByKeyboard, answered, deliver, nav, onServer, openRow } from './hands'
import {
  conversation,
  leave,
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

let team: Team
let desk: Desk

const waiting = (): ReturnType<typeof conversation> =>
  conversation(desk.page).getByRole('article', { name: /Waiting for network/ })
const delivered = (subject: string): number =>
  team.postfix.deliveries().filter(({ text }) => text.includes(`Subject: Re: ${subject}`)).length
const copies = (): number => onServer(team, 'help', 'Sent').length
/** What the system tells the program when the network comes back. */
const networkBack = async (): Promise<unknown> => desk.app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    ['Brake squeals', 'Lost key', 'Chain length', 'Late answer'].map((subject, n) => ({
      raw: mail({
        subject,
        id: `off-${n}@harbourcycle.example`,
        text: `About the ${subject.toLowerCase()}: the derailleur hums.`,
      }),
      flags: ['\\Seen'],
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision })
  await synced(desk.page)
  await answered(desk.page, 'settings.set', { undoSeconds: 1 })
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('a cut cable is not called up to date, nor connecting', async () => {
  await team.cutCables()
  await expect(syncStatus(desk.page)).toContainText('Offline')
  await desk.page.evaluate(() => {
    const foot = document.querySelector('[role="status"][aria-label="Sync status"]')
    const words = new Set<string>()
    const look = (): void =>
      void words.add(/Offline|Connecting|Syncing|Up to date/.exec(foot?.textContent ?? '')?.[0] ?? '')
    look()
    if (foot) new MutationObserver(look).observe(foot, { subtree: true, childList: true, characterData: true })
    Reflect.set(window, 'said', words)
  })
  // It stays so through the tries that follow.
  const tries = (): number =>
    readFileSync(join(desk.profile, 'logs', 'postern.log'), 'utf8').split('connection ended').length
  const before = tries()
  await expect.poll(tries).toBeGreaterThan(before)
  const said = await desk.page.evaluate(() => [...Object(Reflect.get(window, 'said'))])
  expect(said).toEqual(['Offline'])
})

test('without a network nothing stops searching, reading and answering, and the answer says what it waits for', async () => {
  const { page } = desk
  await page.keyboard.press('/')
  await page.keyboard.type('derailleur')
  await expect(page.getByRole('listbox', { name: 'Search results' }).getByRole('option')).toHaveCount(4)
  await nav(page, 'Inbox').click()
  await openRow(page, 'Brake squeals')
  await expect(conversation(page).getByRole('article')).toContainText('derailleur hums')
  await answerByKeyboard(page, 'Written on the train.')
  await nav(page, 'Closed').click()
  await openRow(page, 'Brake squeals')
  await expect(waiting()).toContainText('Written on the train.')
  await expect(nav(page, 'Outbox')).toHaveAccessibleName(/1 conversation/)
  await expect(syncStatus(page)).toContainText('1 waiting')
  expect(delivered('Brake squeals')).toBe(0)
})

test('a restart without a network loses nothing of it', async () => {
  const { profile } = desk
  const log = (): string => readFileSync(join(profile, 'logs', 'postern.log'), 'utf8')
  await desk.close()
  const kept = readdirSync(profile).filter((name) => name === 'postern-last-seen')
  desk = await startPostern({ profile })
  // Acted on as soon as it is seen: what the end left is drawn before the store is open.
  await nav(desk.page, 'Closed').click()
  await expect(syncStatus(desk.page)).toContainText('Offline')
  expect(kept).toHaveLength(1)
  expect(readdirSync(profile)).not.toContain('postern-last-seen')
  expect(log()).toContain('what was seen last is shown')
  await openRow(desk.page, 'Brake squeals')
  await expect(waiting()).toContainText('Written on the train.')
})

test('when the cable is back the answer leaves at once, and not twice', async () => {
  const { page } = desk
  await team.restoreCables()
  await networkBack()
  await team.postfix.waitForDeliveries((all) => all.some(({ text }) => text.includes('Re: Brake squeals')), 10_000)
  await synced(page)
  await expect(waiting()).toHaveCount(0)
  await expect(conversation(page).getByRole('article')).toHaveCount(2)
  await expect.poll(copies).toBe(1)
  // Cut and joined once more: what has left does not leave again.
  await team.cutCables()
  await expect(syncStatus(page)).toContainText('Offline')
  await team.restoreCables()
  await networkBack()
  await synced(page)
  expect(delivered('Brake squeals')).toBe(1)
  expect(copies()).toBe(1)
  await deliver(team, mail({ subject: 'After the cut' }))
  await nav(page, 'Inbox').click()
  await expect(row(page, /After the cut/)).toBeVisible({ timeout: 20_000 })
})

test('a server that comes back unannounced is found again without anybody asking', async () => {
  const { page } = desk
  await team.cutCables()
  await expect(syncStatus(page)).toContainText('Offline')
  await openRow(page, 'Lost key')
  await answerByKeyboard(page, 'We found it.')
  // Its time has come, and it waits: without the mailbox nobody can say whether it was answered meanwhile, so it is not even tried.
  await expect
    .poll(async () =>
      (await answered(page, 'outbox.list', {})).items.map(
        ({ state, dueAt }) => state === 'queued' && dueAt + 1_000 < Date.now(),
      ),
    )
    .toEqual([true])
  await team.restoreCables()
  await team.postfix.waitForDeliveries((all) => all.some(({ text }) => text.includes('Re: Lost key')), 20_000)
  await expect.poll(copies).toBe(2)
  expect(delivered('Lost key')).toBe(1)
})
