import { expect, test } from '@playwright/test'
import { startImitation } from '../servers/imap-imitation.mjs'
import { nav, openRow } from './hands'
import { conversation, leave, mail, newProfile, row, startPostern, synced, type Desk } from './harness'
import { look } from './pictures'

let server: Awaited<ReturnType<typeof startImitation>>
let desk: Desk

test.beforeAll(async () => {
  server = await startImitation({ kind: 'gmail' })
  server.mail.create('Orders')
  const { letter } = server.mail.add(
    'INBOX',
    mail({ subject: 'Spring order', id: 'spring@harbourcycle.example', text: 'Forty bells, please.' }),
  )
  server.mail.label(letter, 'Orders', true)
  server.mail.label(letter, 'Priority customers/Harbour Cycle', true)
  server.mail.add(
    'INBOX',
    mail({
      from: 'Hannah Oduya <hannah@oduya.example>',
      subject: 'Delivery slot moved twice',
      id: 'slot@oduya.example',
      text: 'When does it come?',
    }),
  )
  desk = await startPostern({
    profile: newProfile(),
    size: { width: 1280, height: 800 },
    provision: {
      version: 1,
      workspace: { name: 'Northwind Bikes' },
      agent: { name: 'Ana Ferreira' },
      mailboxes: [
        {
          name: 'Help',
          address: 'help@northwindbikes.example',
          password: server.world.password,
          imap: { host: '127.0.0.1', port: server.port, security: 'none', user: 'help' },
          smtp: { host: '127.0.0.1', port: server.port, security: 'none', user: 'help' },
        },
      ],
    },
  })
  await synced(desk.page)
})
test.afterAll(async () => {
  await leave(desk, server)
})

test('labels of the mail server are shown, are lists of their own, and are given and taken where every mail program sees it', async () => {
  const { page } = desk
  const labelled = (subject: string): string[] =>
    [
      ...(server.mail
        .folder('[Gmail]/All Mail')
        .entries.find(({ letter: { raw } }) => raw.includes(`Subject: ${subject}`))?.letter.labels ?? []),
    ].toSorted()
  await expect(row(page, /Spring order, Orders, Priority customers/)).toBeVisible()
  await openRow(page, 'Spring order')
  await expect(conversation(page).getByRole('button', { name: 'Remove the label Orders' })).toBeVisible()

  // Given by the keyboard, one that is there and one that is not yet.
  await openRow(page, 'Delivery slot moved twice')
  await page.keyboard.press('l')
  await page.getByPlaceholder('Find or make a label').fill('Ord')
  await page.keyboard.press('Enter')
  await expect(conversation(page).getByRole('button', { name: 'Remove the label Orders' })).toBeVisible()
  await page.getByPlaceholder('Find or make a label').fill('Carrier')
  await page.getByRole('option', { name: 'Make the label “Carrier” in the mailbox' }).click()
  await look(desk, 'labels-picker')
  await page.keyboard.press('Escape')
  await expect.poll(() => labelled('Delivery')).toEqual(['Carrier', 'Orders', '\\Inbox'])

  // Taken by the mouse, and the taking undone.
  await conversation(page).getByRole('button', { name: 'Remove the label Orders' }).click()
  await expect.poll(() => labelled('Delivery')).toEqual(['Carrier', '\\Inbox'])
  await page.keyboard.press('Control+z')
  await expect.poll(() => labelled('Delivery')).toEqual(['Carrier', 'Orders', '\\Inbox'])

  // The list of a label, which keeps what is closed.
  await nav(page, 'Orders').click()
  await expect(row(page, /./)).toHaveCount(2)
  await row(page, /Spring order/).click()
  await page.keyboard.press('e')
  await expect(page.getByRole('button', { name: 'Status: Closed' })).toBeVisible()
  await expect(row(page, /./)).toHaveCount(2)
})

test('a folder that the server numbers anew takes nothing out of the list: it is said what is being checked, and the mark goes', async () => {
  const { page } = desk
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  server.world.script = async ({ name, args }) => {
    if (name === 'UID FETCH' && args.includes('BODY')) await held
    return false
  }
  await nav(page, 'Inbox').click()
  await row(page, /Delivery slot/).click()
  server.mail.newValidity('[Gmail]/All Mail')
  server.dropAll()
  await expect(row(page, /Delivery slot/).getByText('Checking')).toBeVisible({ timeout: 30_000 })
  await expect(conversation(page).getByText('being checked against the server')).toBeVisible()
  await expect(conversation(page)).toContainText('When does it come?')
  await look(desk, 'checking')
  release()
  await expect(conversation(page).getByText('being checked against the server')).toBeHidden()
  await expect(row(page, /Delivery slot/).getByText('Checking')).toBeHidden()
})
