import { test } from 'vitest'
import { RealStore } from '../real-store'
import { waitFor } from '../harness'
import { imitate, letter, type Imitation } from './imitation'

const lies = (server: Imitation, path: string): string[] =>
  server.mail.folder(path).entries.map(({ letter: { raw } }) => /Subject: (\S+)/.exec(raw.toString())?.[1] ?? '')

test('what a person does with mail of a folder that somebody renamed a moment ago is not lost', async () => {
  const server = await imitate('qresync')
  server.mail.create('Trash', '\\Trash')
  server.mail.create('Orders')
  server.mail.add('Orders', letter('m1'))
  server.mail.add('Orders', letter('m2'))
  const store = await RealStore.make(server.port)
  try {
    const sync = store.follow()
    await store.untilIdle()
    server.mail.rename('Orders', 'Orders 2026')
    const [first] = await store.harness.list('closed')
    await store.harness.call('conversations.trash', { ids: first ? [first.id] : [] })
    store.wakeActs()
    await waitFor(() => lies(server, 'Trash').length === 1, { ms: 30_000, what: () => 'in the trash' })
    await sync.stop()
  } finally {
    await store.close()
  }
})

test.each(['qresync', 'bare'] as const)(
  'mail that is thrown away a moment after somebody deleted the trash is not back in the inbox (%s)',
  async (kind) => {
    const server = await imitate(kind)
    server.mail.create('Trash', '\\Trash')
    server.mail.add('INBOX', letter('m1'))
    server.mail.add('INBOX', letter('m2'))
    const store = await RealStore.make(server.port)
    try {
      const sync = store.follow()
      await store.untilIdle()
      server.mail.folders.delete('Trash')
      const [first] = await store.harness.list()
      await store.harness.call('conversations.trash', { ids: first ? [first.id] : [] })
      store.wakeActs()
      await waitFor(() => server.mail.folders.has('Trash') && lies(server, 'Trash').length === 1, {
        ms: 30_000,
        what: () => 'in a new trash',
      })
      await sync.stop()
    } finally {
      await store.close()
    }
  },
)
