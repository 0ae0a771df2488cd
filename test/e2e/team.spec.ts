import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { startNats } from '../servers/nats.mjs'
import { tempFolder } from '../servers/process.mjs'
import { answered, nav } from './hands'
import {
  ask,
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
import { grantByCall, knownStaff, panelTab } from './support-hands'
import { startDesk } from './team-desks'

let team: Team
let ana: Desk
let ben: Desk

test.beforeAll(async () => {
  team = await startTeam(['help'])
  seed(team, 'help', [{ raw: mail({ subject: 'The bell does not ring', id: 'bell@harbourcycle.example' }) }])
  ana = await startDesk(team, 'Ana Ferreira')
  ben = await startDesk(team, 'Bo Lindqvist')
  await Promise.all([synced(ana.page), synced(ben.page)])
})
test.afterAll(async () => {
  await leave(ana, ben, team)
})

const wait = { timeout: 20_000 }
async function settings(page: Page): Promise<void> {
  await nav(page, 'Settings').click()
  await page.getByRole('button', { name: 'Team and roles' }).click()
}
test('two people become a team by a code and three words, work on one conversation, and one is taken out again', async () => {
  test.setTimeout(360_000)
  const [a, b] = [ana.page, ben.page]
  await settings(a)
  await expect(a.getByRole('button', { name: 'Create a team' })).toBeVisible()
  await look(ana, 'team-alone')
  await a.getByRole('button', { name: 'Create a team' }).click()
  await a.getByRole('dialog').getByRole('button', { name: 'Create team' }).click()
  const recovery = (await a.getByRole('dialog').locator('code').textContent()) ?? ''
  expect(recovery.replace(/-/g, '')).toMatch(/^[0-9A-Z]{40}$/)
  await a.getByLabel('Type the code again').fill('wrong')
  await a.getByRole('button', { name: 'I have kept it' }).click()
  await expect(a.getByText('That is not the code')).toBeVisible()
  await a.getByLabel('Type the code again').fill(recovery.toLowerCase())
  await a.getByRole('button', { name: 'I have kept it' }).click()

  await a.getByLabel('Their name').fill('Bo Lindqvist')
  await a.getByRole('button', { name: 'Make an invitation' }).click()
  const code = (await a.getByRole('dialog').locator('code').textContent()) ?? ''
  await expect(a.getByRole('dialog').getByRole('img', { name: /camera/ })).toBeVisible()
  await look(ana, 'team-code')
  await a.getByRole('dialog').getByRole('button', { name: 'Done' }).click()

  await settings(b)
  await b.getByRole('button', { name: 'Join with an invitation' }).click()
  await b.getByLabel('Invitation code').fill('K7QPM')
  await b.getByRole('button', { name: 'Ask to join' }).click()
  await expect(b.getByText('This is no invitation code')).toBeVisible()
  await b.getByLabel('Invitation code').fill(code)
  await b.getByRole('button', { name: 'Ask to join' }).click()
  await expect(b.getByText('Waiting for the owner')).toBeVisible()

  await a.getByRole('button', { name: /^Invites/ }).click()
  await a.getByRole('button', { name: 'Compare words' }).click(wait)
  const words = await a.getByRole('dialog').locator('.check-words').textContent()
  await expect(b.locator('.check-words')).toHaveText(words ?? '', wait)
  await look(ana, 'team-approve')
  await look(ben, 'team-joining')
  await a.getByRole('button', { name: /let in$/ }).click()
  await expect(b.getByRole('table')).toContainText('Ana Ferreira', wait)
  await a.getByRole('button', { name: /^People/ }).click()
  await look(ana, 'team-people')
  await a.getByRole('button', { name: /^Devices/ }).click()
  await look(ana, 'team-devices')
  await a.getByRole('button', { name: /^Roles/ }).click()
  await look(ana, 'team-roles')
  await a.getByRole('button', { name: /^People/ }).click()

  // What one does is there for the other.
  await a.getByRole('button', { name: 'Settings, back to the list' }).click()
  await b.getByRole('button', { name: 'Settings, back to the list' }).click()
  await row(a, /bell does not ring/).click()
  await expect(row(b, /bell does not ring/)).toBeVisible()
  await expect(conversation(a).getByRole('article').last()).toBeVisible()
  await a.keyboard.press('e')
  await expect(row(a, /bell does not ring/)).toBeHidden()
  await expect(row(b, /bell does not ring/)).toBeHidden(wait)
  await nav(b, 'Closed').click()
  await row(b, /bell does not ring/).click()
  await expect(b.getByText(/Ana Ferreira.*closed|closed.*Ana Ferreira/i).first()).toBeVisible()

  // A grant is told to everybody; it opens where it was made.
  const key = join(tempFolder('staff'), 'idris.postern-key')
  await knownStaff(ana.app, a, key)
  expect(await grantByCall(a, { reason: 'Search skips subjects', endsAt: Date.now() + 7 * 86_400_000 })).toMatchObject({
    ok: true,
  })
  await panelTab(b, 'Overview')
  await expect(b.getByRole('region', { name: 'People outside your team' })).toContainText('Idris Vaughan', wait)
  await panelTab(b, 'Support access')
  const told = b.getByRole('listitem').filter({ hasText: 'Search skips subjects' })
  await expect(told).toContainText('Opens on the computer of Ana Ferreira only')
  await expect(told.getByRole('button', { name: 'Revoke' })).toBeHidden()
  await b.getByRole('button', { name: 'Settings, back to the list' }).click()

  const notAllowed = { ok: false, error: { code: 'not-allowed' } }
  // What one person may do beyond the role is given by itself, and holds behind the window.
  await settings(a)
  await a.getByRole('button', { name: 'More for Bo Lindqvist' }).click()
  await a.getByRole('menuitem', { name: 'Permissions…' }).click()
  await a.getByRole('checkbox', { name: /^Grant support access/ }).check()
  await look(ana, 'team-permissions')
  expect(await ask(b, 'identities.remove', { id: 99 })).toMatchObject(notAllowed)
  await a.getByRole('button', { name: 'Save permissions' }).click()
  await expect(a.getByRole('row', { name: /Bo Lindqvist/ })).toContainText('Also: Grant support access')
  await expect.poll(() => ask(b, 'identities.remove', { id: 99 }), wait).not.toMatchObject(notAllowed)

  // A role holds below the window: a call that no button makes is refused by the processes behind it, those of app too.
  await a.getByRole('button', { name: 'More for Bo Lindqvist' }).click()
  await a.getByRole('menuitemcheckbox', { name: /^Light user/ }).click()
  await expect
    .poll(() => ask(b, 'conversations.setStatus', { ids: [1], status: 'open' }), wait)
    .toMatchObject(notAllowed)
  expect(await ask(b, 'app.removeMailbox', { id: 1 })).toMatchObject(notAllowed)
  expect(await ask(b, 'app.chooseImport', { what: 'files' })).toMatchObject(notAllowed)
  expect(await ask(b, 'app.badge', { count: 0 })).toMatchObject({ ok: true })

  await a.getByRole('button', { name: 'More for Bo Lindqvist' }).click()
  await a.getByRole('menuitem', { name: 'Remove from the team' }).click()
  await look(ana, 'team-remove')
  await a.getByLabel('Erase what Postern keeps on their computers').uncheck()
  await a.getByRole('button', { name: 'Remove Bo Lindqvist' }).click()
  await settings(b)
  await expect(b.getByText('not in the team any more')).toBeVisible(wait)
  await look(ben, 'team-removed')
  // Nobody's word is taken for it that the mailbox is closed to him: his password is tried on the server.
  const closing = a.getByRole('dialog', { name: 'Close the mailbox to Bo Lindqvist' })
  const attempt = async (password: string) => {
    await closing.getByLabel('New password').fill(password)
    await closing.getByRole('button', { name: 'Try the old password' }).click()
  }
  await look(ana, 'team-close-off')
  await attempt('changed')
  await expect(closing.getByText(/127\.0\.0\.1 still let in the password that Bo Lindqvist knows, at \d/)).toBeVisible(
    wait,
  )
  await look(ana, 'team-close-off-open')
  await closing.getByRole('button', { name: 'Cancel' }).click()
  const needs = a.getByRole('region', { name: 'Needs attention' })
  await expect(needs).toContainText(/still opens for Bo Lindqvist\..*still let in the password/)
  await look(ana, 'team-trouble')
  await team.dovecot.setUser({ name: 'help', password: 'changed' })
  await needs.getByRole('button', { name: 'Close the mailbox…' }).click()
  await attempt('mistyped')
  await expect(closing.getByText(/refused the new password too/)).toBeVisible(wait)
  await attempt('changed')
  await expect(closing).toBeHidden(wait)
  await expect(needs).toContainText(/closed to Bo Lindqvist: 127\.0\.0\.1 refused the password that they know, at \d/)
  await expect(a.getByRole('button', { name: /Team needs you/ })).toBeHidden()
  await look(ana, 'team-closed-off')
  await needs.getByRole('button', { name: 'Done' }).click()
  await expect(needs).toBeHidden()
  // The new password is the mailbox's now, and each try stands in the network ledger.
  seed(team, 'help', [{ raw: mail({ subject: 'Another bell' }) }])
  await a.getByRole('button', { name: 'Settings, back to the list' }).click()
  await expect(row(a, /Another bell/)).toBeVisible(wait)
  await expect
    .poll(async () => JSON.stringify(await ask(a, 'ledger.list', { days: null })), wait)
    .toMatch(/"use":"try-former","mailboxId":1/)

  // The owner's computer is lost: a new one takes its place.
  const late = await startPostern({
    profile: newProfile(),
    provision: {
      ...team.provision,
      mailboxes: team.provision.mailboxes.map((one) => ({ ...one, password: 'changed' })),
    },
    size: { width: 1280, height: 800 },
  })
  try {
    await synced(late.page)
    await settings(late.page)
    await late.page.getByRole('button', { name: 'Use the recovery code' }).click()
    await late.page.getByLabel('Recovery code').fill('K7QPM')
    await late.page.getByRole('button', { name: 'Recover', exact: true }).click()
    await expect(late.page.getByText('This is no recovery code')).toBeVisible()
    await look(late, 'team-recover')
    await late.page.getByLabel('Recovery code').fill(recovery)
    const emptied = ana.app.waitForEvent('window')
    await late.page.getByRole('button', { name: 'Recover', exact: true }).click()
    await expect(late.page.getByText(/was taken out, but it holds/)).toBeVisible(wait)
    await late.page.getByRole('button', { name: /^Devices/ }).click()
    await look(late, 'team-recovered')
    // Found again, it destroys what it kept: its window shows nothing, and neither its files nor its keys are there any more.
    const bare = await emptied
    const said = bare.getByRole('heading', { name: 'This computer was taken out of the team' })
    await expect(said).toBeVisible(wait)
    await expect
      .poll(() => readdirSync(ana.profile).filter((name) => /^postern|keyring|secrets/.test(name)), wait)
      .toEqual([])
    await expect(bare.getByRole('button', { name: 'Set up again' })).toBeVisible(wait)
    await look({ ...ana, page: bare }, 'team-erased')
    await expect(late.page.getByText(/^Erased itself/)).toBeVisible(wait)
    await look(late, 'team-devices-erased')
    // What it was provisioned with opens again.
    await team.dovecot.setUser({ name: 'help', password: 'secret-help' })
    await bare.getByRole('button', { name: 'Set up again' }).click()
    await expect(said).toBeHidden(wait)
    await synced(bare)
  } finally {
    await late.close()
  }
})

test('a team over a NATS server of its own is made, joined and moved to the mailbox in the window; nothing of it lies in the mailbox before', async () => {
  test.setTimeout(120_000)
  const [nats, plain] = await Promise.all([startNats(), startNats({ jetstream: false })])
  const [cleo, dan] = await Promise.all([startDesk(team, 'Cleo Marsh'), startDesk(team, 'Dan Okoro')])
  const folders = () => team.dovecot.doveadm('mailbox', 'list', '-u', 'help').split('\n')
  // Of the team above.
  if (folders().includes('Postern')) team.dovecot.doveadm('mailbox', 'delete', '-u', 'help', 'Postern')
  try {
    const [c, d] = [cleo.page, dan.page]
    await Promise.all([synced(c), synced(d)])
    const over = async (page: Page, url: string, token: string) => {
      const dialog = page.getByRole('dialog')
      await dialog
        .getByLabel('The team’s data travels through', { exact: true })
        .selectOption('A NATS server of our own')
      await dialog.getByLabel('Address of the NATS server').fill(url)
      await dialog.getByLabel('Its token').fill(token)
    }
    await settings(c)
    await c.getByRole('button', { name: 'Create a team' }).click()
    await over(c, 'nats.example.com', nats.token)
    await expect(c.getByText('Write it as tls://host:4222.')).toBeVisible()
    await expect(c.getByRole('button', { name: 'Create team' })).toBeDisabled()
    // A server that cannot carry it is told apart, and nothing is made over it.
    const fails = async (url: string, token: string, words: string) => {
      await over(c, url, token)
      await c.getByRole('button', { name: 'Create team' }).click()
      await expect(c.getByRole('alert')).toContainText(words, wait)
      await expect(c.getByRole('button', { name: 'Create team' })).toBeEnabled()
      expect(await answered(c, 'team.state', {})).toMatchObject({ membership: 'none' })
    }
    await fails(nats.url, 'wrong', '127.0.0.1 refused the token.')
    await fails(plain.url, plain.token, '127.0.0.1 is a NATS server without JetStream')
    await look(cleo, 'team-nats-refused')
    await fails('nats://127.0.0.1:1', '', '127.0.0.1 refused the connection on port 1.')
    await fails(nats.url.replace('nats:', 'tls:'), nats.token, 'does not speak encrypted')
    await over(c, nats.url, nats.token)
    await look(cleo, 'team-nats')
    await c.getByRole('button', { name: 'Create team' }).click()
    await c.getByLabel('Type the code again').fill((await c.getByRole('dialog').locator('code').textContent()) ?? '')
    await c.getByRole('button', { name: 'I have kept it' }).click()
    await c.getByLabel('Their name').fill('Dan Okoro')
    await c.getByRole('button', { name: 'Make an invitation' }).click()
    const code = (await c.getByRole('dialog').locator('code').textContent()) ?? ''
    await c.getByRole('dialog').getByRole('button', { name: 'Done' }).click()

    await settings(d)
    await d.getByRole('button', { name: 'Join with an invitation' }).click()
    await d.getByLabel('Invitation code').fill(code)
    await over(d, nats.url, nats.token)
    await d.getByRole('button', { name: 'Ask to join' }).click()
    await c.getByRole('button', { name: /^Invites/ }).click()
    await c.getByRole('button', { name: 'Compare words' }).click(wait)
    await expect(d.locator('.check-words')).toHaveText(
      (await c.getByRole('dialog').locator('.check-words').textContent()) ?? '',
      wait,
    )
    await c.getByRole('button', { name: /let in$/ }).click()
    await expect(d.getByRole('table')).toContainText('Cleo Marsh', wait)

    const assign = async (page: Page, to: string) => {
      await page.getByRole('button', { name: 'Settings, back to the list' }).click()
      await nav(page, 'Inbox').click()
      await row(page, /bell does not ring/).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Assign to…' }).click()
      await page.getByRole('menuitemcheckbox', { name: to }).click()
    }
    await assign(c, 'Dan Okoro')
    await d.getByRole('button', { name: 'Settings, back to the list' }).click()
    await nav(d, 'Inbox').click()
    await row(d, /bell does not ring/).click()
    await expect(conversation(d).getByText('Cleo Marsh assigned this to Dan Okoro')).toBeVisible(wait)
    expect(folders()).not.toContain('Postern')

    // The way is changed by mouse, and the other follows by itself.
    await settings(c)
    await c.getByRole('button', { name: /^Devices/ }).click()
    await c.getByRole('button', { name: 'Change…' }).click()
    await c.getByRole('dialog').getByLabel('The team’s data travels through').selectOption('The mailbox itself')
    await c.getByRole('button', { name: 'Use this' }).click()
    await expect.poll(folders, wait).toContain('Postern')
    await assign(c, 'Nobody')
    await expect(conversation(d).getByRole('button', { name: 'Unassigned' })).toBeVisible(wait)
  } finally {
    await leave(cleo, dan, nats, plain)
  }
})
