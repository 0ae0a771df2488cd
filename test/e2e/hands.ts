/** What a person does at the desk, and what the servers have afterwards. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type ElectronApplication, type FrameLocator, type Locator, type Page } from '@playwright/test'
import nodemailer from 'nodemailer'
import type { CallInput, CallName, CallOutput, WireError } from '../../src-preload/contract'
import { tempFolder } from '../servers/process.mjs'
import { conversation, row, type Team } from './harness'

/** A customer's message on its way through Postfix into the team's mailbox, while everything runs. */
export async function deliver(team: Team, raw: string, user = 'help'): Promise<void> {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port: team.postfix.port,
    ignoreTLS: true,
    auth: { user, pass: `secret-${user}` },
  })
  await transport.sendMail({
    envelope: { from: 'priya@harbourcycle.example', to: `${user}@northwindbikes.example` },
    raw,
  })
  transport.close()
}

/** What the server has in a folder: Message-ID and flags, sorted. */
export function onServer(team: Team, user: string, folder: string): { id: string; flags: string[] }[] {
  const lines = team.dovecot
    .doveadm('-f', 'tab', 'fetch', '-u', user, 'hdr.message-id flags', 'mailbox', folder)
    .trim()
    .split('\n')
    .slice(1)
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [id = '', flags = ''] = line.split('\t')
      return {
        id: id.replace(/^<|>$/g, ''),
        flags: flags
          .split(' ')
          .filter((flag) => flag !== '' && flag !== '\\Recent')
          .toSorted(),
      }
    })
    .toSorted((a, b) => a.id.localeCompare(b.id))
}

/** The mail that stands in a message or page, not the one that is being laid out to take its place. */
export const mailIn = (inside: Locator): FrameLocator =>
  inside.frameLocator('.mail-frame').frameLocator('iframe:not(.next)')

/** Asks the program through the window's own bridge and, as its screens do, again while the store is on its way. */
export async function answered<N extends CallName>(page: Page, name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = await page.evaluate<
    { ok: true; value: CallOutput<N> } | { ok: false; error: WireError }
  >(`(async () => {
    for (;;) {
      const answer = await window.postern.call(${JSON.stringify(name)}, ${JSON.stringify(input)})
      if (answer.ok || answer.error.code !== 'service-restarting') return answer
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  })()`)
  if (!answer.ok) throw new Error(`${name}: ${answer.error.code}`)
  return answer.value
}

/** A view or a mailbox in the sidebar. */
export const nav = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: new RegExp(`^${name}\\b`) })
/** A page of settings, in the sidebar while a person is there. */
export const settingsPage = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name })
/** Where a message is written; opened with R. */
export const replyBox = (page: Page): Locator => page.getByRole('textbox', { name: 'Reply' })

/** Opens a conversation of the list that is shown and waits until it is there. */
export async function openRow(page: Page, subject: string): Promise<void> {
  await row(page, new RegExp(subject)).click()
  await expect(conversation(page).getByRole('heading', { name: subject })).toBeVisible()
}

/** Writes an answer to the open conversation and sends it, with the keyboard alone. */
export async function answerByKeyboard(page: Page, text: string): Promise<void> {
  // No wait in between: a person's next letter is meant for the text, never for a shortcut.
  await page.keyboard.press('r')
  await page.keyboard.type(text)
  await page.keyboard.press('Control+Enter')
}

/** No screen of the tests shows notifications: from here on what would be shown is kept. */
export async function keepNotices(app: ElectronApplication): Promise<{
  /** Title and body of each so far. */
  told(): Promise<string[][]>
  /** How many of them were taken away again. */
  taken(): Promise<number>
  click(index: number): Promise<void>
  /** The last number that the program's icon was given; null before the first. */
  badge(): Promise<number | null>
}> {
  await app.evaluate(({ app: electron, Notification }) => {
    Reflect.set(globalThis, 'badge', null)
    Reflect.set(electron, 'setBadgeCount', (count: number) => Reflect.set(globalThis, 'badge', count))
    const shown: Electron.Notification[] = []
    Reflect.set(globalThis, 'notices', shown)
    Reflect.set(Notification, 'isSupported', () => true)
    Notification.prototype.show = function show(this: Electron.Notification) {
      shown.push(this)
    }
    const gone: Electron.Notification[] = []
    Reflect.set(globalThis, 'noticesGone', gone)
    Notification.prototype.close = function close(this: Electron.Notification) {
      gone.push(this)
    }
  })
  return {
    told: () =>
      app.evaluate(() => {
        const shown: Electron.Notification[] = Reflect.get(globalThis, 'notices')
        return shown.map(({ title, body }) => [title, body])
      }),
    taken: () =>
      app.evaluate(() => {
        const gone: Electron.Notification[] = Reflect.get(globalThis, 'noticesGone')
        return gone.length
      }),
    badge: () =>
      app.evaluate(() => {
        const badge: number | null = Reflect.get(globalThis, 'badge')
        return badge
      }),
    click: (index) =>
      app.evaluate((_, at) => {
        const shown: Electron.Notification[] = Reflect.get(globalThis, 'notices')
        shown[at]?.emit('click')
      }, index),
  }
}

/** The next dialogs of the system, which no test can drive, answer with this file or folder. */
export const answerDialogs = (app: ElectronApplication, path: string): Promise<void> =>
  app.evaluate(({ dialog }, file) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: file })
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [file] })
  }, path)

/** What goes to the person's browser or to another program is written down instead of opened; answers with all of it so far. */
export async function keepOpened(app: ElectronApplication): Promise<() => Promise<string[]>> {
  await app.evaluate(({ shell }) => {
    const opened: string[] = []
    Reflect.set(globalThis, 'opened', opened)
    shell.openExternal = (url) => {
      opened.push(url)
      return Promise.resolve()
    }
    shell.openPath = (path) => {
      opened.push(path)
      return Promise.resolve('')
    }
  })
  return () =>
    app.evaluate(() => {
      const opened: string[] = Reflect.get(globalThis, 'opened')
      return opened
    })
}

/** A key that an input method takes for itself, while it composes a word: no handler may act on it. */
export const composingKey = (place: Locator, key: string): Promise<void> =>
  place.evaluate((element, pressed) => {
    element.dispatchEvent(
      new KeyboardEvent('keydown', { key: pressed, isComposing: true, bubbles: true, cancelable: true }),
    )
  }, key)

/** Process ids of our services, once both are there. */
export async function services(app: ElectronApplication): Promise<{ store: number; mail: number }> {
  const idOf = (service: string) =>
    app.evaluate(
      (electron, wanted) =>
        electron.app.getAppMetrics().find(({ name, serviceName }) => [name, serviceName].includes(wanted))?.pid ?? 0,
      `Postern ${service}`,
    )
  for (const one of ['store', 'mail']) await expect.poll(() => idOf(one)).toBeGreaterThan(0)
  return { store: await idOf('store'), mail: await idOf('mail') }
}

/** Lets the window read files only when the answer is called. */
export async function holdReading(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const { readAsDataURL } = FileReader.prototype
    const waiting: (() => void)[] = []
    FileReader.prototype.readAsDataURL = function readAsDataURL_(this: FileReader, file: Blob) {
      waiting.push(() => readAsDataURL.call(this, file))
    }
    Reflect.set(window, 'goOn', () => {
      FileReader.prototype.readAsDataURL = readAsDataURL
      for (const one of waiting) one()
    })
  })
  return () => page.evaluate(() => void Reflect.apply(Reflect.get(window, 'goOn'), window, []))
}

/** A picture of the window in a folder of its own. */
export async function pictureFile(page: Page, name: string): Promise<string> {
  const file = join(tempFolder('pictures'), name)
  writeFileSync(file, await page.screenshot({ clip: { x: 0, y: 0, width: 40, height: 30 } }))
  return file
}
