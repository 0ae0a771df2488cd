import { expect, test } from 'vitest'
import { PosternError } from '../../../src-preload/contract/errors'
import { Harness } from '../../store/helpers'
import { itemInOutbox, outboxDesk, queueOne } from './outbox-desk'

test('what became of a try is told again where the disk was full: the message is not on its way for ever', async () => {
  const store = await Harness.make()
  let full = 1
  const sender = outboxDesk(
    store,
    1,
    {},
    {
      call: (async (name: never, input: never) => {
        if (name === 'outbox.settle' && full-- > 0) throw new PosternError('disk-full')
        return store.mail.call(name, input)
      }) as typeof store.mail.call,
    },
  )
  try {
    await store.mailbox()
    await store.call('settings.set', { undoSeconds: 0 })
    const id = await queueOne(store, 'Hi')
    sender.start()
    await expect.poll(() => full).toBeLessThan(1)
    expect(itemInOutbox(store, id)).toMatchObject({ state: 'sending', error: null })
    sender.wake()
    // Nobody listens there.
    await expect.poll(() => itemInOutbox(store, id)).toMatchObject({ state: 'queued', error: 'connection-refused' })
  } finally {
    await sender.stop()
    await store.stop()
  }
})
