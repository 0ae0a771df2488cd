import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import PostalMime from 'postal-mime'
import { tempFolder } from '../servers/process.mjs'
import { answerByKeyboard, answered, keepOpened, nav, openRow, replyBox, settingsPage } from './hands'
import {
  conversation,
  leave,
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
import { look } from './pictures'

let team: Team
let desk: Desk

test.beforeAll(async () => {
  team = await startTeam(['help', 'warranty'], { smtpd_sasl_authenticated_header: 'yes' })
  for (const name of ['help', 'warranty'])
    seed(team, name, [
      {
        raw: mail({
          subject: 'To both desks',
          id: 'both@harbourcycle.example',
          to: 'help@northwindbikes.example, warranty@northwindbikes.example',
          text: 'Who can help?',
        }),
        date: new Date(Date.now() - 7_200_000),
      },
    ])
  seed(team, 'help', [
    {
      raw: mail({
        subject: 'Wheel to send back',
        id: 'wheel@harbourcycle.example',
        to: 'returns@northwindbikes.example',
        text: 'Where do I send it?',
      }),
      date: new Date(Date.now() - 3_600_000),
    },
  ])
  const policies = tempFolder('policies')
  writeFileSync(
    join(policies, 'northwind.json'),
    JSON.stringify({
      managedBy: 'Northwind IT',
      oauthClients: [
        { host: '*.northwindbikes.example', issuer: 'https://id.northwindbikes.example', clientId: 'northwind-desk' },
        { host: '*.gmail.com', clientId: 'northwind-google' },
      ],
    }),
  )
  desk = await startPostern({
    profile: newProfile(),
    provision: team.provision,
    args: [`--policy-dir=${policies}`],
    size: { width: 1280, height: 800 },
  })
  await synced(desk.page)
  await answered(desk.page, 'settings.set', { undoSeconds: 0 })
})
test.afterAll(async () => {
  await leave(desk, team)
})

const toast = () => desk.page.getByRole('status', { name: 'Messages' })
const composer = () => desk.page.getByRole('region', { name: 'Composer' })

test('an answer leaves from the alias that was written to, with its name and signature, through the account that was chosen', async () => {
  const { page } = desk
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await settingsPage(page, 'Mailboxes').click()
  await page.getByRole('button', { name: 'More actions for Help' }).click()
  await page.getByRole('menuitem', { name: 'Names, addresses, signature' }).click()
  await page.getByRole('textbox', { name: 'Name of the mailbox' }).fill('Northwind Help')
  await page.getByRole('radio', { name: 'Both' }).click()
  await expect(page.getByText('Ana Ferreira, Northwind Help').first()).toBeVisible()
  await page.getByRole('button', { name: 'Add address' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Address' }).fill('help@northwindbikes.example')
  await expect(dialog.getByText('This mailbox has the address already.')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Address' }).fill('returns@northwindbikes.example')
  await dialog.getByRole('textbox', { name: 'Name in From' }).fill('Northwind Returns')
  await dialog.getByRole('radio', { name: 'Own' }).click()
  await dialog.getByRole('textbox', { name: 'Own signature' }).click()
  await page.keyboard.press('Control+b')
  await page.keyboard.type('Returns desk')
  await look(desk, 'identity-address')
  await dialog.getByRole('button', { name: 'Add address' }).click()
  const limits = page.getByRole('radiogroup', { name: 'Limits' })
  await expect(page.getByText('120 messages a minute, 500 recipients a message')).toBeVisible()
  await limits.getByRole('radio', { name: 'Own', exact: true }).click()
  await page.getByRole('spinbutton', { name: 'Messages a minute' }).fill('40')
  await expect(page.getByText('40 messages a minute')).toBeVisible()
  await look(desk, 'identity-limits')
  await limits.getByRole('radio', { name: 'As known' }).click()
  await page.getByRole('combobox', { name: 'Leaves through' }).selectOption({ label: 'Warranty, 127.0.0.1' })
  await look(desk, 'identity')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(toast()).toContainText('Saved for Help')
  await toast().getByRole('button', { name: /Undo/ }).click()
  await expect(page.getByText('returns@northwindbikes.example')).toHaveCount(0)
  // Taken back is taken back; a second time it stays.
  const [help] = (await answered(page, 'mailboxes.list', {})).mailboxes
  expect(help?.identity).toMatchObject({ displayName: '', aliases: [], sendThrough: null })
  await answered(page, 'mailboxes.setIdentity', {
    id: help?.id ?? 0,
    displayName: 'Northwind Help',
    shows: 'both',
    sendThrough: 2,
    aliases: [
      {
        address: 'returns@northwindbikes.example',
        name: 'Northwind Returns',
        signature: { html: '<div><strong>Returns desk</strong></div>', text: 'Returns desk' },
      },
    ],
  })

  await page.getByRole('button', { name: 'Settings, back to the list' }).click()
  await nav(page, 'Inbox').click()
  await openRow(page, 'Wheel to send back')
  const from = composer().getByRole('button', { name: /^From / })
  await expect(from).toHaveText('returns@northwindbikes.example')
  await page.keyboard.press('r')
  await page.keyboard.type('To our workshop.')
  await expect(composer().getByRole('group', { name: 'Signature' })).toHaveText('Returns desk')
  await look(desk, 'reply-signature')
  await from.click()
  await page.getByRole('menuitemcheckbox', { name: /^warranty@/ }).click()
  await expect(composer().getByRole('group', { name: 'Signature' })).toHaveCount(0)
  await expect(replyBox(page)).toHaveText('To our workshop.')
  await from.click()
  await page.getByRole('menuitemcheckbox', { name: /^returns@/ }).click()
  await expect(composer().getByRole('group', { name: 'Signature' })).toHaveText('Returns desk')
  await replyBox(page).click()
  await page.keyboard.press('Control+Enter')
  const [sent] = await team.postfix.waitForDeliveries((all) =>
    all.some(({ text }) => text.includes('Re: Wheel to send back')),
  )
  expect(sent?.sender).toBe('returns@northwindbikes.example')
  // The account that carried it is the other mailbox's.
  expect(sent?.text).toMatch(/Authenticated sender: warranty/)
  expect(await PostalMime.parse(sent?.raw ?? '')).toMatchObject({
    from: { name: 'Northwind Returns', address: 'returns@northwindbikes.example' },
    to: [{ address: 'priya@harbourcycle.example' }],
    text: expect.stringMatching(/^To our workshop\.\n\nReturns desk\n/),
    html: expect.stringContaining('<strong>Returns desk</strong>'),
  })
  await nav(page, 'Closed').click()
  await openRow(page, 'Wheel to send back')
  await expect(conversation(page).getByRole('article').last()).toContainText('Northwind Returns')
})

test("a reply written offline does not pass a colleague's answer in the other mailbox of its conversation", async () => {
  const { page } = desk
  await nav(page, 'Inbox').click()
  await openRow(page, 'To both desks')
  await team.cutCables()
  await answerByKeyboard(page, 'We can.')
  seed(team, 'warranty', [
    {
      raw: mail({
        from: 'Mei Tanaka <warranty@northwindbikes.example>',
        to: 'Priya Raman <priya@harbourcycle.example>',
        subject: 'Re: To both desks',
        inReplyTo: 'both@harbourcycle.example',
        references: '<both@harbourcycle.example>',
        text: 'The warranty desk can.',
      }),
      folder: 'Sent',
      flags: ['\\Seen'],
    },
  ])
  await team.restoreCables()
  await nav(page, 'Outbox').click()
  await expect(row(page, /To both desks, Needs review/)).toBeVisible({ timeout: 40_000 })
  await openRow(page, 'To both desks')
  await expect(conversation(page).getByRole('article', { name: /Needs review/ })).toContainText(
    'The warranty desk can.',
  )
  expect(team.postfix.deliveries().filter(({ text }) => text.includes('Subject: Re: To both desks'))).toEqual([])
})

test("what a mailbox's permission was used for stands in the privacy panel, and sign-in services of IT are shown and cannot be removed", async () => {
  const { page } = desk
  await page.keyboard.press('Escape')
  await page.keyboard.press('g')
  await page.keyboard.press('y')
  await page.getByRole('navigation', { name: 'Privacy pages' }).getByRole('button', { name: 'Mailboxes' }).click()
  // The reply of help@ left through the account of warranty@, so it counts there.
  await expect(page.getByRole('region', { name: 'Warranty' })).toContainText('1 message sent')
  // Its own copy in Sent was not read back from there.
  await expect(page.getByRole('region', { name: 'Help' })).toContainText('2 messages read')
  await look(desk, 'privacy-mailboxes')
  await page.getByRole('region', { name: 'Help' }).getByRole('button', { name: 'Mailbox settings' }).click()
  await expect(page.getByRole('region', { name: 'What Postern may do here, and did' })).toContainText('2 messages read')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await settingsPage(page, 'Mailboxes').click()
  const services = page.getByRole('region', { name: 'Sign-in services' })
  await expect(services).toContainText('northwind-desk')
  await expect(services).toContainText('Set by Northwind IT')
  await expect(services.getByRole('button', { name: /^Remove/ })).toHaveCount(0)
  await services.getByRole('button', { name: 'Add' }).click()
  await page.getByRole('dialog').getByLabel('Mail server, or *.example.com').fill('imap.elsewhere.example')
  await page.getByRole('dialog').getByLabel('Client ID').fill('elsewhere')
  await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
  await look(desk, 'sign-in-services')
  await services.getByRole('button', { name: 'Remove imap.elsewhere.example' }).click()
  await expect(services).not.toContainText('imap.elsewhere.example')
  await toast().getByRole('button', { name: /Undo/ }).click()
  await expect(services).toContainText('imap.elsewhere.example')
})

test("with the organisation's client ID a person reads what Google would give and why, and Cancel opens nothing", async () => {
  const { page, app } = desk
  const opened = await keepOpened(app)
  await page.getByRole('button', { name: 'Add mailbox' }).first().click()
  await page.getByLabel('Email address').fill('northwind.support@gmail.com')
  await expect(page.getByText('Google found')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Postern asks Google for this access' })).toBeVisible()
  const table = page.getByRole('table', { name: /Access to the mailbox/ })
  for (const [what, where] of [
    ['Read mail and folders', 'This computer, encrypted'],
    ['Send mail as this address', 'Google Sent folder and this computer'],
    ['Move and mark mail', 'Google'],
    ['Name and address', 'This computer, encrypted'],
  ] as const)
    await expect(table.getByRole('row', { name: new RegExp(what) })).toContainText(where)
  await expect(page.getByText('is used to sync and send for this mailbox only.')).toBeVisible()
  await expect(page.getByText('openid email https://mail.google.com/', { exact: true })).toBeVisible()
  await expect(page.getByText('accounts.google.com', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Allow and open browser' })).toBeEnabled()
  await look(desk, 'consent-google')
  await page.getByRole('button', { name: 'Cancel' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Mailboxes' })).toBeVisible()
  expect(await opened()).toEqual([])
})

test('what a colleague set for a mailbox is not taken back by saving something else that was changed before', async () => {
  const { page } = desk
  const warranty = async () =>
    (await answered(page, 'mailboxes.list', {})).mailboxes.find(({ name }) => name === 'Warranty')
  for (const key of 'gs') await page.keyboard.press(key)
  await settingsPage(page, 'Mailboxes').click()
  await page.getByRole('button', { name: 'More actions for Warranty' }).click()
  await page.getByRole('menuitem', { name: 'Names, addresses, signature' }).click()
  await page.getByRole('textbox', { name: 'Your name here' }).fill('Ana of the workshop')
  // As it comes from the team.
  const aliases = [{ address: 'claims@northwindbikes.example', name: 'Claims', signature: null }]
  await answered(page, 'mailboxes.setIdentity', { id: (await warranty())?.id ?? 0, aliases })
  await expect(page.getByText('claims@northwindbikes.example')).toBeVisible()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(toast()).toContainText('Saved for Warranty')
  expect((await warranty())?.identity).toMatchObject({ agentName: 'Ana of the workshop', aliases })
})
