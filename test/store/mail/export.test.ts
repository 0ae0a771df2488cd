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

test.skipIf(!mayMount)(
  'an export of which the disk took a part is not called done, and leaves no part behind (R50)',
  async () => {
    const { id: mailboxId, folders } = await store.mailbox()
    await store.put(folders['INBOX'] ?? 0, {
      from: 'Priya <priya@cycle.test>',
      raw: `From: priya@cycle.test\r\n\r\n${'spokes and rims\r\n'.repeat(1000)}the end`,
    })
    for (let n = 0; n < 60; n++)
      await store.put(folders['INBOX'] ?? 0, { from: 'Priya <priya@cycle.test>', date: Date.UTC(2026, 8, 1) + n })
    const disk = smallDisk('64k')
    const exported = async () => {
      await store.app.call('transfer.export', { dir: disk.dir, scope: { kind: 'mailbox', mailboxId }, format: 'mbox' })
      const newest = async () => (await store.call('transfers.list', {})).transfers[0]
      await expect.poll(async () => (await newest())?.state, { timeout: 10_000 }).not.toBe('running')
      return newest()
    }
    try {
      disk.fill('of somebody else', 24_576)
      expect(await exported()).toMatchObject({ state: 'failed', error: 'disk-full', messages: 0 })
      expect(readdirSync(disk.dir).filter((name) => /\d{4}-\d\d-\d\d/.test(name))).toEqual([])
      disk.grow('256k')
      expect(await exported()).toMatchObject({ state: 'done', messages: 61 })
      const files = readdirSync(disk.dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /mbox|part/.test(name),
      )
      // what was written of the first is gone
      expect(files).toHaveLength(1)
      expect(readFileSync(path.join(disk.dir, files[0] ?? ''), 'utf8')).toContain('the end')
    } finally {
      disk.remove()
    }
  },
)
