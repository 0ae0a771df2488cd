import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fillFromSample } from '../../../src-main/mail/sync/sample-server'
import { inlineParser, mailboxAt, serverAt } from '../harness'
import { MemoryStore } from '../memory-store'

const dir = join(import.meta.dirname, '../../../resources/sample')
interface Manifest {
  anchor: string
  mailboxes: { address: string; messages: { folder: string; date: string }[] }[]
}
const manifest: Manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'))

test('no sample message is missing, in the wrong folder, or dated in the future', async () => {
  const [first, second] = manifest.mailboxes
  const store = new MemoryStore([
    { ...mailboxAt(serverAt(1)), id: 2, address: second?.address ?? '' },
    { ...mailboxAt(serverAt(1)), id: 1, address: first?.address ?? '' },
  ])
  const expected = manifest.mailboxes.reduce((sum, mailbox) => sum + mailbox.messages.length, 0)
  expect(await fillFromSample(dir, [1, 2], store.port, inlineParser)).toBe(expected)
  const inbox = store.folders.find((folder) => folder.mailboxId === 1 && folder.cursor.path === 'INBOX')
  expect(inbox?.messages.size).toBe(first?.messages.filter((message) => message.folder === 'INBOX').length)
  expect(store.folders.every((folder) => folder.cursor.complete)).toBe(true)
  const dates = store.folders.flatMap((folder) => [...folder.messages.values()].map((one) => one.message.date ?? 0))
  const newest = Math.max(
    ...manifest.mailboxes.flatMap((mailbox) => mailbox.messages.map((message) => Date.parse(message.date))),
  )
  // Moved by as much as the anchor lies back.
  expect(Math.abs(Math.max(...dates) - (newest + Date.now() - Date.parse(manifest.anchor)))).toBeLessThan(
    48 * 3_600_000,
  )
  expect(Math.max(...dates)).toBeLessThan(Date.now() + 60_000)
})

test('a second import adds nothing', async () => {
  const store = new MemoryStore(
    manifest.mailboxes.map((mailbox, index) => ({
      ...mailboxAt(serverAt(1)),
      id: index + 1,
      address: mailbox.address,
    })),
  )
  await fillFromSample(dir, [1, 2], store.port, inlineParser)
  expect(await fillFromSample(dir, [1, 2], store.port, inlineParser)).toBe(0)
})

test('a folder without a sample is named, not thrown at', async () => {
  await expect(fillFromSample('/nonexistent', [1], new MemoryStore([]).port, inlineParser)).rejects.toMatchObject({
    code: 'file-not-found',
  })
})
