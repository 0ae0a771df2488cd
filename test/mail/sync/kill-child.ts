/**
 * A sync, acts of a person and answers on one store, until it is killed from outside at a system call, or one of them fails.
 * Says what has been acknowledged, one line each, and the code of what a person would be told.
 */
import { PosternError } from '../../../src-preload/contract/errors'
import { Harness } from '../../store/helpers'
import { mailboxAt, serverAt } from '../harness'
import { RealStore } from '../real-store'

const [dir = '', key = '', device = '', port = '0'] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function work(): Promise<void> {
  const harness = await Harness.make(dir, Buffer.from(key, 'hex'), Buffer.from(device, 'hex'))
  const { id: _id, paused: _paused, ...settings } = mailboxAt(serverAt(Number(port)))
  const { id } = await harness.app.call('mailbox.create', { settings })
  say('created')
  const store = new RealStore(harness, { ...settings, id, paused: false })
  const sync = store.follow()
  await store.untilIdle()
  say(`synced ${harness.db.read.get<{ n: number }>('SELECT count(*) AS n FROM locations')?.n}`)
  for (const { id: conversation } of (await harness.list()).slice(0, 3)) {
    await harness.call('conversations.setStatus', { ids: [conversation], status: 'pending' })
    say(`pending ${conversation}`)
    const draft = await harness.call('drafts.start', {
      kind: 'reply',
      conversationId: conversation,
      messageId: null,
      mailboxId: id,
      visibleText: null,
    })
    await harness.call('drafts.save', {
      ...draft,
      text: `answer to ${conversation}`,
      to: [{ name: '', address: 'ana@customer.test' }],
    })
    say(`drafted ${draft.id}`)
    const { outboxId } = await harness.call('outbox.send', { draftId: draft.id, thenStatus: 'closed' })
    say(`queued ${outboxId}`)
  }
  await sync.stop()
  say('end')
  harness.service.closeStore()
}

try {
  await work()
  process.exit(0)
} catch (error) {
  say(`failed ${PosternError.from(error).code}`)
  process.exit(1)
}
