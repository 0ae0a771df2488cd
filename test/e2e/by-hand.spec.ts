import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { tempFolder } from '../servers/process.mjs'
import { answered, holdReading, nav, openRow, pictureFile, replyBox } from './hands'
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
  synced,
  type Desk,
  type Team,
} from './harness'

let team: Team
let desk: Desk
let page: Page
const subjects = ['Squeaking brake', 'Lost a pedal', 'Rim is bent', 'Bell too loud'] as const
const [first, second, third, last] = subjects

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    subjects.map((subject, at) => ({
      raw: mail({ subject, from: `Customer ${at} <c${at}@harbour.example>`, date: new Date(Date.now() - at * 60_000) }),
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  page = desk.page
  await synced(page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

const composer = (): Locator => page.getByRole('region', { name: 'Composer' })
const inFocus = (): Promise<string> => page.evaluate(() => document.activeElement?.tagName ?? '')

/** A press on a keyboard that writes another script: `key` is what it writes, `code` where it lies. */
const foreignKey = (key: string, code: string, held: { ctrlKey?: boolean } = {}): Promise<void> =>
  page.evaluate(
    ([what, where, with_]) => {
      const pressed = { key: what, code: where, ...with_, bubbles: true, cancelable: true }
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', pressed))
    },
    [key, code, held] as const,
  )

/** Drops files from outside the program. */
async function dropFiles(on: Locator, files: string[]): Promise<void> {
  const box = await on.boundingBox()
  if (!box) throw new Error('not on screen')
  const devtools = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await devtools.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      data: { items: [], files, dragOperationsMask: 1 },
    })
  await devtools.detach()
}

test('whoever is typed into Cc is not left out of a reply that is sent from there by key', async () => {
  await openRow(page, first)
  await page.keyboard.press('r')
  await page.keyboard.type('It is on its way')
  await composer().getByRole('button', { name: 'Cc' }).click()
  await page.keyboard.type('boss@harbour.example')
  await page.keyboard.press('Control+Enter')
  await expect.poll(async () => (await answered(page, 'outbox.list', {})).items.length).toBe(1)
  const { items } = await answered(page, 'outbox.list', {})
  expect(items.map(({ cc }) => cc.map(({ address }) => address))).toEqual([['boss@harbour.example']])
  // nothing of it is begun anew as a draft of its own
  await expect(list(page)).toHaveAttribute('aria-rowcount', '3')
  await expect(page.getByText('Draft', { exact: true })).toHaveCount(0)
})

test('a key that a person took from Send sends nothing, and the one that they chose does', async () => {
  await answered(page, 'settings.set', { keys: { send: ['mod+s'], sendOpen: [] } })
  await openRow(page, last)
  await page.keyboard.press('r')
  await page.keyboard.type('Not yet')
  await page.keyboard.press('Control+Enter')
  await page.keyboard.press('Control+Shift+Enter')
  await page.keyboard.type('finished')
  await expect(replyBox(page)).toContainText('finished')
  expect((await answered(page, 'outbox.list', {})).items.map(({ text }) => text)).not.toContain('Not yet')
  await page.keyboard.press('Control+s')
  await expect
    .poll(async () => (await answered(page, 'outbox.list', {})).items.map(({ text }) => text.replace(/\s+/g, ' ')))
    .toContain('Not yet finished')
  await answered(page, 'settings.set', { keys: {} })
  await page.keyboard.press('Control+z')
  await expect(replyBox(page)).toContainText('finished')
  await page.keyboard.press('Escape')
})

test('Ctrl A and Ctrl Z in a dialog do not reach what lies behind it', async () => {
  await openRow(page, second)
  await page.keyboard.press('i')
  const assigned = async () =>
    (await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 10 })).rows.filter(
      ({ assignee }) => assignee !== null,
    ).length
  await expect.poll(assigned).toBe(1)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await assigned()).toBe(1)
  await expect(page.getByRole('toolbar', { name: /selected/ })).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect.poll(assigned).toBe(0)
})

test('keys do nothing else on a keyboard that writes Cyrillic or Greek: each acts where its letter lies', async () => {
  await openRow(page, second)
  await foreignKey('к', 'KeyR')
  await expect(replyBox(page)).toBeFocused()
  await page.keyboard.press('Escape')
  await foreignKey('п', 'KeyG')
  await foreignKey('в', 'KeyD')
  await expect(page.getByRole('heading', { name: 'Drafts', level: 1 })).toBeVisible()
  await foreignKey('γ', 'KeyG')
  await foreignKey('ι', 'KeyI')
  await expect(row(page, new RegExp(second))).toBeVisible()
  await foreignKey('л', 'KeyK', { ctrlKey: true })
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
})

test('words that were typed until the moment in which somebody looked elsewhere are not lost when they return and write on', async () => {
  await openRow(page, second)
  await page.keyboard.press('r')
  await page.keyboard.type('One')
  await expect(composer()).toContainText('Draft saved')
  await page.keyboard.type(', two')
  await openRow(page, third)
  await openRow(page, second)
  await expect(replyBox(page)).toHaveText('One, two')
  await page.keyboard.press('r')
  await page.keyboard.press('Control+End')
  await page.keyboard.type(', three')
  await expect(replyBox(page)).toHaveText('One, two, three')
  await composer().getByRole('button', { name: 'Discard' }).press('Enter')
  await expect(composer().getByRole('button', { name: 'Discard' })).toHaveCount(0)
})

test('the focus is not lost with the composer when a note was added or a draft was thrown away', async () => {
  await openRow(page, second)
  await page.keyboard.press('n')
  await page.keyboard.type('Spoke to her')
  await page.keyboard.press('Control+Enter')
  await expect(conversation(page).getByText('Spoke to her')).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Note' })).toHaveCount(0)
  expect(await inFocus()).not.toBe('BODY')
  await page.keyboard.press('r')
  await page.keyboard.type('Dear customer')
  await composer().getByRole('button', { name: 'Discard' }).press('Enter')
  await expect(replyBox(page)).toHaveText('')
  await expect(composer().getByRole('button', { name: 'Discard' })).toHaveCount(0)
  expect(await inFocus()).not.toBe('BODY')
  await page.keyboard.press('c')
  const writing = page.getByRole('region', { name: 'New message' })
  await writing.getByRole('textbox', { name: 'Message' }).fill('Dear all')
  await writing.getByRole('button', { name: 'Discard' }).press('Enter')
  await expect(writing).toHaveCount(0)
  expect(await inFocus()).not.toBe('BODY')
})

test('a folder that is dropped is not called a fault of the program', async () => {
  await openRow(page, third)
  await dropFiles(composer().getByRole('button', { name: 'Forward' }), [tempFolder('dropped')])
  await expect(composer()).toContainText(/was not attached\..*folder/)
  await expect(composer()).not.toContainText('went wrong')
  await composer().getByRole('button', { name: 'Hide', exact: true }).click()
})

test('a file that is dropped after a picture was moved in the text is not lost', async () => {
  await openRow(page, last)
  await page.keyboard.press('r')
  await page.keyboard.type('Look at this picture')
  await page.keyboard.press('Enter')
  await page.keyboard.type('It is a bell')
  const folder = tempFolder('pictures')
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 40, height: 30 } })
  writeFileSync(join(folder, 'bell.png'), picture)
  writeFileSync(join(folder, 'bell.txt'), 'loud')
  await dropFiles(replyBox(page).getByText('Look at'), [join(folder, 'bell.png')])
  const shown = replyBox(page).getByRole('img', { name: 'bell.png' })
  await expect(shown).toBeVisible()
  const from = await shown.boundingBox()
  const to = await replyBox(page).boundingBox()
  if (!from || !to) throw new Error('not on screen')
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(from.x + 2, from.y + 2, { steps: 5 })
  await page.mouse.move(to.x + 40, to.y + 60, { steps: 5 })
  await page.mouse.up()
  await expect(replyBox(page).getByRole('img', { name: 'bell.png' })).toHaveCount(1)
  await dropFiles(composer().getByRole('button', { name: 'Forward' }), [join(folder, 'bell.txt')])
  await expect(composer().getByRole('group', { name: 'Attached files' })).toContainText('bell.txt')
})

test('a picture that is still being read is lost neither by a look at another conversation nor by Send', async () => {
  await openRow(page, third)
  await page.keyboard.press('r')
  await page.keyboard.type('The rim as it came')
  await expect(composer()).toContainText('Draft saved')
  let goOn = await holdReading(page)
  await dropFiles(replyBox(page).getByText('The rim'), [await pictureFile(page, 'rim.png')])
  await openRow(page, second)
  await expect(page.getByText(/was attached/)).toHaveCount(0)
  await goOn()
  await openRow(page, third)
  const files = composer().getByRole('group', { name: 'Attached files' })
  await expect(files.or(replyBox(page).getByRole('img'))).toBeVisible()
  await expect(page.getByText(/too large|too big/i)).toHaveCount(0)

  goOn = await holdReading(page)
  await dropFiles(replyBox(page).getByText('The rim'), [await pictureFile(page, 'hub.png')])
  await page.keyboard.press('Control+Enter')
  await goOn()
  const sent = async () =>
    (await answered(page, 'outbox.list', {})).items.filter(({ text }) => text.includes('The rim as it came'))
  await expect.poll(async () => (await sent()).length).toBe(1)
  await page.keyboard.press('Control+z')
  await expect(replyBox(page).getByRole('img', { name: 'hub.png' })).toBeVisible()
  await page.keyboard.press('Escape')
})

test('an address that is still being typed is not left out of a draft by a key that leads elsewhere, nor with the window', async () => {
  await answered(page, 'settings.set', { keys: { next: ['mod+j'] } })
  await openRow(page, second)
  await page.keyboard.press('r')
  await page.keyboard.type('Pedals are on their way')
  await composer().getByRole('button', { name: 'Cc' }).click()
  await page.keyboard.type('boss@harbour.example')
  await page.keyboard.press('Control+j')
  await expect(conversation(page).getByRole('heading', { name: second })).toHaveCount(0)
  await openRow(page, second)
  await expect(composer()).toContainText('boss@harbour.example')
  await composer().getByRole('combobox', { name: 'Cc' }).click()
  await page.keyboard.type('stock@harbour.example')
  await answered(page, 'settings.set', { keys: {} })
  const { profile } = desk
  await desk.close()
  desk = await startPostern({ profile, size: { width: 1280, height: 800 } })
  page = desk.page
  await openRow(page, second)
  await expect(composer()).toContainText('boss@harbour.example')
  await expect(composer()).toContainText('stock@harbour.example')
})

test('a Ctrl chord that a person chose for an act of the list or conversation does nothing behind a dialog', async () => {
  await answered(page, 'settings.set', { keys: { closeOrOpen: ['mod+e'], next: ['mod+j'], toMe: ['mod+m'] } })
  await openRow(page, second)
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toBeVisible()
  const before = await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 10 })
  await page.keyboard.press('Control+m')
  await page.keyboard.press('Control+e')
  await page.keyboard.press('Control+j')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(conversation(page).getByRole('heading', { name: second })).toBeVisible()
  expect((await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 10 })).total).toBe(before.total)
  await answered(page, 'settings.set', { keys: {} })
})

test('the focus is not lost on the way to a page that is reached by key, nor back', async () => {
  const lost: string[] = []
  const look = async (after: string): Promise<void> => {
    await page.waitForTimeout(700)
    if ((await inFocus()) === 'BODY') lost.push(after)
  }
  for (const keys of ['g s', 'g y', 'g t', 'g h', 'c', '?', 'Control+k']) {
    await openRow(page, second)
    for (const key of keys.split(' ')) await page.keyboard.press(key)
    await look(keys)
    await page.keyboard.press('Escape')
    await look(`Escape from ${keys}`)
    await nav(page, 'Inbox').click()
  }
  expect(lost).toEqual([])
})

test('new words for a note are not lost by Escape, by a look at another conversation, or with the window', async () => {
  await openRow(page, third)
  const { rows } = await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 10 })
  const id = rows.find(({ subject }) => subject === third)?.id ?? 0
  await answered(page, 'notes.add', { conversationId: id, text: 'Rim ordered' })
  const field = page.getByRole('textbox', { name: 'Text of the note' })
  const edit = conversation(page).getByRole('button', { name: 'Edit the note' })
  await edit.press('Enter')
  await field.fill('Rim ordered, comes on Friday')
  await field.press('Escape')
  await expect(field).toHaveCount(0)
  await edit.press('Enter')
  await expect(field).toHaveValue('Rim ordered, comes on Friday')
  await expect(field).toBeFocused()
  await openRow(page, second)
  await openRow(page, third)
  await expect(field).toHaveValue('Rim ordered, comes on Friday')
  await expect(field).not.toBeFocused()
  const { profile } = desk
  await desk.close()
  desk = await startPostern({ profile, size: { width: 1280, height: 800 } })
  page = desk.page
  await openRow(page, third)
  await expect(page.getByRole('textbox', { name: 'Note', exact: true })).toHaveValue('Rim ordered, comes on Friday')
})

test('words that are pasted into a note, or into one about a customer, are not cut without a word', async () => {
  const pasted = 'Frame 4711 came back. '.repeat(3_000).trim()
  await openRow(page, last)
  const { rows } = await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 10 })
  const { id = 0 } = rows.find(({ subject }) => subject === last) ?? {}
  await answered(page, 'notes.add', { conversationId: id, text: 'Frames' })
  await conversation(page).getByRole('button', { name: 'Edit the note' }).press('Enter')
  await page.getByRole('textbox', { name: 'Text of the note' }).selectText()
  await page.keyboard.insertText(pasted)
  await conversation(page).getByRole('button', { name: 'Save note' }).click()
  const words = async (): Promise<string> =>
    (await answered(page, 'conversations.get', { id })).notes.map(({ text }) => text.replace(/^\(.*\)\n/, '')).join('')
  await expect.poll(async () => (await words()).length).toBe(pasted.length)
  await page.getByRole('button', { name: 'Edit note' }).click()
  await page.keyboard.insertText(pasted)
  const { customerId } = await answered(page, 'conversations.get', { id })
  await expect
    .poll(async () => (await answered(page, 'customers.get', { id: customerId ?? 0 })).note.length)
    .toBe(pasted.length)
})
