import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { hideMailbox } from '../../../src-main/store/mail/removal'
import { Harness } from '../helpers'

let store: Harness
let mailboxId: number
let inbox: number
beforeEach(async () => {
  store = await Harness.make()
  const made = await store.mailbox()
  mailboxId = made.id
  inbox = made.folders['INBOX'] ?? 0
  await store.put(inbox, { from: 'ana@x.test' })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await store.stop()
})

const remove = (): void => {
  hideMailbox(store.service.open.workspace, mailboxId)
  store.service.open.upkeep.removalWaits()
}
const mailboxes = (): number => store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM mailboxes')?.n ?? 0

test('what is to be removed while upkeep is under way does not stay until the next start', async () => {
  // Its removals are done, and it gives pages back.
  const shrink = vi.spyOn(store.db, 'shrink').mockImplementationOnce(() => (remove(), false))
  store.service.open.upkeep.removalWaits()
  await expect.poll(() => shrink.mock.calls.length).toBeGreaterThan(0)
  await expect.poll(mailboxes).toBe(0)
})

test('a removal that a full disk broke off is taken up again (R50)', async () => {
  remove()
  const write = vi.spyOn(store.db, 'write').mockImplementationOnce(() => {
    throw new PosternError('disk-full')
  })
  await expect.poll(() => write.mock.calls.length).toBeGreaterThan(0)
  expect(mailboxes()).toBe(1)
  // The disk has room again: what is written next has it go on at once.
  store.db.write((tx) => tx.changes.touched('counts'))
  await expect.poll(mailboxes).toBe(0)
})
