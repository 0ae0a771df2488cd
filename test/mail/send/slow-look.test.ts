import { expect, test, vi } from 'vitest'
import { Harness } from '../../store/helpers'
import { itemInOutbox, outboxDesk } from './outbox-desk'

test('an answer leaves also where each look at the mailbox takes longer than a look counts', async () => {
  const store = await Harness.make()
  vi.useFakeTimers({ toFake: ['Date'] })
  let looks = 0
  const sender = outboxDesk(store, 1, {
    seeAnswers: async () => {
      // A server that tells of its folders one by one.
      looks++
      vi.setSystemTime(Date.now() + 20_000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    },
  })
  try {
    const { folders } = await store.mailbox()
    await store.call('settings.set', { undoSeconds: 0 })
    await store.put(folders['INBOX'] ?? 0, { from: 'h@x.test' })
    const conversationId = (await store.list())[0]?.id ?? 0
    const draft = await store.call('drafts.start', { kind: 'reply', conversationId, messageId: null })
    await store.call('drafts.save', { ...draft, text: 'Hi', html: '<p>Hi</p>' })
    const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })
    sender.start()
    // It was handed out: nobody listens there.
    await expect.poll(() => itemInOutbox(store, outboxId)?.error).toBe('connection-refused')
    expect(looks).toBe(1)
  } finally {
    await sender.stop()
    vi.useRealTimers()
    await store.stop()
  }
})
