import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { tempFolder } from '../servers/process.mjs'
import { deliver } from './hands'
import { leave, mail, newProfile, row, startPostern, startTeam, type Desk, type Team } from './harness'

test.skip(
  process.getuid?.() !== 0 || process.env['POSTERN_TEST_WIRE'] === undefined,
  'needs root and a network of its own',
)

/** Where a name server hears and never answers, for a program that is told of it; one for each worker of the tests. */
const nameServer = `127.0.53.${1 + Number(process.env['TEST_PARALLEL_INDEX'] ?? 0)}`
const dir = tempFolder('names')
const resolver = join(dir, 'resolv.conf')
const heard = new Set<string>()
const names = createSocket('udp4').on('message', (question) => {
  const name = /[a-z]+(?=\x06silent\x07example)/.exec(question.toString('latin1'))?.[0]
  if (name) heard.add(name)
})
/** As many as there are mailboxes that get no answer. */
const lost = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => {
  const server = { host: `${name}.silent.example`, port: 993, security: 'tls', user: name } as const
  return { name, address: `${name}@silent.example`, password: 'x', imap: server, smtp: { ...server, port: 465 } }
})

let team: Team
let desk: Desk
test.beforeAll(async () => {
  names.bind(53, nameServer)
  await once(names, 'listening')
  // Each question waits for longer than the test takes.
  writeFileSync(resolver, `nameserver ${nameServer}\noptions timeout:30 attempts:5\n`)
  team = await startTeam(['help'])
  const local = team.provision.mailboxes.map(({ imap, smtp, ...mailbox }) => ({
    ...mailbox,
    imap: { ...imap, host: 'localhost' },
    smtp: { ...smtp, host: 'localhost' },
  }))
  desk = await startPostern({
    profile: newProfile(),
    provision: { ...team.provision, mailboxes: [...lost, ...local] },
    env: { POSTERN_TEST_RESOLVER: resolver },
  })
})
test.afterAll(async () => {
  await leave(desk, team)
  names.close()
  rmSync(dir, { recursive: true, force: true })
})

test('mailboxes whose servers’ names get no answer do not hold up the others', async () => {
  await expect.poll(() => [...heard].toSorted()).toEqual(lost.map(({ name }) => name).toSorted())
  await team.cutCables()
  await team.restoreCables()
  await deliver(team, mail({ subject: 'Past those that wait' }))
  await expect(row(desk.page, /Past those that wait/)).toBeVisible({ timeout: 60_000 })
})
