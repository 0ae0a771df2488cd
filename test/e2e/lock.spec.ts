import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { tempFolder } from '../servers/process.mjs'
import { answered, keepNotices, openRow } from './hands'
import {
  ask,
  conversation,
  descendants,
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
import {
  endSession,
  grantByCall,
  knownStaff,
  logRows,
  panelTab,
  readNote,
  signInStaff,
  staffPassphrase,
} from './support-hands'
import { shots } from './pictures'

const passphrase = 'seven loose spokes'
const canary = 'canarybodyofthelockedmailqx'
const key = join(tempFolder('staff'), 'idris.postern-key')
let team: Team
let desk: Desk
let page: Page

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(team, 'help', [{ raw: mail({ subject: 'Brake squeals', text: `It hums. ${canary}` }), flags: ['\\Seen'] }])
  desk = await startPostern({ profile: newProfile(), provision: team.provision })
  page = desk.page
  await synced(page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

/** Runs what locks and waits for the window that comes in place of the one with mail. */
async function locks(act: () => Promise<unknown>): Promise<void> {
  const next = desk.app.waitForEvent('window')
  // The window goes while it is asked, or before its key is up again.
  await act().catch(() => null)
  page = await next
  await expect(page.getByRole('heading', { name: 'Postern is locked' })).toBeVisible()
  await expect.poll(() => desk.app.windows().length).toBe(1)
}

/**
 * Which of the program's processes have a word in the memory that they may write to. Not Electron's first one: this test's own
 * remote control goes through it, and mail does not.
 */
function whoRemembers(word: string): string[] {
  const needles = [Buffer.from(word), Buffer.from(word, 'utf16le')]
  const main = desk.app.process().pid ?? 0
  return descendants(main).flatMap((pid) => {
    let maps: string
    let memory: number
    try {
      maps = readFileSync(`/proc/${pid}/maps`, 'utf8')
      memory = openSync(`/proc/${pid}/mem`, 'r')
    } catch {
      // It ended meanwhile.
      return []
    }
    try {
      for (const line of maps.split('\n')) {
        const [, from, to] = /^([\da-f]+)-([\da-f]+) rw/.exec(line) ?? []
        if (from === undefined || to === undefined) continue
        const [start, end] = [Number(`0x${from}`), Number(`0x${to}`)]
        for (let at = start; at < end; at += 8 * 1024 * 1024) {
          const chunk = Buffer.alloc(Math.min(8 * 1024 * 1024 + 200, end - at))
          try {
            const got = chunk.subarray(0, readSync(memory, chunk, 0, chunk.length, at))
            if (needles.some((needle) => got.includes(needle)))
              return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(-200)]
          } catch {
            break
          }
        }
      }
    } finally {
      closeSync(memory)
    }
    return []
  })
}

async function unlock(): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase)
  await page.keyboard.press('Enter')
  await expect(row(page, /Brake squeals/)).toBeVisible({ timeout: 30_000 })
}

test('without a passphrase there is nothing to lock with: the shortcut leads to where one is set', async () => {
  await page.keyboard.press('Control+Shift+L')
  await expect(page.getByText('Set a passphrase first: without one')).toBeVisible()
  expect(await ask(page, 'app.lock', {})).toMatchObject({ ok: false, error: { code: 'not-allowed' } })
  await expect(page.getByRole('button', { name: 'Lock now' })).toBeDisabled()
  await page.getByRole('button', { name: 'Set a passphrase' }).click()
  await page.getByLabel('New passphrase', { exact: true }).fill(passphrase)
  await page.getByLabel('Passphrase again', { exact: true }).fill(passphrase)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Lock now' })).toBeEnabled()
})

test('locking keeps the draft, ends store and mail, and leaves no mail in any process; the passphrase brings all of it back', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await openRow(page, 'Brake squeals')
  await expect(conversation(page).getByText(canary)).toBeVisible()
  expect(whoRemembers(canary)).not.toEqual([])
  await page.keyboard.press('r')
  await page.keyboard.type('A draft that was not kept yet')
  await locks(() => page.keyboard.press('Control+Shift+L'))
  await expect(list(page)).toHaveCount(0)
  await expect.poll(() => whoRemembers(canary), { timeout: 20_000 }).toEqual([])

  const field = page.getByLabel('Passphrase', { exact: true })
  await field.fill('seven tight spokes')
  await page.keyboard.press('Enter')
  await expect(page.getByText('This is not the right passphrase. Nothing was changed.')).toBeVisible()
  await unlock()
  await openRow(page, 'Brake squeals')
  await expect(page.getByText('A draft that was not kept yet')).toBeVisible()
  await synced(page)
  await panelTab(page, 'Access log')
  await expect(logRows(page).nth(1)).toContainText('Unlocked with the passphrase after 1 wrong one')
  await page.screenshot({ path: join(shots, 'access-log-unlocked.png') })
  await page.keyboard.press('g')
  await page.keyboard.press('i')
})

test('sleep locks, and what arrives meanwhile is there after unlocking', async () => {
  await locks(() => desk.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend')))
  seed(team, 'help', [{ raw: mail({ subject: 'Came while locked' }) }])
  await unlock()
  await expect(row(page, /Came while locked/)).toBeVisible({ timeout: 30_000 })
  await answered(page, 'settings.set', { lockOnSleep: false })
  await desk.app.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'))
  // What the sleep asked of the store was answered before this.
  await answered(page, 'app.makeReport', {})
  expect(await answered(page, 'app.state', {})).toMatchObject({ phase: 'ready' })
  await expect(row(page, /Came while locked/)).toBeVisible()
})

test('a lock leaves no notification with words of mail on the screen', async () => {
  const notices = await keepNotices(desk.app)
  for (const body of ['Brake squeals', 'Rear hub clicking'])
    await answered(page, 'app.notify', { title: 'Priya Nair', body, conversationId: null })
  expect([(await notices.told()).length, await notices.taken()]).toEqual([2, 0])
  await locks(() => page.keyboard.press('Control+Shift+L'))
  await expect.poll(() => notices.taken()).toBe(2)
  await unlock()
})

test('support signs in from the lock screen: the window stays locked, and all is closed again with the session (R56)', async () => {
  const card = await knownStaff(desk.app, page, key)
  expect(await grantByCall(page, { reason: 'Search skips subjects' })).toMatchObject({ ok: true })
  await locks(() => ask(page, 'app.lock', {}))
  expect(await ask(page, 'app.supportChallenge', { card })).toMatchObject({ ok: false })
  await page.getByRole('button', { name: 'Support sign-in…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Support sign-in' })
  await dialog.getByRole('button', { name: 'Choose key file…' }).click()
  await dialog.getByLabel('Passphrase of the key file', { exact: true }).fill(staffPassphrase)
  await dialog.getByLabel('Passphrase of this Postern', { exact: true }).fill('seven tight spokes')
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog.getByRole('alert')).toBeVisible({ timeout: 20_000 })
  await dialog.getByLabel('Passphrase of this Postern', { exact: true }).fill(passphrase)
  const opened = desk.app.waitForEvent('window')
  await expect(dialog.getByRole('button', { name: 'Sign in' })).toBeEnabled()
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  const session = await opened
  await session
    .getByRole('list', { name: 'Conversations' })
    .getByRole('button', { name: 'Brake squeals' })
    .click({ timeout: 20_000 })
  await expect(session.getByRole('region', { name: 'Conversation', exact: true })).toContainText(canary)
  await expect(page.getByRole('heading', { name: 'Postern is locked' })).toBeVisible()
  for (const [name, input] of [
    ['app.saveAccessLog', { by: 'x' }],
    ['app.removeMailbox', { id: 1 }],
  ] as const)
    expect(await ask(page, name, input), name).toMatchObject({ ok: false })
  // The window has no way to the store: what it asks there waits for one.
  expect(await Promise.race([ask(page, 'settings.get', {}), page.waitForTimeout(1500).then(() => 'no answer')])).toBe(
    'no answer',
  )
  await endSession(session)
  await expect.poll(() => whoRemembers(canary), { timeout: 20_000 }).toEqual([])
  await unlock()
  await panelTab(page, 'Access log')
  await expect(logRows(page).filter({ hasText: 'Opened conversation #' })).toHaveCount(1)
})

test('locking takes the mail off the screen of a support session too, and says so there', async () => {
  await panelTab(page, 'Support access')
  const session = await signInStaff({ app: desk.app, page }, key)
  await session
    .getByRole('list', { name: 'Conversations' })
    .getByRole('button', { name: 'Brake squeals' })
    .click({ timeout: 20_000 })
  await expect(session.getByRole('region', { name: 'Conversation', exact: true })).toContainText(canary)
  const closed = session.waitForEvent('close')
  await ask(page, 'app.lock', {}).catch(() => null)
  await closed
  const note = () => desk.app.windows().find((one) => one.url().includes('#ended-'))
  await expect.poll(() => note() !== undefined).toBe(true)
  const found = note()
  if (!found) throw new Error('nothing is said')
  expect(await readNote(found)).toBe('The computer was locked.')
  await expect.poll(() => whoRemembers(canary), { timeout: 20_000 }).toEqual([])
})
