import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Harness } from '../helpers'
import { mayMount, smallDisk } from '../../servers/small-disk.mjs'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())

test.skipIf(!mayMount)('an export of which the disk took a part is not called done (R50)', async () => {
  const { id: mailboxId, folders } = await store.mailbox()
  await store.put(folders['INBOX'] ?? 0, {
    from: 'Priya <priya@cycle.test>',
    raw: `From: priya@cycle.test\r\n\r\n${'spokes and rims\r\n'.repeat(1000)}the end`,
  })
  const disk = smallDisk('64k')
  const exported = async () => {
    await store.app.call('transfer.export', { dir: disk.dir, scope: { kind: 'mailbox', mailboxId }, format: 'mbox' })
    const newest = async () => (await store.call('transfers.list', {})).transfers[0]
    await expect.poll(async () => (await newest())?.state, { timeout: 10_000 }).not.toBe('running')
    return newest()
  }
  try {
    disk.fill('of somebody else', 12_288)
    expect(await exported()).toMatchObject({ state: 'failed', error: 'disk-full' })
    disk.grow('256k')
    expect(await exported()).toMatchObject({ state: 'done' })
    const files = readdirSync(disk.dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mbox'))
    const whole = files.filter((name) => readFileSync(path.join(disk.dir, name), 'utf8').includes('the end'))
    expect([files.length, whole.length]).toEqual([2, 1])
  } finally {
    disk.remove()
  }
})
