import { expect, test } from 'vitest'
import { ingestPage } from '../../../src-main/store/mail/messages'
import { Harness, parsed, start } from '../helpers'

test('a question that came while a page was taken off the port does not wait for its first step', async () => {
  const store = await Harness.make()
  const { folders } = await store.mailbox()
  const stored = (): number => store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM messages')?.n ?? 0
  const asked = new Promise<number>((resolve) => setImmediate(() => resolve(stored())))
  const page = ingestPage(store.service.open.workspace, {
    folderId: folders['INBOX'] ?? 0,
    uidValidity: '1',
    items: [{ uid: 1, flags: [], internalDate: start, message: parsed({ from: 'a@x.test' }) }],
    cursor: {},
    backfill: true,
  })
  expect(await asked).toBe(0)
  await page
  expect(stored()).toBe(1)
  await store.stop()
})
