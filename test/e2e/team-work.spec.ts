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

test('a view shows every console the same, its makers what is theirs, and deleting it loses no conversation', async () => {
  await ana.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'New view' }).click()
  const dialog = ana.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('Hubs and slots')
  await dialog.getByRole('button', { name: 'Add a condition' }).click()
  await dialog.getByRole('combobox', { name: 'What it is about' }).last().selectOption('Customer')
  await expect(dialog.getByText('One of the conditions is not filled in yet.')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Name or address holds' }).fill('c1@harbour')
  await expect(dialog.getByText('Shows 1 conversation now.')).toBeVisible()
  const [desk] = desks
  if (desk) await look(desk, 'view-dialog')
  await dialog.getByRole('radio', { name: 'The team' }).click()
  await dialog.getByRole('button', { name: 'Save view' }).click()
  for (const page of [ana, bo, cy]) {
    await expect(nav(page, 'Hubs and slots')).toHaveAccessibleName(/^Hubs and slots 1 conversation/, wait)
    await nav(page, 'Hubs and slots').click()
    await expect(list(page).getByRole('row')).toHaveCount(1)
    await expect(row(page, /Delivery slot/)).toBeVisible()
  }
  // What is changed on one console is changed on all; hiding is a matter of one's own.
  await bo.getByRole('button', { name: 'Filter', exact: true }).click()
  await bo.getByRole('menuitem', { name: 'Edit the view…' }).click()
  await bo.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Slots')
  await bo.getByRole('dialog').getByRole('button', { name: 'Save view' }).click()
  await expect(nav(ana, 'Slots')).toBeVisible(wait)
  await cy.getByRole('button', { name: 'Filter', exact: true }).click()
  await cy.getByRole('menuitem', { name: 'Hide from the sidebar' }).click()
  await expect(nav(cy, 'Slots')).toBeHidden()
  await expect(nav(bo, 'Slots')).toBeVisible()
  await nav(cy, 'Settings').click()
  await cy.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: 'Views' }).click()
  await expect(cy.getByRole('switch', { name: 'Slots in the sidebar' })).not.toBeChecked()
  await cy.getByRole('button', { name: 'Move Mine up' }).click()
  await expect(cy.getByRole('row').nth(1)).toContainText('Mine')
  const third = desks[2]
  if (third) await look(third, 'settings-views')
  await cy.keyboard.press('Escape')
  await ana.getByRole('button', { name: 'Filter', exact: true }).click()
  await ana.getByRole('menuitem', { name: 'Delete the view' }).click()
  await expect(nav(bo, 'Slots')).toBeHidden(wait)
  await ana.keyboard.press('ControlOrMeta+z')
  await expect(nav(bo, 'Slots')).toBeVisible(wait)
  for (const page of [ana, bo, cy]) {
    await nav(page, 'Inbox').click()
    await expect(list(page).getByRole('row')).toHaveCount(3)
  }
})
