import { expect, test } from '@playwright/test'
import { startImitation } from '../servers/imap-imitation.mjs'
import { leave, mail, newProfile, startPostern, syncStatus, type Desk } from './harness'
import { look } from './pictures'

let server: Awaited<ReturnType<typeof startImitation>>
let desk: Desk
let withheld = true
test.beforeAll(async () => {
  server = await startImitation({
    kind: 'qresync',
    // One message that the server counts and will not hand out.
    script: ({ tag, name, args }, session) => {
      const uids = /^(\d+)(?::(\d+))? .*BODY/.exec(args)
      if (!withheld || name !== 'UID FETCH' || !uids || Number(uids[1]) > 5 || Number(uids[2] ?? uids[1]) < 5)
        return false
      session.send(`${tag} NO The specified message could not be retrieved\r\n`)
      return true
    },
  })
  for (const [path, role] of [
    ['Sent', '\\Sent'],
    ['Trash', '\\Trash'],
    ['Orders 2026', null],
  ] as const)
    server.mail.create(path, role)
  for (let n = 1; n <= 12; n++) server.mail.add('INBOX', mail({ subject: `Question ${n}`, id: `q${n}@x.example` }))
  for (let n = 1; n <= 3; n++) server.mail.add('Orders 2026', mail({ subject: `Order ${n}`, id: `o${n}@x.example` }))
  const at = { host: '127.0.0.1', port: server.port, security: 'none', user: 'help' }
  desk = await startPostern({
    profile: newProfile(),
    size: { width: 1280, height: 800 },
    provision: {
      version: 1,
      workspace: { name: 'Northwind Bikes' },
      agent: { name: 'Ana' },
      mailboxes: [
        { name: 'Help', address: 'help@northwindbikes.example', password: 'right-password', imap: at, smtp: at },
      ],
    },
  })
})
test.afterAll(async () => {
  await leave(desk, server)
})

test('a message that is on the server and not here is never hidden behind "up to date"; it is named, asked for again, and then all is green', async () => {
  const { page } = desk
  await expect(syncStatus(page)).toContainText('Mail is missing here', { timeout: 30_000 })
  await syncStatus(page).getByRole('button').click()
  const box = page.getByRole('region', { name: 'Help' })
  await expect(box).toContainText(/12 on the server, 11 here/)
  await expect(box).toContainText('1 message is on the server and not here. Postern goes on asking for it.')
  await expect(box).toContainText(/3 on the server, 3 here/)
  await expect(box).not.toContainText('Up to date')
  await expect(box.getByText(/^checked /).first()).toBeVisible()
  await look(desk, 'completeness')
  withheld = false
  await expect(async () => {
    await box.getByRole('button', { name: 'Sync now' }).click()
    await expect(box).toContainText(/12 on the server, 12 here/, { timeout: 2_000 })
  }).toPass({ timeout: 30_000 })
  await expect(syncStatus(page)).toContainText('Up to date')
})
