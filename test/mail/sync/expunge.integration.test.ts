import { expect, test } from 'vitest'
import { capabilities } from '../../servers/imap-imitation.mjs'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { serverAt, user, waitFor } from '../harness'
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
      isStill: async () => true,
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

test.each(['with', 'without'])(
  'a message %s a Message-ID is not doubled where a connection broke between its copy and its taking out',
  async (name) => {
    const server = await imitate('bare')
    const trash = server.mail.create('Trash')
    const raw = (subject: string): string =>
      name === 'with' ? letter(subject) : letter(subject).replace(/Message-ID: .*\r\n/, '')
    // Alike in everything but its words, and there before.
    server.mail.add('Trash', raw('m0'))
    server.mail.add('INBOX', raw('m1'))
    server.mail.add('INBOX', raw('m2'))
    let breaks = 1
    server.world.script = ({ name: said }, session) => {
      if (said !== 'UID STORE' || breaks === 0) return false
      breaks -= 1
      session.close()
      return true
    }
    const store = await RealStore.make(server.port)
    try {
      const sync = store.follow()
      await store.untilIdle()
      await store.harness.call('conversations.trash', { ids: (await store.harness.list()).map(({ id }) => id) })
      sync.actsWaiting()
      await waitFor(() => store.db.read.get('SELECT 1 FROM server_ops') === undefined, {
        ms: 30_000,
        what: () => 'nothing waits',
      })
      expect(breaks).toBe(0)
      expect(server.mail.folder('INBOX').entries).toHaveLength(0)
      expect(
        trash.entries.map(({ letter: one }) => /Subject: (\S+)/.exec(one.raw.toString())?.[1] ?? '').toSorted(),
      ).toEqual(['m0', 'm1', 'm2'])
      await sync.stop()
    } finally {
      await store.close()
    }
  },
)

test.each([
  ['EXPUNGE', ''],
  ['EXPUNGE', 'UIDPLUS'],
  ['UID STORE', ''],
] as const)(
  'a message that the server copies and then does not let go (%s refused, %s) is in one folder, unmarked, and no copy of before is thrown away for it',
  async (refused, plus) => {
    const server = await imitate('bare', { caps: `${capabilities.bare} ${plus}`.trim() })
    const trash = server.mail.create('Trash')
    for (const one of ['m0', 'm1']) server.mail.add('Trash', letter(one))
    server.mail.add('INBOX', letter('m1'))
    server.world.script = ({ tag, name, args }, session) => {
      const taking = name === 'UID STORE' ? args.includes('+FLAGS') : name.endsWith('EXPUNGE')
      if (!name.endsWith(refused) || !taking || session.folder?.path !== 'INBOX') return false
      session.send(`${tag} NO no right to delete here\r\n`)
      return true
    }
    const store = await RealStore.make(server.port)
    try {
      const sync = store.follow()
      await store.untilIdle()
      const ids = (await store.harness.list()).map(({ id }) => id)
      expect(ids).toHaveLength(1)
      await store.harness.call('conversations.trash', { ids })
      sync.actsWaiting()
      await waitFor(() => store.db.read.get('SELECT 1 FROM server_ops') === undefined, {
        ms: 30_000,
        what: () => 'nothing waits',
      })
      expect(server.mail.folder('INBOX').entries.map(({ letter: { flags } }) => [...flags])).toEqual([[]])
      expect(trash.entries.map(({ uid }) => uid)).toEqual([1, 2])
      expect(await store.harness.list()).toHaveLength(1)
      const { history } = await store.harness.call('conversations.get', { id: ids[0] ?? 0 })
      expect(history.map(({ kind }) => kind)).toContain('move-refused')
      await sync.stop()
    } finally {
      await store.close()
    }
  },
)
