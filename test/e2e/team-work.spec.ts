import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { conversation, leave, list, mail, row, seed, startTeam, type Desk, type Team } from './harness'
import { answered, keepNotices, nav, onServer, openRow, replyBox, settingsPage } from './hands'
import { look, pictureOf, setTheme, shots } from './pictures'
import { startDesks } from './team-desks'

let team: Team
let desks: Desk[]
let ana: Page
let bo: Page
let okafor: Page
/** A server may forget to tell of something; every 20 s it is asked (mail/team/team-link). */
const wait = { timeout: 30_000 }

test.beforeAll(async () => {
  test.setTimeout(120_000)
  team = await startTeam(['help', 'warranty'])
  seed(
    team,
    'help',
    ['Rear hub clicking', 'Delivery slot moved', 'Refund for a light'].map((subject, i) => ({
      raw: mail({ subject, id: `work${i}@harbour.example`, from: `Customer ${i} <c${i}@harbour.example>` }),
    })),
  )
  desks = await startDesks(team, ['Ana Ferreira', 'Bo Lindqvist', 'Bo Okafor'])
  const [a, b, c] = desks.map(({ page }) => page)
  if (!a || !b || !c) throw new Error('no desks')
  ;[ana, bo, okafor] = [a, b, c]
})
test.afterAll(async () => {
  await leave(...(desks ?? []), team)
})

test('nobody answers a conversation unaware that a colleague reads or answers it', async () => {
  await openRow(ana, 'Rear hub clicking')
  await openRow(bo, 'Rear hub clicking')
  await expect(conversation(bo).getByRole('status', { name: 'Who else is here' })).toContainText(
    'Ana is reading this too. Your reply will be held if they send first.',
    wait,
  )
  await expect(row(okafor, /Rear hub clicking.*Bo Lindqvist is reading this/)).toBeVisible(wait)
  await bo.keyboard.press('r')
  await bo.keyboard.type('We can fit a new hub on Monday.')
  await expect(row(ana, /Rear hub clicking.*Bo Lindqvist is replying/)).toBeVisible(wait)
  await ana.keyboard.press('r')
  await ana.keyboard.type('It is covered.')
  await expect(conversation(ana).getByText('Bo Lindqvist is writing a reply too.')).toBeVisible(wait)
  await expect(list(okafor).getByText('Ana', { exact: true })).toBeVisible(wait)
  const [desk] = desks
  if (desk) await look(desk, 'presence')
  for (const page of [ana, bo]) {
    await page.getByRole('button', { name: 'Discard draft' }).click()
    await expect(replyBox(page)).toHaveText('')
    await page.keyboard.press('Escape')
    await nav(page, 'Inbox').click()
  }
  await expect(row(okafor, /Rear hub clicking.*is re/)).toHaveCount(0, wait)
  // What a Postern read bears its mark, so that what another mail program read is told, and only that.
  const elsewhere = (page: Page) => conversation(page).getByText('Read in another mail program')
  await expect
    .poll(() => onServer(team, 'help', 'INBOX').find(({ id }) => id.startsWith('work0'))?.flags, wait)
    .toEqual(['$PosternRead', '\\Seen'])
  team.dovecot.doveadm('flags', 'add', '-u', 'help', '\\Seen', 'mailbox', 'INBOX', 'header', 'subject', 'Delivery')
  await expect(row(okafor, /^Unread, .*Delivery/)).toHaveCount(0, wait)
  await openRow(okafor, 'Delivery slot moved')
  await expect(elsewhere(okafor)).toBeVisible(wait)
  await openRow(okafor, 'Rear hub clicking')
  await expect(elsewhere(okafor)).toHaveCount(0)
  await nav(okafor, 'Inbox').click()
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
  for (const page of [ana, bo, okafor]) {
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
  await okafor.getByRole('button', { name: 'Filter', exact: true }).click()
  await okafor.getByRole('menuitem', { name: 'Hide from the sidebar' }).click()
  await expect(nav(okafor, 'Slots')).toBeHidden()
  await expect(nav(bo, 'Slots')).toBeVisible()
  await nav(okafor, 'Settings').click()
  await settingsPage(okafor, 'Views').click()
  await expect(okafor.getByRole('switch', { name: 'Slots in the sidebar' })).not.toBeChecked()
  await okafor.getByRole('button', { name: 'Move Mine up' }).click()
  await expect(okafor.getByRole('row').nth(1)).toContainText('Mine')
  const third = desks[2]
  if (third) await look(third, 'settings-views')
  await okafor.keyboard.press('Escape')
  await ana.getByRole('button', { name: 'Filter', exact: true }).click()
  await ana.getByRole('menuitem', { name: 'Delete the view' }).click()
  await expect(nav(bo, 'Slots')).toBeHidden(wait)
  await ana.keyboard.press('ControlOrMeta+z')
  await expect(nav(bo, 'Slots')).toBeVisible(wait)
  for (const page of [ana, bo, okafor]) {
    await nav(page, 'Inbox').click()
    await expect(list(page).getByRole('row')).toHaveCount(3)
  }
})

test('what one decides about a conversation, all three see alike; who is named or follows is told', async () => {
  test.setTimeout(120_000)
  await bo.evaluate(() => Reflect.set(document, 'hasFocus', () => false))
  const [desk, second] = desks
  if (!desk || !second) throw new Error('no desks')
  const notices = await keepNotices(second.app)
  const note = (page: Page) => conversation(page).getByRole('article', { name: 'Internal note by Ana Ferreira' })
  // A field and a group are made where they are managed.
  await nav(ana, 'Settings').click()
  await settingsPage(ana, 'Fields').click()
  await ana.getByRole('button', { name: 'New field' }).click()
  await ana.getByRole('dialog').getByLabel('Name').fill('Order')
  await ana.getByRole('button', { name: 'Save field' }).click()
  await expect(ana.getByRole('cell', { name: 'Order', exact: true })).toBeVisible()
  await look(desk, 'settings-fields')
  await settingsPage(ana, 'Groups').click()
  await ana.getByRole('button', { name: 'New group' }).click()
  await ana.getByRole('dialog').getByLabel('Name').fill('Workshop')
  await ana.getByRole('checkbox', { name: 'Bo Lindqvist' }).check()
  await ana.getByRole('button', { name: 'Save group' }).click()
  await expect(ana.getByRole('row', { name: /Workshop/ })).toContainText('Bo Lindqvist')
  await ana.keyboard.press('Escape')

  await openRow(ana, 'Refund for a light')
  await ana.getByRole('button', { name: 'Change Order: Not filled in' }).click()
  await ana.keyboard.type('NW-20377')
  await ana.keyboard.press('Enter')
  await expect(conversation(ana).getByText('Ana Ferreira set Order: NW-20377')).toBeVisible()
  // A note names Bo and gives the conversation to the workshop in one act.
  await ana.keyboard.press('n')
  await ana.getByRole('textbox', { name: 'Note' }).pressSequentially('@Bo O')
  await ana.getByRole('option', { name: 'Bo Okafor' }).click()
  await expect(ana.getByRole('textbox', { name: 'Note' })).toHaveValue('@Bo Okafor ')
  // Typed and not chosen: two have this first name, so the note is not added before it is said who is meant.
  await ana.getByRole('textbox', { name: 'Note' }).fill('@bo same freehub batch')
  const told = ana.getByRole('status', { name: 'Who will be told' })
  await expect(told).toContainText('Who is meant by @bo?')
  await ana.keyboard.press('ControlOrMeta+Enter')
  await expect(told.getByRole('button', { name: 'Bo Lindqvist' })).toBeFocused()
  await look(desk, 'note-who')
  await ana.keyboard.press('Enter')
  await expect(told).toHaveText('Tells Bo Lindqvist')
  await ana.getByRole('button', { name: 'More ways to add the note' }).click()
  await ana.getByRole('menuitemcheckbox', { name: 'Workshop' }).click()
  await ana.keyboard.press('Escape')
  await ana.getByRole('button', { name: 'Add note' }).click()
  for (const page of [bo, okafor]) {
    await expect(nav(page, 'Assigned')).toHaveAccessibleName(/^Assigned 1 conversation/, wait)
    await openRow(page, 'Refund for a light')
    await expect(conversation(page).getByRole('button', { name: 'Assigned to Workshop' })).toBeVisible(wait)
    await expect(conversation(page).getByText('Ana Ferreira set Order: NW-20377')).toBeVisible(wait)
    await expect(page.getByRole('button', { name: 'Change Order: NW-20377' })).toBeVisible()
  }
  await expect(note(okafor)).toContainText('@Bo Lindqvist same freehub batch')
  await expect
    .poll(async () => (await notices.told()).map((one) => one.join(': ')).toSorted(), wait)
    .toEqual(['Assigned to a group of yours: Refund for a light', 'You were mentioned: Refund for a light'])
  await expect(nav(bo, 'My groups')).toHaveAccessibleName(/^My groups 1 conversation/)
  // A key leads there whoever has such a view, and no one else.
  for (const page of [bo, okafor]) await page.keyboard.press('g')
  for (const page of [bo, okafor]) await page.keyboard.press('g')
  await expect(nav(bo, 'My groups')).toHaveAttribute('aria-current', 'page')
  await expect(nav(okafor, 'Inbox')).toHaveAttribute('aria-current', 'page')
  await bo.keyboard.press('?')
  await expect(bo.getByRole('dialog')).toContainText('My groups')
  await bo.keyboard.press('Escape')
  await expect(nav(okafor, 'My groups')).toBeHidden()
  await expect(nav(bo, 'Mentions')).toHaveAccessibleName(/^Mentions 1 conversation/)
  await nav(bo, 'Mentions').click()
  await expect(row(bo, /Refund for a light/)).toBeVisible()
  await bo.evaluate(() => Reflect.set(document, 'hasFocus', () => true))
  await openRow(bo, 'Refund for a light')
  await expect(nav(bo, 'Mentions')).toHaveAccessibleName(/^Mentions$/, wait)
  // Following is by key; its list is the person's own.
  await bo.keyboard.press('Shift+F')
  await expect(nav(bo, 'Followed')).toHaveAccessibleName(/^Followed 1 conversation/)
  await expect(
    conversation(okafor).getByRole('button', { name: 'Follow (also followed by Bo Lindqvist)' }),
  ).toBeVisible(wait)
  await expect(nav(okafor, 'Followed')).toHaveAccessibleName(/^Followed$/)
  await bo.keyboard.press('ControlOrMeta+z')
  await expect(conversation(okafor).getByRole('button', { name: 'Follow', exact: true })).toBeVisible(wait)
  await expect(nav(bo, 'Followed')).toHaveAccessibleName(/^Followed$/)
  await bo.keyboard.press('Shift+F')
  // A note is changed; what it said stays in its history, on every console.
  await note(ana).hover()
  await note(ana).getByRole('button', { name: 'Edit the note' }).click()
  await ana.getByRole('textbox', { name: 'Text of the note' }).fill('@Bo Lindqvist another batch')
  await ana.getByRole('button', { name: 'Save note' }).click()
  await expect(note(okafor)).toContainText('another batch', wait)
  await note(okafor).getByRole('button', { name: 'edited' }).click()
  await expect(okafor.getByRole('dialog')).toContainText('same freehub batch')
  await okafor.keyboard.press('Escape')
  await note(ana).hover()
  await note(ana).getByRole('button', { name: 'Remove the note' }).click()
  await expect(note(okafor)).toHaveCount(0, wait)
  await ana.keyboard.press('ControlOrMeta+z')
  await expect(note(okafor)).toContainText('another batch', wait)
  // Half a note outlives the program.
  await okafor.keyboard.press('n')
  await okafor.getByRole('textbox', { name: 'Note' }).pressSequentially('half a note')
  await expect
    .poll(
      async () =>
        (await answered(okafor, 'notes.draft', { conversationId: 1 })).text +
        (await answered(okafor, 'notes.draft', { conversationId: 3 })).text +
        (await answered(okafor, 'notes.draft', { conversationId: 2 })).text,
    )
    .toContain('half a note')
  await okafor.getByRole('textbox', { name: 'Note' }).fill('')
  await nav(ana, 'Inbox').click()
  await openRow(ana, 'Refund for a light')
  await look(desk, 'fields-followed')
})

test('what one merges, splits or moves to another mailbox is so on all three screens and on the server', async () => {
  test.setTimeout(120_000)
  await openRow(ana, 'Delivery slot moved')
  await ana.getByRole('button', { name: 'More actions', exact: true }).click()
  await ana.getByRole('menuitem', { name: 'Warranty' }).click()
  for (const page of [ana, bo, okafor]) {
    await expect(nav(page, 'Warranty')).toHaveAccessibleName(/^Warranty 1 conversation/, wait)
    await nav(page, 'Warranty').click()
    await openRow(page, 'Delivery slot moved')
    await expect(conversation(page).getByText('Ana Ferreira moved this to Warranty')).toBeVisible(wait)
  }
  await expect
    .poll(() => [onServer(team, 'warranty', 'INBOX').length, onServer(team, 'help', 'INBOX').length], {
      timeout: 60_000,
    })
    .toEqual([1, 2])
  for (const page of [ana, bo, okafor]) await nav(page, 'Inbox').click()
  await openRow(bo, 'Refund for a light')
  await bo
    .getByRole('grid', { name: 'Conversations' })
    .getByRole('row', { name: /Rear hub/ })
    .hover()
  await bo.getByRole('checkbox', { name: /Customer 0/ }).check()
  await row(bo, /Refund for a light/).hover()
  await bo.getByRole('checkbox', { name: /Customer 2/ }).check()
  await bo.getByRole('toolbar').getByRole('button', { name: 'More', exact: true }).click()
  await bo.getByRole('menuitem', { name: /^Merge/ }).click()
  for (const page of [ana, bo, okafor]) await expect(list(page).getByRole('row')).toHaveCount(2, wait)
  // All three screens show one and the same thing, to the pixel.
  for (const page of [ana, bo, okafor]) {
    await list(page).getByRole('row').last().click()
    await expect(conversation(page).getByText('Bo Lindqvist').last()).toBeVisible(wait)
    await page.mouse.move(0, 0)
    await expect(conversation(page).getByRole('status', { name: 'Who else is here' })).toContainText(
      'reading this too',
      wait,
    )
  }
  const thread = (page: Page) => conversation(page).getByRole('list', { name: 'Messages' })
  // "3 minutes ago" may pass from one to the next look: then all look once more.
  const texts = async () => new Set(await Promise.all([ana, bo, okafor].map((page) => thread(page).innerText())))
  await expect.poll(async () => (await texts()).size, wait).toBe(1)
  for (const page of [ana, bo, okafor]) await setTheme(page, 'light')
  const alike = async (place: (page: Page) => Locator, name: string) => {
    // And so with pictures.
    await expect
      .poll(async () => {
        const pictures = await Promise.all([ana, bo, okafor].map((page) => pictureOf(place(page))))
        pictures.forEach((picture, at) => writeFileSync(join(shots, `three-${name}-${at + 1}.png`), picture))
        return new Set(pictures.map((picture) => picture.toString('base64'))).size
      }, wait)
      .toBe(1)
  }
  await alike(thread, 'thread')
  for (const [at, page] of [ana, bo, okafor].entries())
    await page.screenshot({ path: join(shots, `three-${at + 1}.png`) })

  // A split and the merge are taken back by key, for everybody.
  await ana.getByRole('button', { name: 'More actions', exact: true }).click()
  await ana.getByRole('menuitem', { name: /^Split/ }).click()
  await ana.getByRole('dialog').getByRole('button', { name: 'Split into two', exact: true }).click()
  for (const page of [ana, bo, okafor]) await expect(list(page).getByRole('row')).toHaveCount(3, wait)
  await ana.keyboard.press('ControlOrMeta+z')
  for (const page of [ana, bo, okafor]) await expect(list(page).getByRole('row')).toHaveCount(2, wait)
  await bo.keyboard.press('ControlOrMeta+z')
  for (const page of [ana, bo, okafor]) {
    await expect(list(page).getByRole('row')).toHaveCount(3, wait)
    await nav(page, 'Closed').click()
    await nav(page, 'Inbox').click()
    await page.mouse.move(0, 0)
  }
  await alike(list, 'list')
})

test('what two decide at the same time is told to both in words, and either choice settles it; an undo leaves a colleague’s word', async () => {
  test.setTimeout(120_000)
  const [desk, second] = desks
  if (!desk || !second) throw new Error('no desks')
  const subject = 'Delivery slot moved'
  const idOn = async (page: Page): Promise<number> => {
    const { rows } = await answered(page, 'conversations.list', { view: 'inbox', offset: 0, limit: 9 })
    return rows.find((one) => one.subject === subject)?.id ?? 0
  }
  const [mine, theirs] = [await idOn(ana), await idOn(bo)]
  const { name: field } = await answered(ana, 'fields.save', { name: null, label: 'Reference', kind: 'text' })
  const { people } = await answered(ana, 'people.list', {})
  const [, lindqvist, other] = people.map(({ id }) => id)
  const { name: tag } = await answered(ana, 'tags.create', { label: 'Urgent' })
  const { name: renamed } = await answered(ana, 'tags.create', { label: 'Deliveries' })
  for (const page of [ana, bo]) {
    await nav(page, 'Inbox').click()
    await openRow(page, subject)
  }
  await answered(ana, 'conversations.tag', { ids: [mine], tag, on: true })
  await expect(conversation(bo).getByText('Ana Ferreira tagged it Urgent')).toBeVisible(wait)
  await team.cutCables()
  const taken = await answered(ana, 'conversations.tag', { ids: [mine], tag, on: false })
  await answered(ana, 'acts.undo', taken)
  await answered(bo, 'conversations.tag', { ids: [theirs], tag, on: false })
  const day = 86_400_000
  for (const [page, id, first] of [
    [ana, mine, true],
    [bo, theirs, false],
  ] as const) {
    const ids = [id]
    await answered(page, 'conversations.assign', { ids, to: (first ? other : lindqvist) ?? null })
    await answered(page, 'conversations.setField', { ids, field, value: first ? 'NW-1' : 'NW-2' })
    await answered(page, 'conversations.snooze', { ids, until: Date.now() + (first ? 2 : 3) * day })
    await answered(page, 'conversations.setStatus', { ids, status: first ? 'pending' : 'closed' })
    await answered(page, 'tags.change', { name: renamed, label: first ? 'Shipping' : 'Dispatch', hue: 'sky' })
  }
  await team.restoreCables()
  for (const { app } of desks) await app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))
  const told = (page: Page) => conversation(page).getByRole('status', { name: 'Two changes at the same time' })
  for (const page of [ana, bo]) await expect(told(page)).toHaveCount(5, wait)
  const said = async (page: Page) => (await told(page).allInnerTexts()).join(' ')
  expect(await said(ana)).toBe(await said(bo))
  for (const words of [
    'assigned this at the same time. It is with',
    'set the status at the same time. It is',
    'snoozed this at the same time. It sleeps until',
    'set Reference at the same time. It is NW-',
    'Ana gave this the tag Urgent while Bo Lindqvist took it away. It stays.',
  ])
    expect(await said(ana)).toContain(words)
  await look(desk, 'conflicts')
  // One keeps what stands, the other takes what does not: both end it on both screens.
  const settle = (page: Page, name: RegExp) => conversation(page).getByRole('button', { name }).click()
  await settle(ana, /^Use Bo/)
  await settle(bo, /^Use NW-/)
  await settle(ana, /^Keep (Pending|Closed)$/)
  await settle(bo, /^Remove Urgent$/)
  await expect(told(ana)).toHaveCount(1, wait)
  await conversation(ana)
    .getByRole('button', { name: /^Keep / })
    .press('Enter')
  for (const page of [ana, bo]) await expect(told(page)).toHaveCount(0, wait)
  await expect(conversation(ana).getByText('Bo Lindqvist removed the tag Urgent').last()).toBeVisible()
  // A tag that both renamed stands with the team's troubles, which every screen leads to, and on the tags' own page.
  const foot = (page: Page) => page.getByRole('button', { name: /^Team needs you/ })
  // What else may need a person is named where it fails.
  const needs = async (page: Page) => ({
    trouble: (await answered(page, 'team.state', {})).trouble,
    definitions: (await answered(page, 'definitions.conflicts', {})).conflicts.map(({ kind, label }) => [kind, label]),
    identities: (await answered(page, 'mailboxes.conflicts', {})).conflicts,
  })
  await expect
    .poll(() => needs(ana), wait)
    .toEqual({ trouble: [], definitions: [['tag', expect.stringMatching(/^(Shipping|Dispatch)$/)]], identities: [] })
  await expect(foot(ana)).toHaveAccessibleName('Team needs you 1 thing')
  await foot(ana).click()
  await expect(ana.getByRole('status', { name: 'Two changes at the same time' })).toContainText(
    /^(Ana and Bo Lindqvist|Bo Lindqvist and Ana) changed the tag (Shipping|Dispatch) at the same time\. It is \2 \(Sky\), as (Ana|Bo Lindqvist) chose\.$/,
  )
  await look(desk, 'team-definition')
  await settingsPage(ana, 'Tags').click()
  await ana.getByRole('button', { name: /^Use (Shipping|Dispatch) \(Sky\)$/ }).click()
  for (const page of [ana, bo]) {
    await expect.poll(() => needs(page), wait).toEqual({ trouble: [], definitions: [], identities: [] })
    await expect(foot(page)).toBeHidden(wait)
  }
  await ana.keyboard.press('Escape')
  await expect(conversation(ana).getByRole('heading', { name: subject })).toBeVisible()
  // By key, one after the other, the last first; what Bo decided since stays.
  await answered(bo, 'conversations.setStatus', { ids: [theirs], status: 'open' })
  await expect(conversation(ana).getByRole('button', { name: 'Status: Open' })).toBeVisible(wait)
  await conversation(ana)
    .getByRole('button', { name: /^Snoozed until/ })
    .focus()
  for (const words of [/Undone: Settled for the team/, /Undone: Snoozed/, /colleague has changed it since/]) {
    await ana.keyboard.press('ControlOrMeta+z')
    await expect(ana.getByRole('status', { name: 'Messages' }).getByText(words)).toBeVisible()
  }
})

test('what two set about a mailbox at the same time is told on its page in words, and one choice settles it for both', async () => {
  const [desk] = desks
  if (!desk) throw new Error('no desk')
  const { members } = await answered(ana, 'team.state', {})
  const lindqvist = members.find(({ name }) => name === 'Bo Lindqvist')?.id ?? ''
  await answered(ana, 'team.setRole', { member: lindqvist, role: 'agent', permissions: ['manage-mailboxes'] })
  const own = async (page: Page) => (await answered(page, 'team.state', {})).members.find(({ id }) => id === lindqvist)
  await expect.poll(async () => (await own(bo))?.permissions, wait).toContain('manage-mailboxes')
  await team.cutCables()
  await answered(ana, 'mailboxes.setIdentity', { id: 1, displayName: 'Northwind Care', shows: 'both' })
  await answered(bo, 'mailboxes.setIdentity', { id: 1, displayName: 'Northwind Desk' })
  await team.restoreCables()
  for (const { app } of desks) await app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))
  for (const page of [ana, bo]) {
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await settingsPage(page, 'Mailboxes').click()
    await page.getByRole('button', { name: 'More actions for Help' }).click()
    await page.getByRole('menuitem', { name: 'Names, addresses, signature' }).click()
  }
  const told = (page: Page) => page.getByRole('status', { name: 'Two changes at the same time' })
  for (const page of [ana, bo]) await expect(told(page)).toContainText('named Help at the same time. It is', wait)
  expect(await told(ana).innerText()).toBe(await told(bo).innerText())
  await look(desk, 'identity-conflict')
  // Whoever is elsewhere hears of it too.
  await ana.getByRole('button', { name: 'Settings, back to the list' }).click()
  await ana.getByRole('button', { name: /^Team needs you/ }).click()
  await expect(told(ana)).toHaveText(/named Help/)
  const other = bo.getByRole('button', { name: /^Use Northwind / })
  const chosen = ((await other.textContent()) ?? '').replace('Use ', '')
  await other.press('Enter')
  for (const page of [ana, bo]) await expect(told(page)).toHaveCount(0, wait)
  await expect(bo.getByRole('textbox', { name: 'Name of the mailbox' })).toHaveValue(chosen)
  for (const page of [ana, bo])
    expect((await answered(page, 'mailboxes.list', {})).mailboxes[0]?.identity).toMatchObject({
      displayName: chosen,
      shows: 'both',
    })
})
