import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { startKeychain } from '../servers/keychain.mjs'
import { tempFolder } from '../servers/process.mjs'
import { answerByKeyboard, answered, keepOpened, nav, openRow, settingsPage } from './hands'
import {
  ask,
  conversation,
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

let team: Team
let desk: Desk | null = null

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(team, 'help', [{ raw: mail({ subject: 'Brake squeals', text: 'It hums.' }), flags: ['\\Seen'] }])
})
test.afterEach(async () => {
  await desk?.close()
  desk = null
})
test.afterAll(async () => team?.stop())

/** Every file of a profile, however deep. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** What a profile's database and key files hold, without what every start writes or takes away (logs, Chromium's own, what was seen last). */
function digest(profile: string): Record<string, string> {
  const ours = readdirSync(profile).filter(
    (name) =>
      /^(?:postern(?!-last-seen).*|keyring\.json|secrets\.json)$/.test(name) && statSync(join(profile, name)).isFile(),
  )
  return Object.fromEntries(
    ours.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(profile, name)))
        .digest('hex'),
    ]),
  )
}

test('without a keychain nothing is kept before a passphrase is chosen, and later nothing opens without it (R44)', async () => {
  const bus = await startKeychain({ keyring: false })
  const profile = newProfile()
  try {
    desk = await startPostern({ profile, provision: team.provision, env: bus.env })
    await expect(desk.page.getByRole('heading', { name: 'Choose a passphrase' })).toBeVisible()
    expect(existsSync(join(profile, 'postern.db'))).toBe(false)
    expect(existsSync(join(profile, 'keyring.json'))).toBe(false)
    await desk.page.getByLabel('New passphrase', { exact: true }).fill('seven loose spokes')
    await desk.page.getByLabel('Passphrase again', { exact: true }).fill('seven loose spokes')
    await desk.page.getByRole('button', { name: 'Encrypt with this passphrase' }).click()
    await synced(desk.page)
    await expect(row(desk.page, /Brake squeals/)).toBeVisible()
    await desk.close()
    for (const name of ['keyring.json', 'secrets.json']) {
      const kept = readFileSync(join(profile, name), 'utf8')
      expect(kept).not.toContain('spokes')
      expect(kept).not.toContain('secret-help')
      expect(statSync(join(profile, name)).mode & 0o077).toBe(0)
    }

    desk = await startPostern({ profile, env: bus.env })
    await expect(desk.page.getByRole('heading', { name: 'Postern is locked' })).toBeVisible()
    const field = desk.page.getByLabel('Passphrase', { exact: true })
    await field.fill('seven tight spokes')
    await desk.page.keyboard.press('Enter')
    await expect(desk.page.getByText('This is not the right passphrase. Nothing was changed.')).toBeVisible()
    await expect(list(desk.page)).toHaveCount(0)
    await field.fill('seven loose spokes')
    await expect(desk.page.getByRole('button', { name: 'Unlock' })).toBeEnabled()
    await desk.page.getByRole('button', { name: 'Unlock' }).click()
    await expect(row(desk.page, /Brake squeals/)).toBeVisible()
    await synced(desk.page)
  } finally {
    await desk?.close()
    desk = null
    await bus.stop()
  }
})

test('what the organisation wants of the key is not got around: a keychain, and a passphrase that stays', async () => {
  const policies = tempFolder('key-policies')
  const says = (policy: Record<string, unknown>): void =>
    writeFileSync(join(policies, '1.json'), JSON.stringify({ managedBy: 'Northwind IT', ...policy }))
  const choose = async (page: Page): Promise<void> => {
    await page.getByLabel('New passphrase', { exact: true }).fill('seven loose spokes')
    await page.getByLabel('Passphrase again', { exact: true }).fill('seven loose spokes')
    await page.getByRole('button', { name: 'Encrypt with this passphrase' }).click()
  }
  const args = [`--policy-dir=${policies}`]
  const bus = await startKeychain({ keyring: false })
  const profile = newProfile()
  try {
    says({ keychainRequired: true })
    desk = await startPostern({ profile, env: bus.env, args })
    await expect(desk.page.getByRole('heading', { name: 'There is no keychain' })).toBeVisible()
    expect(await ask(desk.page, 'app.setPassphrase', { passphrase: 'seven loose spokes' })).toMatchObject({ ok: false })
    expect(existsSync(join(profile, 'keyring.json'))).toBe(false)
    says({})
    await expect(desk.page.getByRole('heading', { name: 'Choose a passphrase' })).toBeVisible({ timeout: 20_000 })
    await desk.close()
  } finally {
    await bus.stop()
  }
  // Here the keychain is there, and the passphrase is wanted all the same: at once, and at the next start if nobody chose one.
  const withKeychain = newProfile()
  desk = await startPostern({ profile: withKeychain, provision: team.provision, args })
  await synced(desk.page)
  const wanted = async (page: Page): Promise<void> => {
    await expect(page.getByText('Your organisation wants a passphrase on every computer.')).toBeVisible({
      timeout: 20_000,
    })
    await expect(list(page)).toHaveCount(0)
  }
  const emptied = desk.app.waitForEvent('window')
  says({ appLock: 'required' })
  await wanted(await emptied)
  await desk.close()
  // The next start must ask first, so it is given nothing to draw.
  const forNextStart = join(withKeychain, 'postern-last-seen')
  expect(existsSync(forNextStart)).toBe(false)
  desk = await startPostern({ profile: withKeychain, provision: team.provision, args })
  await wanted(desk.page)
  await choose(desk.page)
  await synced(desk.page)
  expect(await ask(desk.page, 'app.removePassphrase', { current: 'seven loose spokes' })).toMatchObject({
    ok: false,
    error: { code: 'not-allowed', detail: { managed: true } },
  })
  await nav(desk.page, 'Settings').click()
  await settingsPage(desk.page, 'Security').click()
  await expect(desk.page.getByRole('button', { name: 'Remove passphrase…' })).toBeDisabled()
  await expect(desk.page.getByRole('region', { name: 'Encryption' }).getByText('Managed')).toBeVisible()
  await desk.close()
  expect(existsSync(forNextStart)).toBe(false)
  desk = null
  rmSync(policies, { recursive: true })
})

test('a keychain that is gone takes nothing with it, and what it held works again when it returns (R45)', async () => {
  const keychain = await startKeychain()
  const profile = newProfile()
  try {
    desk = await startPostern({ profile, provision: team.provision, env: keychain.env })
    await synced(desk.page)
    // In mid-life: what is open stays open, and a new connection says why it does not come about.
    await keychain.kill()
    await team.cutCables()
    // Whichever it meets first: no cable, or no password for the next try.
    await expect(syncStatus(desk.page)).toContainText(/Offline|needs attention/)
    await team.restoreCables()
    await answered(desk.page, 'sync.now', {})
    const { page } = desk
    await expect
      .poll(async () => (await answered(page, 'sync.status', {})).mailboxes[0]?.error?.code)
      .toBe('keychain-failed')
    await expect(row(desk.page, /Brake squeals/)).toBeVisible()
    await desk.close()

    const before = digest(profile)
    desk = await startPostern({ profile, env: keychain.env })
    const start = desk.page.getByRole('main', { name: 'Start' })
    await expect(start.getByRole('heading')).toHaveText('The keychain did not open', { timeout: 30_000 })
    await expect(start).toContainText('The store was not touched')
    await start.getByRole('button', { name: 'Try again' }).click()
    await expect(start.getByRole('heading')).toHaveText('The keychain did not open')
    expect(digest(profile)).toEqual(before)

    await keychain.restore()
    await start.getByRole('button', { name: 'Try again' }).click()
    await expect(row(desk.page, /Brake squeals/)).toBeVisible()
    await synced(desk.page)
  } finally {
    await desk?.close()
    desk = null
    await keychain.stop()
  }
})

test('a keychain that answers nothing at the end does not hold the program up, and the log is whole at the next start (R58)', async () => {
  const keychain = await startKeychain()
  const profile = newProfile()
  try {
    desk = await startPostern({ profile, provision: team.provision, env: keychain.env })
    await synced(desk.page)
    const thaw = await keychain.freeze()
    await answered(desk.page, 'app.makeReport', {})
    // The head of the log is on its way to the keychain by then.
    await desk.page.waitForTimeout(1500)
    const begun = Date.now()
    await desk.close()
    expect(Date.now() - begun).toBeLessThan(20_000)
    thaw()
    expect(existsSync(join(profile, 'postern-access-head'))).toBe(true)

    desk = await startPostern({ profile, env: keychain.env })
    await synced(desk.page)
    expect(await answered(desk.page, 'accessLog.verify', {})).toMatchObject({ fault: null })
    await expect.poll(() => existsSync(join(profile, 'postern-access-head'))).toBe(false)
  } finally {
    await desk?.close()
    desk = null
    await keychain.stop()
  }
})

test('no word of a mail, no address, file name or password lies in any file of the profile in plain (R23, R43, R53)', async () => {
  const canaries = {
    subject: 'canarysubjectqx',
    body: 'canarybodyqx',
    person: 'canarypersonqx',
    address: 'canaryaddressqx',
    file: 'canaryfileqx',
    content: 'canarycontentqx',
    answer: 'canaryanswerqx',
    draft: 'canarydraftqx',
    search: 'canarybody',
    password: 'secret-help',
  }
  seed(team, 'help', [
    {
      raw: mail({
        from: `${canaries.person} <${canaries.address}@customer.example>`,
        subject: canaries.subject,
        html: `<p>${`<b>${canaries.body}</b> `.repeat(300)}</p>`,
        files: [{ name: `${canaries.file}.txt`, type: 'text/plain', content: `${canaries.content} `.repeat(200) }],
      }),
    },
  ])
  const profile = newProfile()
  const leaks = (): string[] =>
    filesOf(profile).flatMap((file) => {
      if (!existsSync(file)) return []
      const bytes = readFileSync(file)
      return Object.entries(canaries)
        .filter(([, word]) => bytes.includes(word) || bytes.includes(Buffer.from(word, 'utf16le')))
        .map(([what]) => `${what} in ${file.slice(profile.length)}`)
    })
  desk = await startPostern({ profile, provision: team.provision })
  const { page } = desk
  await synced(page)
  await openRow(page, canaries.subject)
  await expect(conversation(page).getByRole('article')).toBeVisible()
  await answered(page, 'settings.set', { undoSeconds: 60 })
  await answerByKeyboard(page, canaries.answer)
  await nav(page, 'Inbox').click()
  await openRow(page, 'Brake squeals')
  await page.keyboard.press('r')
  await page.keyboard.type(canaries.draft)
  await expect(page.getByRole('region', { name: 'Composer' }).getByText('Draft saved')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search' }).fill(canaries.search)
  await expect(page.getByRole('listbox', { name: 'Search results' }).getByRole('option')).toHaveCount(1)
  // A failure on the way is logged too.
  await team.cutCables()
  await expect(syncStatus(page)).toContainText('Offline')
  expect(leaks()).toEqual([])
  expect(readFileSync(join(profile, 'postern.db')).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3')
  await team.restoreCables()
  await answered(page, 'sync.now', {})
  await synced(page)
  await desk.kill()
  expect(leaks()).toEqual([])

  // A copy for another program is plain as long as the program runs, and not after it ended, in whatever way.
  desk = await startPostern({ profile })
  await synced(desk.page)
  // The copy is made, but no program of this machine is started.
  await keepOpened(desk.app)
  const hit = (await answered(desk.page, 'search.query', { text: canaries.body })).hits[0]
  const attached = (await answered(desk.page, 'conversations.get', { id: hit?.conversationId ?? 0 })).messages.flatMap(
    ({ attachments }) => attachments,
  )[0]
  await answered(desk.page, 'app.openAttachment', { id: attached?.id ?? 0, confirmed: true })
  expect(leaks().join('\n')).toMatch(/content in .opened/)
  await desk.kill()
  desk = await startPostern({ profile })
  await synced(desk.page)
  expect(leaks()).toEqual([])
  await keepOpened(desk.app)
  await answered(desk.page, 'app.openAttachment', { id: attached?.id ?? 0, confirmed: true })
  await desk.close()
  desk = null
  expect(leaks()).toEqual([])
})
