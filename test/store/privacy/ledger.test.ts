import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NetworkContact } from '../../../src-preload/contract/network'
import { networkLedger } from '../../../src-main/store/migrations/0003-network-ledger'
import { listLedger } from '../../../src-main/store/privacy/ledger'
import { openAt } from '../earlier'
import { Harness } from '../helpers'
import { tempFolder } from '../../servers/process.mjs'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())

const dayMs = 86_400_000

const contact = (change: Partial<NetworkContact> = {}): NetworkContact => ({
  host: 'imap.acme.test',
  port: 993,
  address: '192.0.2.1',
  use: 'fetch-mail',
  mailboxId: 1,
  at: Date.now(),
  begun: 1,
  blocked: 0,
  failed: 0,
  sent: 10,
  received: 100,
  result: null,
  expected: true,
  ...change,
})
const rows = async (days: number | null = 7) => (await store.call('ledger.list', { days })).rows

test('no contact is lost and none is counted twice', async () => {
  await store.mailbox()
  await store.mail.call('network.record', { contacts: [contact(), contact({ address: '192.0.2.2' })] })
  await store.mail.call('network.record', { contacts: [contact({ begun: 0, sent: 5, received: 50 })] })
  expect(await rows()).toMatchObject([
    {
      host: 'imap.acme.test',
      addresses: expect.arrayContaining(['192.0.2.1', '192.0.2.2']) as unknown,
      begun: 2,
      sent: 25,
      received: 250,
      mailboxName: 'support',
      verdict: 'expected',
    },
  ])
})

test('a host that is no server of the mailbox is not passed off as expected', async () => {
  const { id } = await store.mailbox()
  await store.mail.call('network.record', {
    contacts: [
      contact({ host: 'imap.evil.test', mailboxId: id }),
      contact({ host: 'unknown.test', use: 'unknown', mailboxId: null, expected: false, blocked: 1 }),
    ],
  })
  const found = await rows()
  expect(found.find(({ host }) => host === 'imap.evil.test')?.verdict).toBe('gone')
  expect(found.find(({ host }) => host === 'unknown.test')).toMatchObject({
    verdict: 'unexpected',
    blocked: 1,
    mailboxName: null,
  })
})

test('a period leaves out what lies before it, and the newest result stands', async () => {
  const old = Date.now() - 10 * 86_400_000
  await store.mail.call('network.record', {
    contacts: [contact({ at: old, host: 'old.test', result: 'ETIMEDOUT', failed: 1 })],
  })
  await store.mail.call('network.record', {
    contacts: [contact({ at: old, result: 'ECONNRESET', failed: 1 }), contact()],
  })
  expect((await rows(7)).map(({ host }) => host)).toEqual(['imap.acme.test'])
  const all = await rows(null)
  expect(all).toHaveLength(2)
  expect(all[0]).toMatchObject({ host: 'imap.acme.test', result: null, failed: 1, firstAt: old })
})

test('ten thousand hosts of one day do not fill the disk, and their bytes are still there', async () => {
  for (let page = 0; page < 4; page++) {
    await store.mail.call('network.record', {
      contacts: Array.from({ length: 1000 }, (_, n) =>
        contact({ host: `h${page * 1000 + n}.test`, use: 'remote-image', mailboxId: null }),
      ),
    })
  }
  const found = await rows()
  expect(found.length).toBeLessThan(2100)
  expect(found.reduce((sum, row) => sum + row.received, 0)).toBe(400_000)
})

test('the export has every row, one JSON object a line', async () => {
  await store.mail.call('network.record', {
    contacts: [contact(), contact({ use: 'send-mail', host: 'smtp.acme.test', port: 465 })],
  })
  const { text } = await store.app.call('ledger.export', {})
  expect(text.split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { host: 'imap.acme.test', address: '192.0.2.1' },
    { host: 'smtp.acme.test', use: 'send-mail' },
  ])
})

test('turning the setting off reaches mail at once', async () => {
  store.joinMail()
  await store.call('settings.set', { blockUnexpectedHosts: false })
  await expect.poll(() => store.networkRules).toEqual({ blockUnexpected: false, allowedHosts: null })
})

test('migration: a database without the ledger gets an empty one and keeps what it has', () => {
  const dir = tempFolder('ledger')
  const key = randomBytes(32)
  const before = openAt(dir, key, networkLedger.version - 1)
  before.write((tx) => tx.run("INSERT INTO settings(key, value) VALUES('theme', '\"dark\"')"))
  before.close()
  const after = openAt(dir, key, networkLedger.version)
  expect(after.read.all('SELECT * FROM network_ledger')).toEqual([])
  expect(after.read.get('SELECT value FROM settings')).toEqual({ value: '"dark"' })
  after.close()
  rmSync(dir, { recursive: true })
})

test('a year of pictures from thousands of hosts holds nobody up who opens the ledger', () => {
  const [today, days, aDay, hosts] = [Math.floor(Date.now() / dayMs), 365, 60, 4000]
  store.db.write((tx) => {
    for (let n = 0; n < days * aDay; n++) {
      const day = today - Math.floor(n / aDay)
      const contacts = [`img${n % hosts}.example`, 'fetch-image', '192.0.2.1', day * dayMs]
      tx.run(
        'INSERT INTO network_ledger VALUES(?1, ?2, 443, ?3, 1, ?4, 1, 1, 0, 0, 10, 10, ?5, ?5, NULL)',
        day,
        ...contacts,
      )
    }
  })
  const begun = performance.now()
  const { rows } = listLedger(store.db.read, null)
  // Read once it takes a tenth of a second, read again for each host 20 seconds.
  expect(performance.now() - begun).toBeLessThan(4000)
  const [first] = rows.filter(({ host }) => host === 'img0.example')
  expect([rows.length, first?.lastAt, first?.firstAt]).toEqual([
    hosts,
    today * dayMs,
    (today - Math.floor((hosts * 5) / aDay)) * dayMs,
  ])
})
