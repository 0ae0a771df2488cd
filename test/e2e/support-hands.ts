/** What support staff and those who grant them access do. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type ElectronApplication, type Locator, type Page } from '@playwright/test'
import { answerDialogs, answered } from './hands'
import { ask, type Desk } from './harness'
import { shots } from './pictures'

export const staffPassphrase = 'correct horse battery'

/** Makes a support identity with this key file and lets the workspace know it, without a window; answers with its card. */
export async function knownStaff(app: ElectronApplication, page: Page, keyFile: string): Promise<string> {
  await answerDialogs(app, keyFile)
  const { person } = await answered(page, 'app.makeSupportIdentity', {
    name: 'Idris Vaughan',
    organisation: 'Postern support',
    passphrase: staffPassphrase,
  })
  if (!person) throw new Error('no identity was made')
  const card = JSON.stringify(person.card)
  await answered(page, 'identities.add', { card })
  return card
}

/** A grant as a crafted call would make it. */
export const grantByCall = (page: Page, change: object): Promise<unknown> =>
  ask(page, 'grants.make', {
    identityId: 1,
    kind: 'support',
    scope: 'full',
    mailboxIds: null,
    endsAt: Date.now() + 3_600_000,
    ...change,
  })

/** A tab of the privacy panel. */
export async function panelTab(page: Page, name: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press('y')
  await page.getByRole('navigation', { name: 'Privacy pages' }).getByRole('button', { name }).click()
}
export const logRows = (page: Page): Locator => page.getByRole('table', { name: 'Access log' }).getByRole('row')

/** Begins to sign in with a key file; the dialog stays for what comes of it. */
export async function tryToSignIn(
  { app, page }: Pick<Desk, 'app' | 'page'>,
  keyFile: string,
  passphrase = staffPassphrase,
): Promise<void> {
  await page.getByRole('button', { name: 'Support sign-in…' }).click()
  const dialog = page.getByRole('dialog')
  await answerDialogs(app, keyFile)
  await dialog.getByRole('button', { name: 'Choose key file…' }).click()
  await dialog.getByLabel('Passphrase of the key file', { exact: true }).fill(passphrase)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in from the panel; answers with the window of the session. */
export async function signInStaff(desk: Pick<Desk, 'app' | 'page'>, keyFile: string): Promise<Page> {
  const opened = desk.app.waitForEvent('window')
  await tryToSignIn(desk, keyFile)
  return opened
}

/** The logs of all processes hold these words of nobody (R59). */
export function expectSilentLogs(profile: string): void {
  const logs = readdirSync(join(profile, 'logs'))
    .map((name) => readFileSync(join(profile, 'logs', name), 'utf8'))
    .join('\n')
  expect(logs).toContain('"level":"debug"')
  expect(logs).not.toMatch(
    /canary|Rear hub|Search skips|Idris|Priya|priya@|help@northwind|harbourcycle|secret-help|correct horse/,
  )
}

/** The store's process starts anew with a wall clock that is off, as when somebody had set the computer's. */
export async function setClock(desk: Desk, offset: number): Promise<void> {
  desk.wire?.tear()
  await desk.app.evaluate(
    ({ app, utilityProcess }, [wrapper, ms]) => {
      const fork = Reflect.get(utilityProcess, 'asItWas') ?? utilityProcess.fork
      Reflect.set(utilityProcess, 'asItWas', fork)
      utilityProcess.fork = (module, args, options) =>
        fork.call(utilityProcess, wrapper, [module, ms, ...(args ?? [])], options)
      const store = app
        .getAppMetrics()
        .find((one) => one.name === 'Postern store' || one.serviceName === 'Postern store')
      if (store) process.kill(store.pid, 'SIGKILL')
    },
    [join(import.meta.dirname, '../servers/clock.mjs'), String(offset)] as const,
  )
}

/** Takes a session away by `act`: its window goes, and one stays that says why and nothing else, until it is closed. */
export async function saidAtEnd(app: ElectronApplication, session: Page, act: () => Promise<unknown>): Promise<string> {
  const [note] = await Promise.all([app.waitForEvent('window'), session.waitForEvent('close'), act()])
  return readNote(note)
}

/** Reads what is left of a session and closes it. */
export async function readNote(note: Page): Promise<string> {
  await expect(note.getByRole('heading', { level: 1 })).toHaveText('Support session ended')
  const close = note.getByRole('button')
  await expect(close).toBeFocused()
  await note.screenshot({ path: join(shots, 'session-ended.png') })
  await note.emulateMedia({ colorScheme: 'dark' })
  await note.screenshot({ path: join(shots, 'session-ended-dark.png') })
  const [, said = '', ...more] = (await note.locator('body').innerText()).split(/\n+/)
  expect(more).toEqual(['Close'])
  expect(await ask(note, 'app.lastSeen', {})).toMatchObject({ ok: false, error: { code: 'not-allowed' } })
  await Promise.all([note.waitForEvent('close'), close.click().catch(() => undefined)])
  return said
}

/** Ends a session by its button and waits until its window is gone, which it may be before the click has been told. */
export async function endSession(session: Page): Promise<void> {
  const closed = session.waitForEvent('close')
  const button = session.getByRole('button', { name: 'End session' })
  await Promise.all([closed, button.click().catch(() => undefined)])
}
