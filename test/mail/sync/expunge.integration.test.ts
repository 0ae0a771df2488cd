import { expect, test } from 'vitest'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { serverAt, user } from '../harness'
import { performActs } from '../../../src-main/mail/sync/server-acts'
import { RealStore } from '../real-store'
import { imitate, letter } from './imitation'

test('a move on a server that knows no MOVE deletes nothing that another mail program has only marked', async () => {
  const server = await imitate('bare')
  const trash = server.mail.create('Trash')
  for (let n = 0; n < 4; n++) server.mail.add('INBOX', letter(`m${n}`))
  const { entries } = server.mail.folder('INBOX')
  const marked = () =>
    server.mail
      .folder('INBOX')
      .entries.filter(({ letter: { flags } }) => flags.has('\\Deleted'))
      .map(({ uid }) => uid)
  const other = entries.find(({ uid }) => uid === 3)?.letter
  if (other) server.mail.setFlags(other, ['\\Deleted', '\\Seen'])
  const session = await ImapSession.open(serverAt(server.port), { user: user.name, password: user.password })
  await session.select('INBOX')
  await session.move([1, 2], 'Trash')
  await session.close()
  expect(server.mail.folder('INBOX').entries.map(({ uid }) => uid)).toEqual([3, 4])
  expect(marked()).toEqual([3])
  expect(trash.entries).toHaveLength(2)
})

test('an undo while a message moves on a server that does not say where to is not lost', async () => {
  const server = await imitate('bare')
  const trash = server.mail.create('Trash')
  server.mail.add('Trash', letter('m0'))
  server.mail.add('INBOX', letter('m1'))
  server.mail.add('INBOX', letter('m2'))
  const store = await RealStore.make(server.port)
  const { harness, mailbox } = store
  try {
    const sync = store.follow()
    await store.untilIdle()
    await sync.stop()
    const session = await ImapSession.open(serverAt(server.port), { user: user.name, password: user.password })
    const ids = (await harness.list()).map(({ id }) => id)
    const { undo } = await harness.call('conversations.trash', { ids })
    const move = session.move.bind(session)
    let undone = false
    session.move = async (...what) => {
      const moved = await move(...what)
      if (!undone) await harness.call('acts.undo', { undo })
      undone = true
      return moved
    }
    const folders = {
      has: () => true,
      pathOf: async (_: unknown, role: string) => (role === 'trash' ? 'Trash' : 'INBOX'),
      isAll: () => false,
      hasLabel: () => false,
      relist: () => undefined,
      touched: () => undefined,
    }
    await performActs(mailbox.id, session, harness.mail, folders)
    expect(undone).toBe(true)
    await performActs(mailbox.id, session, harness.mail, folders)
    await session.close()
    expect(server.mail.folder('INBOX').entries).toHaveLength(2)
    expect(trash.entries).toHaveLength(1)
    expect(await harness.list()).toHaveLength(2)
  } finally {
    await store.close()
  }
})
