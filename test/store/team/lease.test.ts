import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tempFolder } from '../../servers/process.mjs'
import { codeOf, type Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
let ana: Harness
let ben: Harness
beforeEach(async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  ;[ana, ben] = team.two
})
afterEach(() => team.stop())

const day = 86_400_000
const away = (one: Harness, days: number): void =>
  void one.db.write((tx) =>
    tx.run("UPDATE team_info SET value = ? WHERE key = 'contact'", String(Date.now() - days * day)),
  )
const compare = (one: Harness): Promise<unknown> => one.mail.call('team.folder', { generation: 'g', places: [] })

test('a computer that was away for too long shows nothing, whatever is asked, and opens by itself once it has reached the team', async () => {
  await team.put({ from: 'h@x.test', subject: 'Bell' })
  expect(await codeOf(ben.call('team.setLease', { days: 7 }))).toBe('not-allowed')
  await ana.call('team.setLease', { days: 7 })
  await team.pump()
  away(ben, 6)
  expect(await ben.list()).toHaveLength(1)
  away(ben, 8)
  for (const attempt of [
    ben.list(),
    ben.call('search.query', { text: 'Bell', offset: 0, limit: 5 }),
    ben.call('team.state', {}),
    ben.call('conversations.get', { id: 1 }),
  ])
    expect(await codeOf(attempt)).toBe('lease-ended')
  expect(await ben.call('team.lease', {})).toMatchObject({ days: 7, ended: true })
  // Restarted it is the same.
  await ben.restart()
  expect(await codeOf(ben.list())).toBe('lease-ended')
  await compare(ben)
  expect(await ben.list()).toHaveLength(1)
  expect(ben.events.some(({ topic }) => topic === 'team')).toBe(true)
})

test('what app saves for the window is not saved either once the lease has ended: mail, attachments, log, ledger, report', async () => {
  await team.put({ from: 'h@x.test', subject: 'Bell', files: [{ name: 'plan.txt', type: 'text/plain' }] })
  const id = ben.db.read.get<{ id: number }>('SELECT id FROM attachments')?.id ?? 0
  const dir = tempFolder('lease')
  const path = join(dir, 'saved')
  await ana.call('team.setLease', { days: 7 })
  await team.pump()
  away(ben, 8)
  const asked = {
    'attachment.info': () => ben.app.call('attachment.info', { id }),
    'attachment.write': () => ben.app.call('attachment.write', { id, path, overwrite: false }),
    'transfer.export': () =>
      ben.app.call('transfer.export', { dir, scope: { kind: 'mailbox', mailboxId: 1 }, format: 'mbox' }),
    'accessLog.export': () => ben.app.call('accessLog.export', { path, proofPath: `${path}.proof`, by: 'Ben' }),
    'ledger.export': () => ben.app.call('ledger.export', {}),
    'report.text': () => ben.app.call('report.text', {}),
  }
  for (const [name, ask] of Object.entries(asked)) expect(await codeOf(ask()), name).toBe('lease-ended')
  expect(readdirSync(dir)).toEqual([])
  await compare(ben)
  await ben.app.call('attachment.write', { id, path, overwrite: false })
  expect(readdirSync(dir)).toEqual(['saved'])
  rmSync(dir, { recursive: true })
})

test('policy keeps a computer from being away longer than it says, whatever the team agreed on, and nobody who is alone', async () => {
  const managed = (offlineLeaseDays: number) =>
    ben.app.call('policy.set', {
      source: 'test',
      managedBy: 'IT',
      locked: ['offlineLeaseDays'],
      faults: [],
      policy: { offlineLeaseDays },
    })
  await managed(5)
  away(ben, 4)
  expect(await ben.call('team.lease', {})).toMatchObject({ days: 5, mostDays: 5, ended: false })
  away(ben, 6)
  expect(await codeOf(ben.list())).toBe('lease-ended')
  await ana.call('team.setLease', { days: 3 })
  await team.pump()
  await compare(ben)
  away(ben, 4)
  expect(await ben.call('team.lease', {})).toMatchObject({ days: 3, ended: true })
  await managed(2)
  expect(await ben.call('team.lease', {})).toMatchObject({ days: 2, mostDays: 2 })
})

test('without a lease, and alone, nobody is locked out', async () => {
  away(ben, 400)
  expect(await codeOf(ben.list())).toBe('none')
  await ana.call('team.setLease', { days: 7 })
  await ana.call('team.setLease', { days: null })
  await team.pump()
  away(ben, 400)
  expect(await codeOf(ben.list())).toBe('none')
})
