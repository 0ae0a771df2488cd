import { expect, test } from 'vitest'
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

test('a list that was cut short takes no mail out of its folders, and drops nothing that waits to be done there', async () => {
  const server = await imitate('qresync')
  server.mail.create('Trash', '\\Trash')
  server.mail.create('Orders')
  for (const n of [1, 2]) server.mail.add('Orders', letter(`m${n}`))
  const store = await RealStore.make(server.port)
  try {
    let sync = store.follow()
    await store.untilIdle()
    await sync.stop()
    const [first] = await store.harness.list('closed')
    await store.harness.call('conversations.trash', { ids: first ? [first.id] : [] })
    let short = 1
    server.world.script = ({ tag, name, args }, session) => {
      if (name !== 'LIST' || !args.includes('*') || short <= 0) return false
      short -= 1
      session.send(`* LIST (\\HasNoChildren) "/" "INBOX"\r\n${tag} OK done\r\n`)
      return true
    }
    const orders = () =>
      store.db.read.get<{ id: number; local_count: number }>(
        "SELECT id, local_count FROM folders WHERE path = 'Orders'",
      )
    const id = orders()?.id
    sync = store.follow()
    await waitFor(() => lies(server, 'Trash').length === 1, { ms: 30_000, what: () => 'in the trash' })
    await waitFor(() => store.db.read.get('SELECT 1 FROM server_ops') === undefined, { ms: 10_000 })
    expect(short).toBe(0)
    expect(orders()).toEqual({ id, local_count: 1 })
    await sync.stop()
  } finally {
    await store.close()
  }
})

test('what waited to be thrown away does not throw other mail away that has its UIDs now, under the same UIDVALIDITY (R36)', async () => {
  const server = await imitate('qresync')
  server.mail.create('Trash', '\\Trash')
  const { uidValidity } = server.mail.create('Orders')
  for (const n of [1, 2]) server.mail.add('Orders', letter(`m${n}`))
  const store = await RealStore.make(server.port)
  try {
    let sync = store.follow()
    await store.untilIdle()
    await sync.stop()
    const list = await store.harness.list('closed')
    const first = list.find(({ subject }) => subject === 'm1')
    await store.harness.call('conversations.trash', { ids: first ? [first.id] : [] })
    // Came back from a copy in another order, with more mail than there was.
    server.mail.folders.delete('Orders')
    server.mail.create('Orders').uidValidity = uidValidity
    for (const name of ['other', 'm2', 'm1', 'more']) server.mail.add('Orders', letter(name))
    sync = store.follow()
    await waitFor(() => lies(server, 'Trash').length > 0, { ms: 30_000, what: () => 'in the trash' })
    await waitFor(() => store.db.read.get('SELECT 1 FROM server_ops') === undefined, { ms: 10_000 })
    expect(lies(server, 'Trash')).toEqual(['m1'])
    expect(lies(server, 'Orders')).toEqual(['other', 'm2', 'more'])
    await sync.stop()
  } finally {
    await store.close()
  }
})

test('what waits to be done with mail of two folders that swapped their names is not lost', async () => {
  const server = await imitate('qresync')
  server.mail.create('Trash', '\\Trash')
  for (const name of ['Old', 'New']) {
    server.mail.create(name)
    for (const n of [1, 2]) server.mail.add(name, letter(`${name}${n}`))
  }
  const store = await RealStore.make(server.port)
  try {
    let sync = store.follow()
    await store.untilIdle()
    await sync.stop()
    const list = await store.harness.list('closed')
    const ids = list.filter(({ subject }) => subject.endsWith('1')).map(({ id }) => id)
    expect(ids).toHaveLength(2)
    await store.harness.call('conversations.trash', { ids })
    server.mail.rename('Old', 'between')
    server.mail.rename('New', 'Old')
    server.mail.rename('between', 'New')
    sync = store.follow()
    await store.untilIdle()
    await waitFor(() => store.db.read.get('SELECT 1 FROM server_ops') === undefined, { ms: 10_000 })
    expect(lies(server, 'Trash').toSorted()).toEqual(['New1', 'Old1'])
    expect(lies(server, 'Old')).toEqual(['New2'])
    expect(lies(server, 'New')).toEqual(['Old2'])
    await waitFor(() => store.db.read.get('SELECT 1 FROM folders WHERE former_of IS NOT NULL') === undefined, {
      ms: 10_000,
      what: () => 'nothing is kept of the old numbering',
    })
    await sync.stop()
  } finally {
    await store.close()
  }
})
