import { chmodSync, closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { makeFolder } from '../servers/maildir.mjs'
import { answerByKeyboard, mailIn, nav, openRow } from './hands'
import { look, sizes } from './pictures'
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
  type Desk,
  type Team,
} from './harness'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M9QDwAEAQGAKhmfUQAAAABJRU5ErkJggg=='
let team: Team
let desk: Desk
let page: Page
let closed: string

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(team, 'help', [
    {
      raw: mail({
        subject: 'Picture and program',
        from: 'Ann <ann@shop.example>',
        html: '<p>Look at <a href="https://evil.example/x">https://bank.example/login</a></p>',
        files: [
          { name: 'dent.png', type: 'image/png', content: Buffer.from(png, 'base64') },
          { name: 'setup.exe', type: 'application/x-msdownload', content: Buffer.from('TVqQAAMAAAAEAAAA', 'base64') },
        ],
      }),
    },
    ...['First', 'Second', 'Third'].map((subject) => ({
      raw: mail({ subject, from: `${subject} <${subject.toLowerCase()}@shop.example>` }),
    })),
    { raw: mail({ subject: 'Behind a closed door' }), folder: 'Closed door' },
  ])
  // A folder that the server names and does not open.
  closed = makeFolder(team.dovecot.maildirOf('help'), 'Closed door')
  chmodSync(closed, 0o000)
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: sizes[0] })
  page = desk.page
  await expect(list(page).getByRole('row')).toHaveCount(4, { timeout: 30_000 })
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('a folder that the server does not open is named where the sync is told, and everything else goes on', async () => {
  await syncStatus(page).getByRole('button').click()
  const box = page.getByRole('region', { name: 'Help' })
  await expect(box).toContainText('The server does not open this folder. Postern tries again at each sync.')
  await expect(box).toContainText('4 on the server, 4 here')
  await look(desk, 'folder-refused')
  chmodSync(closed, 0o700)
  await box.getByRole('button', { name: 'Sync now' }).click()
  await expect(box).not.toContainText('does not open')
  await expect(box).toContainText('1 on the server, 1 here')
  await page.keyboard.press('Escape')
})

test('no fault in what opens over a conversation', async () => {
  await openRow(page, 'Picture and program')
  const files = conversation(page).getByRole('group', { name: 'Attachments' })
  const dialog = page.getByRole('dialog')
  await files.getByRole('button', { name: /dent\.png/ }).click()
  await page.getByRole('menuitem', { name: 'Preview' }).click()
  await expect(dialog.getByRole('img', { name: 'dent.png' })).toBeVisible()
  await page.keyboard.press('Escape')
  await files.getByRole('button', { name: /setup\.exe/ }).click()
  await page.getByRole('menuitem', { name: 'Open', exact: true }).click()
  await expect(dialog).toContainText('ann@shop.example')
  await page.keyboard.press('Escape')
  const shown = mailIn(conversation(page))
  await shown.getByText('https://bank.example/login').click()
  await expect(dialog).toContainText('evil.example')
  await look(desk, 'link')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  for (const [key, name] of [
    ['z', 'snooze'],
    ['t', 'tag'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(page.locator('.menu')).toBeVisible()
    await look(desk, name)
    await expect(page.locator('.menu')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.locator('.menu')).toHaveCount(0)
  }
})

test('no fault while many are picked, and where nothing is found', async () => {
  await nav(page, 'Inbox').click()
  await row(page, /First/).focus()
  await page.keyboard.press('Control+a')
  await expect(page.getByRole('toolbar', { name: /selected/ })).toBeVisible()
  await look(desk, 'bulk')
  await page.keyboard.press('Escape')
  // What is told of the act before does not lie over the buttons for the next.
  await openRow(page, 'First')
  await page.keyboard.press('Shift+F')
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Followed')
  await page.keyboard.press('Control+a')
  for (const button of await page
    .getByRole('toolbar', { name: /selected/ })
    .getByRole('button')
    .all())
    await button.click({ trial: true, timeout: 2000 })
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Followed')
  await page.keyboard.press('Escape')
  // What is typed for the field that a menu opens is in the field from the first letter on: none reaches the row behind.
  await row(page, /First/).focus()
  await page.keyboard.press('Shift+F10')
  const opened = page.getByRole('menuitem', { name: /^Add a tag/ })
  expect(
    await opened.evaluate(async (item: HTMLElement) => {
      item.click()
      await Promise.resolve()
      return document.activeElement?.getAttribute('aria-label')
    }),
  ).toBe('Find or make a tag')
  await page.keyboard.type('ee')
  await expect(page.getByRole('combobox', { name: 'Tags' })).toHaveValue('ee')
  await page.keyboard.press('Escape')
  await expect(row(page, /First/)).toBeFocused()
  await page.getByRole('searchbox', { name: 'Search' }).fill('nosuchwordanywhere')
  await expect(page.getByText('Nothing matches')).toBeVisible()
  await look(desk, 'search-nothing')
  await page.keyboard.press('Escape')
})

test('no fault when the cable is out and a reply waits', async () => {
  await nav(page, 'Inbox').click()
  await openRow(page, 'Second')
  await team.cutCables()
  await expect(syncStatus(page)).toContainText('Offline', { timeout: 30_000 })
  await answerByKeyboard(page, 'It goes out later.')
  await look(desk, 'offline')
  await team.restoreCables()
})

test('keys that are pressed while the code of what they are for is on its way are not lost, and none reaches what lies behind', async () => {
  await desk.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.session.webRequest.onBeforeRequest((asked, answer) => {
      setTimeout(() => answer({}), asked.url.includes('/palette-') ? 1500 : 0)
    })
  })
  await page.reload()
  await expect(row(page, /First/)).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('close')
  await expect(page.getByRole('dialog').getByRole('combobox')).toHaveValue('close')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(row(page, /First/)).toBeVisible()
  await desk.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.session.webRequest.onBeforeRequest(null)
  })
})

test('a key that is pressed before the first conversation is there is not lost', async () => {
  await desk.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.session.webRequest.onBeforeRequest((asked, answer) => {
      setTimeout(() => answer({}), asked.url.includes('/conversation-parts-') ? 1500 : 0)
    })
  })
  await page.reload()
  await row(page, /First/).click()
  await page.keyboard.press('n')
  await page.keyboard.type('seen')
  await expect(conversation(page).getByRole('textbox', { name: 'Note' })).toHaveValue('seen')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Backspace')
  await desk.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.session.webRequest.onBeforeRequest(null)
  })
})

test('no fault on the page of a store that no key opens, and a damaged beginning of its file is named as a cause', async () => {
  const { profile } = desk
  await desk.close()
  const file = openSync(join(profile, 'postern.db'), 'r+')
  writeSync(file, Buffer.alloc(4096, 7), 0, 4096, 0)
  closeSync(file)
  desk = await startPostern({ profile, size: sizes[0] })
  page = desk.page
  await expect(page.getByText('the beginning of its file is damaged')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('What to do')).toBeVisible()
  await look(desk, 'store-not-opened')
})
