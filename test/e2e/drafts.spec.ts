import { expect, test, type Page } from '@playwright/test'
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

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(
    team,
    'help',
    ['Wheels', 'Rim is bent', 'Bell too loud'].map((subject) => ({
      raw: mail({ subject, from: 'Tom Okafor <tom@shop.example>' }),
    })),
  )
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: { width: 1280, height: 800 } })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('of two drafts in one conversation, as there are after an undo, none is out of reach', async () => {
  const { page } = desk
  await row(page, /Wheels/).click()
  const write = async (words: string): Promise<void> => {
    await replyBox(page).click()
    await page.keyboard.type(words)
    await expect(page.getByRole('region', { name: 'Composer' }).getByText('Draft saved')).toBeVisible()
  }
  await write('On Monday.')
  const first = (await answered(page, 'drafts.list', {})).drafts[0]?.id ?? 0
  const { undo } = await answered(page, 'drafts.discard', { id: first })
  await expect(replyBox(page)).not.toContainText('On Monday.')
  await write('On Friday.')
  await answered(page, 'acts.undo', { undo })

  await nav(page, 'Drafts').click()
  const monday = row(page, /Wheels/).filter({ hasText: 'On Monday.' })
  const friday = row(page, /Wheels/).filter({ hasText: 'On Friday.' })
  await expect(list(page).getByRole('row')).toHaveCount(2)
  await friday.click()
  await expect(replyBox(page)).toHaveText('On Friday.')
  await expect(friday).toHaveAttribute('aria-current', 'true')
  await expect(monday).not.toHaveAttribute('aria-current')
  await monday.click()
  await expect(replyBox(page)).toHaveText('On Monday.')
  await replyBox(page).click()
  await page.keyboard.press('End')
  await page.keyboard.type(' At ten.')
  await friday.click()
  await expect(replyBox(page)).toHaveText('On Friday.')
  const { drafts } = await answered(page, 'drafts.list', {})
  expect(drafts.map(({ text }) => text.trim()).toSorted()).toEqual(['On Friday.', 'On Monday. At ten.'])
  // nor are the last words that came to one of them, which the window's answer about the conversation is too old for
  await nav(page, 'Inbox').click()
  await openRow(page, 'Bell too loud')
  await nav(page, 'Drafts').click()
  await monday.click()
  await expect(replyBox(page)).toHaveText('On Monday. At ten.', { timeout: 5000 })
})

test('after the second of two drafts in one conversation was sent the first one is there, and the second one again once that is taken back', async () => {
  const { page } = desk
  await row(page, /Wheels/)
    .filter({ hasText: 'On Friday.' })
    .click()
  await nav(page, 'Inbox').click()
  await openRow(page, 'Wheels')
  await expect(replyBox(page)).toHaveText('On Friday.')
  await replyBox(page).click()
  await page.keyboard.press('Control+Shift+Enter')
  await expect(page.getByText('Sending to Tom Okafor')).toBeVisible()
  // at once, not only when something else changes
  await expect(replyBox(page)).toHaveText('On Monday. At ten.', { timeout: 3000 })
  await page.keyboard.press('Control+z')
  await expect(replyBox(page)).toHaveText('On Friday.')
  await expect(replyBox(page)).toBeFocused()
  await page.getByRole('button', { name: 'Discard draft' }).click()
  await expect(replyBox(page)).toHaveText('On Monday. At ten.')
})

/** Puts a picture into the text that is being written. It is read only when the answer is called. */
async function addPicture(page: Page): Promise<() => Promise<void>> {
  const goOn = await holdReading(page)
  const file = await pictureFile(page, 'rim.png')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Put a picture into the text' }).click()
  await (await chooser).setFiles(file)
  return goOn
}

test('who writes the next answer while the one before is being sent loses no letter of it to the list', async () => {
  const { page } = desk
  await openRow(page, 'Rim is bent')
  await page.keyboard.press('r')
  await page.keyboard.type('It goes today')
  const goOn = await addPicture(page)
  await replyBox(page).click()
  await page.keyboard.press('Control+Enter')
  await openRow(page, 'Bell too loud')
  await page.keyboard.press('r')
  await page.keyboard.type('Two')
  await goOn()
  await expect(page.getByText('Sending to Tom Okafor')).toBeVisible()
  await page.keyboard.type(' bells')
  await expect(replyBox(page)).toHaveText('Two bells')
})

test('who looks elsewhere while a new message is being sent is not led away from there', async () => {
  const { page } = desk
  await nav(page, 'Inbox').click()
  await page.keyboard.press('c')
  await page.keyboard.type('priya@shop.example')
  await page.getByRole('textbox', { name: 'Subject' }).fill('A new bell')
  await page.getByRole('textbox', { name: 'Message' }).click()
  await page.keyboard.type('It rings')
  const goOn = await addPicture(page)
  await page.getByRole('textbox', { name: 'Message' }).click()
  await page.keyboard.press('Control+Enter')
  await openRow(page, 'Bell too loud')
  await goOn()
  await expect(page.getByText('Sending to priya@shop.example')).toBeVisible()
  await expect(conversation(page).getByRole('heading', { name: 'Bell too loud' })).toBeVisible()
  await page.waitForTimeout(300)
  await expect(conversation(page).getByRole('heading', { name: 'Bell too loud' })).toBeVisible()
})

test('an answer that cannot be sent any more once its conversation was left is not kept back without a word', async () => {
  const { page } = desk
  await openRow(page, 'Bell too loud')
  await expect(replyBox(page)).toHaveText('Two bells')
  const goOn = await addPicture(page)
  await replyBox(page).click()
  await page.keyboard.press('Control+Enter')
  await openRow(page, 'Wheels')
  const { drafts } = await answered(page, 'drafts.list', {})
  for (const { id, text } of drafts) if (text.startsWith('Two')) await answered(page, 'drafts.discard', { id })
  await goOn()
  await expect(page.getByText(/The message to Tom Okafor was not sent/)).toBeVisible()
})
