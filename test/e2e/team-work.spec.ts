import { expect, test, type Page } from '@playwright/test'
import { conversation, list, mail, row, seed, startTeam, type Desk, type Team } from './harness'
import { nav, openRow, replyBox } from './hands'
import { look } from './pictures'
import { startDesks } from './team-desks'

let team: Team
let desks: Desk[]
let ana: Page
let bo: Page
let cy: Page
const wait = { timeout: 20_000 }

test.beforeAll(async () => {
  test.setTimeout(120_000)
  team = await startTeam(['help', 'warranty'])
  seed(team, 'help', ['Rear hub clicking', 'Delivery slot moved', 'Refund for a light'].map((subject, i) => ({ raw: mail({ subject, id: `work${i}@harbour.example`, from: `Customer ${i} <c${i}@harbour.example>` }) })))
  desks = await startDesks(team, ['Ana Ferreira', 'Bo Lindqvist', 'Cy Okafor'])
  const [a, b, c] = desks.map(({ page }) => page)
  if (!a || !b || !c) throw new Error('no desks')
  ;[ana, bo, cy] = [a, b, c]
})
test.afterAll(async () => {
  await Promise.all((desks ?? []).map((desk) => desk.close()))
  await team?.stop()
})

test('nobody answers a conversation unaware that a colleague reads or answers it', async () => {
  await openRow(ana, 'Rear hub clicking')
  await openRow(bo, 'Rear hub clicking')
  await expect(conversation(bo).getByRole('status', { name: 'Who else is here' })).toContainText('Ana Ferreira is reading this too', wait)
  await expect(row(cy, /Rear hub clicking.*Bo Lindqvist is reading this/)).toBeVisible(wait)
  await bo.keyboard.press('r')
  await bo.keyboard.type('We can fit a new hub on Monday.')
  await expect(row(ana, /Rear hub clicking.*Bo Lindqvist is replying/)).toBeVisible(wait)
  await ana.keyboard.press('r')
  await ana.keyboard.type('It is covered.')
  await expect(conversation(ana).getByText('Bo Lindqvist is writing a reply too.')).toBeVisible(wait)
  await expect(list(cy).getByText('Ana', { exact: true })).toBeVisible(wait)
  const [desk] = desks
  if (desk) await look(desk, 'presence')
  for (const page of [ana, bo]) {
    await page.getByRole('button', { name: 'Discard draft' }).click()
    await expect(replyBox(page)).toHaveText('')
    await page.keyboard.press('Escape')
    await nav(page, 'Inbox').click()
  }
  await expect(row(cy, /Rear hub clicking.*is re/)).toHaveCount(0, wait)
})
