import { expect, test } from '@playwright/test'
import { answered, nav, replyBox } from './hands'
import {
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
  seed(team, 'help', [{ raw: mail({ subject: 'Wheels', from: 'Tom Okafor <tom@shop.example>' }) }])
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
})
