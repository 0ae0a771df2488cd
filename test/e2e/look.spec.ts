import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { readSample, seedSample } from '../../build/lib/sample.mjs'
import { startKeychain } from '../servers/keychain.mjs'
import { nav } from './hands'
import { look, resize, shots, sizes } from './pictures'
import {
  conversation,
  leave,
  list,
  newProfile,
  row,
  startPostern,
  startTeam,
  synced,
  type Desk,
  type Team,
} from './harness'
import { grantByCall, knownStaff } from './support-hands'

// Some look at sixty pictures, each with axe: on a slow machine longer than a test of one thing may take.
test.describe.configure({ timeout: 300_000 })

const said: string[] = []
let team: Team
let desk: Desk
let page: Page

function listen(to: Page): void {
  to.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message.text())
  })
  to.on('pageerror', (fault) => said.push(String(fault)))
}

async function openFirst(): Promise<void> {
  await row(page, /./).first().click()
  await expect(conversation(page).getByRole('article').last()).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Reply' })).toBeVisible()
}

test.beforeAll(async () => {
  team = await startTeam()
  const sample = readSample()
  for (const mailbox of sample.mailboxes) seedSample(sample, mailbox, team.dovecot.maildirOf(mailbox.folder))
  desk = await startPostern({ profile: newProfile(), provision: team.provision, size: sizes[0] })
  page = desk.page
  listen(page)
  await synced(page, 60_000)
})
test.afterAll(async () => {
  await leave(desk, team)
})

test('no fault in the inbox and an open conversation', async () => {
  await expect(list(page).getByRole('row').first()).toBeVisible()
  await look(desk, 'inbox')
  for (const subject of [/hub/i, /spring order/i]) {
    await page.getByRole('searchbox', { name: 'Search' }).fill(subject.source)
    await page.getByRole('option').first().click()
    await expect(conversation(page).getByRole('article').last()).toBeVisible()
    await look(desk, `conversation-${subject.source.replace(/\W/g, '')}`)
  }
})

test('no fault in a reply with text and quote, and in a new message', async () => {
  await nav(page, 'Inbox').click()
  await openFirst()
  await page.keyboard.press('r')
  await page.keyboard.type('Dear customer, this is an answer.')
  await page.getByRole('button', { name: 'Show the quoted message' }).click()
  await look(desk, 'reply')
  await page.getByRole('button', { name: 'Discard draft' }).click()
  await page.keyboard.press('Escape')
  await nav(page, 'Inbox').click()
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByRole('combobox', { name: 'To' }).fill('somebody@shop.example')
  // With Tab alone from whom it is for to what it is about, and on to the text.
  await page.keyboard.press('Tab')
  await page.keyboard.type('About Saturday')
  await expect(page.getByRole('textbox', { name: 'Subject' })).toHaveValue('About Saturday')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Text of a new message')
  await expect(page.getByRole('textbox', { name: 'Message' })).toContainText('Text of a new message')
  await expect(page.getByText('Draft saved')).toBeVisible()
  await look(desk, 'new-message')
})

test('no fault in search, palette and the list of shortcuts', async () => {
  // How many there are is said once they are counted, never as a number that still grows.
  await page.evaluate(`
    window.numbers = new Set()
    window.noting = new MutationObserver(() => {
      const number = document.querySelector('[data-pane=search] .tabs .on .num')
      if (number) window.numbers.add(number.textContent)
    })
    window.noting.observe(document.body, { subtree: true, childList: true, characterData: true })`)
  const numbers = () => page.evaluate<string[]>('[...window.numbers]')
  await page.getByRole('searchbox', { name: 'Search' }).fill('bike')
  await expect.poll(numbers).toHaveLength(1)
  // On a busy computer not all are counted: "65+".
  expect(Number.parseInt((await numbers())[0] ?? '', 10)).toBeGreaterThan(11)
  await page.evaluate('window.noting.disconnect()')
  // No letter makes the rows anew: they take the hits of the next text in place.
  const first = await page.getByRole('option').first().elementHandle()
  // What is written from right to left begins under its subject too.
  await page.getByRole('searchbox', { name: 'Search' }).fill('NW-19930')
  await expect(page.getByRole('option').first()).toContainText('طلب')
  const inset = await page
    .locator('.res .sn')
    .first()
    .evaluate((excerpt) => {
      const text = document.createRange()
      text.selectNodeContents(excerpt)
      return text.getBoundingClientRect().left - excerpt.getBoundingClientRect().left
    })
  expect(inset).toBeLessThan(3)
  await page.getByRole('searchbox', { name: 'Search' }).fill('wheel')
  await expect(page.getByRole('option').first()).toContainText(/wheel/i)
  expect(await first?.evaluate((row) => row.isConnected)).toBe(true)
  await look(desk, 'search')
  // whoever comes back from a result goes on from it, with the keys of every list
  const on = page.getByRole('option', { selected: true })
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(conversation(page).getByRole('article').last()).toBeVisible()
  await page.keyboard.press('Alt+ArrowLeft')
  await expect(on).toHaveAttribute('id', 'hit-1')
  await page.keyboard.press('j')
  await expect(on).toHaveAttribute('id', 'hit-2')
  await page.keyboard.press('ArrowUp')
  await expect(on).toHaveAttribute('id', 'hit-1')
  await page.keyboard.press('Enter')
  await expect(conversation(page).getByRole('article').last()).toBeVisible()
  await nav(page, 'Inbox').click()
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog')).toBeVisible()
  await look(desk, 'palette')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await look(desk, 'shortcuts')
  await page.keyboard.press('Escape')
})

test('no fault in the privacy panel, in a grant and at the sign-in of staff', async () => {
  await knownStaff(desk.app, page, join(shots, 'staff.postern-key'))
  expect(
    await grantByCall(page, {
      reason: 'Search skips Arabic subjects',
      reference: 'case 51207',
      endsAt: Date.now() + 7 * 86_400_000,
    }),
  ).toMatchObject({ ok: true })
  await page.keyboard.press('g')
  await page.keyboard.press('y')
  for (const name of ['Overview', 'Network', 'Sharing', 'Processors', 'Access log', 'Support access']) {
    await page.getByRole('navigation', { name: 'Privacy pages' }).getByRole('button', { name }).click()
    await expect(
      page
        .getByRole('region', { name: name === 'Network' ? /ledger/ : name === 'Overview' ? 'Your team' : name })
        .first(),
    ).toBeVisible()
    await look(desk, `privacy-${name.toLowerCase().replace(' ', '-')}`)
  }
  for (const [button, name] of [
    ['Grant access…', 'grant'],
    ['Support sign-in…', 'sign-in'],
  ] as const) {
    await page.getByRole('button', { name: button }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(desk, `privacy-${name}`)
    await page.keyboard.press('Escape')
  }
  await page.keyboard.press('Escape')
})

test('keys that a person chose act and are shown in the place of the old ones, until they are reset', async () => {
  const keysOf = (name: string) => page.getByRole('button', { name: new RegExp(`^Change the keys of ${name}\\.`) })
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
  await page.getByRole('button', { name: 'Change shortcuts' }).click()
  await page.getByRole('searchbox', { name: 'Find a shortcut' }).fill('close')
  await keysOf('Close, or reopen').click()
  await page.keyboard.press('g')
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('The keys of “Inbox” begin the same way')
  await expect(page.getByRole('button', { name: 'Use these keys' })).toBeDisabled()
  await page.keyboard.press('Control+c')
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('copy, paste or undo')
  await page.keyboard.press('z')
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('“Snooze” has these keys')
  await look(desk, 'shortcut-taken')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(keysOf('Close, or reopen')).toBeFocused()
  await expect(keysOf('Close, or reopen')).toHaveAccessibleName(/ Z$/)
  await page.getByRole('searchbox', { name: 'Find a shortcut' }).fill('snooze')
  await expect(keysOf('Snooze')).toHaveAccessibleName(/No key$/)

  await page.getByRole('button', { name: 'Settings, back to the list' }).click()
  await nav(page, 'Inbox').click()
  await row(page, /./).first().click({ button: 'right' })
  await expect(page.getByRole('menuitem', { name: 'Close' })).toContainText('Z')
  await expect(page.getByRole('menuitem', { name: 'Snooze' })).not.toContainText('Z')
  await page.keyboard.press('Escape')
  await expect(row(page, /./).first()).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(conversation(page).getByRole('article').last()).toBeVisible()
  await page.keyboard.press('e')
  await page.keyboard.press('z')
  // At once, while the store still closes it: what is undone is that, never the change of keys before it.
  await page.keyboard.press('Control+z')
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText('Undone: Closed')

  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.getByRole('button', { name: 'Shortcuts', exact: true }).click()
  await page.getByRole('button', { name: 'Give Snooze its first keys back: Z' }).click()
  await expect(keysOf('Close, or reopen')).toHaveAccessibleName(/No key$/)
  await page.getByRole('button', { name: 'Reset all' }).click()
  await expect(keysOf('Close, or reopen')).toHaveAccessibleName(/ E$/)
  await expect(page.getByRole('button', { name: 'Reset all' })).toBeDisabled()
  await page.keyboard.press('Escape')
})

test('no fault on the pages of settings and in the form of a mailbox', async () => {
  await nav(page, 'Settings').click()
  const pages = page.getByRole('navigation', { name: 'Settings' })
  for (const name of [
    'Profile',
    'Notifications',
    'Appearance',
    'Shortcuts',
    'General',
    'Mailboxes',
    'Tags',
    'Security',
    'Contact support',
    'About Postern',
  ]) {
    await pages.getByRole('button', { name, exact: true }).click()
    await expect(page.getByRole('heading', { name, exact: true, level: 1 })).toBeVisible()
    await look(desk, `settings-${name.split(' ')[0]?.toLowerCase()}`)
  }
  // In the smallest window too no page is out of sight.
  await resize(desk, sizes[1])
  for (const one of await pages.getByRole('button').all()) await expect(one).toBeInViewport({ ratio: 1 })
  await resize(desk, sizes[0])
  // Escape goes one step: out of what was searched for, out of the field, out of settings.
  await pages.getByRole('button', { name: 'Shortcuts', exact: true }).click()
  const find = page.getByRole('searchbox', { name: 'Find a shortcut' })
  await find.fill('close')
  await page.keyboard.press('Escape')
  await expect(find).toHaveValue('')
  await expect(find).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: 'Shortcuts' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(pages).toBeHidden()
  await nav(page, 'Settings').click()
  await pages.getByRole('button', { name: 'Mailboxes', exact: true }).click()
  await page.getByRole('region', { name: 'Mailboxes' }).getByRole('button', { name: 'Add mailbox' }).click()
  // One that is here already leads elsewhere.
  await page.getByLabel('Email address').fill('orders@northwindbikes.example')
  await expect(page.getByRole('radio', { name: /^Other mail server/ })).toBeChecked({ timeout: 20_000 })
  await look(desk, 'add-mailbox-address')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'What Postern does with this mailbox' })).toBeVisible()
  await page.keyboard.press('Enter')
  const [known] = team.provision.mailboxes
  if (!known) throw new Error('no mailbox')
  await page.getByLabel('Password or app password', { exact: true }).fill(known.password)
  for (const [label, value] of [
    ['User name', known.imap.user],
    ['Incoming server (IMAP)', known.imap.host],
    ['Port of the incoming server', String(known.imap.port)],
    ['Outgoing server (SMTP)', known.smtp.host],
    ['Port of the outgoing server', String(known.smtp.port)],
  ] as const)
    await page.getByLabel(label, { exact: true }).fill(value)
  await expect(
    page
      .getByRole('region', { name: 'Connection test' })
      .getByText(/failed|not/i)
      .first(),
  ).toBeVisible()
  await look(desk, 'add-mailbox')
  for (const which of ['incoming', 'outgoing'])
    await page.getByLabel(`Security of the ${which} server`).selectOption('none')
  await page.getByRole('button', { name: 'Continue' }).click({ timeout: 30_000 })
  await expect(page.getByRole('heading', { name: 'How much mail to keep on this computer' })).toBeVisible()
  await look(desk, 'add-mailbox-keep')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Who can use it' })).toBeVisible()
  await look(desk, 'add-mailbox-who')
  await page.getByRole('banner').getByRole('button', { name: 'Back' }).click()
  await expect(pages).toBeVisible()
  await page.keyboard.press('Escape')
})

test('no fault in the other views, filled and empty', async () => {
  await nav(page, 'Drafts').click()
  await look(desk, 'drafts')
  await nav(page, 'Inbox').click()
  await openFirst()
  await page.keyboard.press('r')
  await page.keyboard.type('On its way')
  await page.keyboard.press('Control+Enter')
  await nav(page, 'Outbox').click()
  await look(desk, 'outbox')
  for (const name of ['Pending', 'Closed', 'Spam']) {
    await nav(page, name).click()
    await look(desk, name.toLowerCase())
  }
})

test('everything on screen is reached by keyboard, with F6 from pane to pane', async () => {
  await nav(page, 'Inbox').click()
  await openFirst()
  const paneNow = () =>
    page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane') ?? 'none')
  const panes = new Set<string>()
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('F6')
    panes.add(await paneNow())
  }
  expect([...panes].sort()).toEqual(expect.arrayContaining(['composer', 'conversation', 'list', 'sidebar']))
  // Tab goes round everything that can be clicked and is not reached by arrows.
  const wanted = await page.evaluate(
    () =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'button:not(:disabled), a[href], input, select, textarea, [role=textbox]',
        ),
      ]
        .filter(
          (el) =>
            el.tabIndex >= 0 &&
            el.checkVisibility({ visibilityProperty: true }) &&
            !el.closest('[role=grid], [hidden], [inert]'),
        )
        .map((el, i) => (el.dataset['walk'] = String(i))).length,
  )
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button').first().focus()
  const seen = new Set<string>()
  // A key that is pressed while the focus goes over into the frame of a mail, or out of it, may be lost: two rounds at most.
  for (let i = 0; i < 2 * wanted + 80 && seen.size < wanted; i++) {
    const at = await page.evaluate(() =>
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset['walk'] : undefined,
    )
    if (at !== undefined) seen.add(at)
    await page.keyboard.press('Tab')
  }
  const missed = await page.evaluate(
    (reached) =>
      [...document.querySelectorAll<HTMLElement>('[data-walk]')]
        .filter((el) => !reached.includes(el.dataset['walk'] ?? ''))
        .map((el) => el.outerHTML.slice(0, 120)),
    [...seen],
  )
  expect(missed).toEqual([])
})

test('after Send the focus is out of the editor, so that letters are shortcuts again', async () => {
  await nav(page, 'Inbox').click()
  await openFirst()
  await page.keyboard.press('r')
  await page.keyboard.type('Thank you.')
  await page.keyboard.press('Control+Enter')
  await expect
    .poll(() =>
      page.evaluate(
        () =>
          document.activeElement?.closest('[role=grid]')?.getAttribute('aria-label') ??
          document.activeElement?.outerHTML.slice(0, 80),
      ),
    )
    .toBe('Conversations')
})

test('a message begun in a mailbox leaves from it, and no letter that follows C at once is a command', async () => {
  const to = page.getByRole('combobox', { name: 'To' })
  await nav(page, 'Warranty').click()
  await page.keyboard.press('c')
  await expect(to).toBeFocused()
  await nav(page, 'Warranty').click()
  await expect(to).toHaveCount(0)
  await page.keyboard.press('c')
  await page.keyboard.type('priya')
  await expect(to).toHaveValue('priya')
  await expect(page.getByRole('button', { name: /warranty@northwindbikes\.example/ })).toBeVisible()
  await to.fill('')
  await nav(page, 'Inbox').click()
  await expect(to).toHaveCount(0)
})

test('Escape leaves what is written, and what was asked for before a note is not asked again after it', async () => {
  await nav(page, 'Inbox').click()
  await openFirst()
  const inGrid = () => page.evaluate(() => document.activeElement?.closest('[role=grid]') !== null)
  await page.keyboard.press('r')
  await expect(page.getByRole('textbox', { name: 'Reply' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect.poll(inGrid).toBe(true)
  await page.keyboard.press('f')
  await expect(page.getByRole('combobox', { name: 'To' })).toBeFocused()
  await page.getByRole('button', { name: 'Discard draft' }).click()
  const writing = page.getByRole('group', { name: 'What to write' })
  await expect(writing.getByRole('button', { name: /^Reply/ })).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('n')
  await page.keyboard.type('Only for us')
  await page.keyboard.press('Control+Enter')
  await expect(conversation(page).getByText('Only for us')).toBeVisible()
  await expect(writing.getByRole('button', { name: /^Reply/ })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByRole('button', { name: 'Discard draft' })).toHaveCount(0)
})

test('no fault at first run, with empty views and when locked', async () => {
  const first = await startPostern({ profile: newProfile(), size: sizes[0] })
  listen(first.page)
  await first.page.getByRole('heading', { name: 'Add your first mailbox' }).waitFor()
  await first.page.getByLabel('Email address').fill('ana@gmail.com')
  await expect(first.page.getByText('Google found')).toBeVisible()
  await look(first, 'first-run')
  // the keys of every page work before there is a mailbox
  await first.page.keyboard.press('Control+Shift+l')
  await expect(first.page.getByText('There is no mail to lock yet')).toBeVisible()
  await first.page.getByRole('button', { name: 'Continue' }).click()
  await first.page.getByRole('heading', { name: 'Postern asks Google for this access' }).waitFor()
  // a message does not lie over the way back
  await first.page.getByRole('button', { name: 'Back' }).click({ trial: true })
  await look(first, 'setup-access')
  await first.page.getByRole('button', { name: 'Use an app password instead' }).click()
  await first.page.getByRole('button', { name: 'Continue' }).click()
  await first.page.getByRole('heading', { name: 'Server settings' }).waitFor()
  await look(first, 'setup-server')
  await first.close()
  const bus = await startKeychain({ keyring: false })
  const locked = await startPostern({ profile: newProfile(), env: bus.env, size: sizes[0] })
  listen(locked.page)
  await locked.page.getByRole('heading', { name: 'Choose a passphrase' }).waitFor()
  await look(locked, 'passphrase')
  for (const field of ['New passphrase', 'Passphrase again'])
    await locked.page.getByLabel(field, { exact: true }).fill('seven loose spokes')
  await locked.page.keyboard.press('Enter')
  await locked.page.getByRole('heading', { name: 'Add your first mailbox' }).waitFor({ timeout: 30_000 })
  // A locked window is a new one: nothing of the old one stays in memory.
  const [behind] = await Promise.all([
    locked.app.waitForEvent('window'),
    // The window may be gone before it can say that it heard.
    locked.page.evaluate("void window.postern.call('app.lock', {})").catch(() => undefined),
  ])
  listen(behind)
  await behind.getByRole('heading', { name: 'Postern is locked' }).waitFor()
  await look({ ...locked, page: behind }, 'locked')
  await locked.close()
  await bus.stop()
  const bare = await startTeam(['help'])
  const empty = await startPostern({ profile: newProfile(), provision: bare.provision, size: sizes[0] })
  listen(empty.page)
  await synced(empty.page)
  for (const name of ['Inbox', 'Outbox', 'Closed']) {
    await nav(empty.page, name).click()
    await look(empty, `empty-${name.toLowerCase()}`)
  }
  await empty.close()
  await bare.stop()
})

test('no error or warning in the console, wherever it was looked', () => {
  expect(said).toEqual([])
})
