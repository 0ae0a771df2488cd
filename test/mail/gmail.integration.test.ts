import { expect, test } from 'vitest'
import { imitate, letter, until, type Imitation } from './imitation'
import { RealStore } from './real-store'

interface Lies { subject: string; place: number; path: string; labels: string | null }
const places = { inbox: 1, other: 2, junk: 3, trash: 4 }

/** Where each message lies here, by subject. */
function lying(store: RealStore): Record<string, string> {
  const rows = store.db.read.all<Lies>('SELECT m.subject, m.place, f.path, l.labels FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id ORDER BY m.subject')
  return Object.fromEntries(rows.map(({ subject, place, path }) => [subject, `${Object.entries(places).find(([, n]) => n === place)?.[0]} in ${path}`]))
}

async function start(): Promise<{ server: Imitation; store: RealStore; end: () => Promise<void>; wake: () => void }> {
  const server = await imitate('gmail')
  server.mail.add('INBOX', letter('in'))
  server.mail.add('INBOX', letter('in-too'))
  server.mail.create('Orders')
  const both = server.mail.add('Orders', letter('labelled'))
  server.mail.label(both.letter, '\\Inbox', true)
  server.mail.label(both.letter, 'Größe "XL"', true)
  server.mail.add('[Gmail]/All Mail', letter('archived'))
  server.mail.add('[Gmail]/Spam', letter('junk'))
  server.mail.add('[Gmail]/Trash', letter('bin'))
  const store = await RealStore.make(server.port)
  const sync = store.follow()
  await store.untilIdle()
  return { server, store, wake: () => sync.wake(), end: async () => { await sync.stop(); await store.close() } }
}

test('Gmail: each message is fetched once whatever its labels, and lies where they say', async () => {
  const { server, store, wake, end } = await start()
  expect(lying(store)).toEqual({
    archived: 'other in [Gmail]/All Mail', bin: 'trash in [Gmail]/Trash', in: 'inbox in [Gmail]/All Mail', 'in-too': 'inbox in [Gmail]/All Mail',
    junk: 'junk in [Gmail]/Spam', labelled: 'inbox in [Gmail]/All Mail',
  })
  expect(store.db.read.get<{ labels: string }>("SELECT l.labels FROM locations l JOIN messages m ON m.id = l.message_id WHERE m.subject = 'labelled'")?.labels).toContain('Größe')
  const bodies = server.seen.commands.filter((command) => command.startsWith('UID FETCH') && command.includes('BODY.PEEK[]'))
  expect(bodies.length).toBe(3)
  expect(server.seen.commands.some((command) => /^SELECT "?(INBOX|Orders|\[Gmail\]\/(Sent|Starred|Important))/.test(command))).toBe(false)
  // Archived elsewhere, then put back: labels only, no body again.
  const all = server.mail.folder('[Gmail]/All Mail')
  const found = all.entries.find(({ letter: { raw } }) => raw.includes('Subject: in\r\n'))?.letter
  if (!found) throw new Error('no such letter')
  server.mail.label(found, '\\Inbox', false)
  await until(() => lying(store)['in'] === 'other in [Gmail]/All Mail', 'archived elsewhere')
  server.mail.label(found, '\\Inbox', true)
  await until(() => lying(store)['in'] === 'inbox in [Gmail]/All Mail', 'back in the inbox')
  server.mail.add('INBOX', letter('new'))
  await until(() => lying(store)['new'] === 'inbox in [Gmail]/All Mail', 'new mail by IDLE on All Mail')
  wake()
  await until(() => server.open() === 1, 'one connection at rest')
  expect(server.seen.most).toBeLessThanOrEqual(2)
  await end()
})

test('Gmail: what a person moves here moves there, by label or for real, and back', async () => {
  const { server, store, end } = await start()
  const { harness } = store
  const id = async (subject: string): Promise<number> => (await harness.list()).find((row) => row.subject === subject)?.id ?? 0
  const where = (subject: string): string[] => [...server.mail.folders.values()].filter(({ entries }) => entries.some(({ letter: { raw } }) => raw.includes(`Subject: ${subject}\r\n`))).map(({ path }) => path).toSorted()
  const acts = async (): Promise<void> => { await until(async () => (await harness.mail.call('ops.waiting', { mailboxId: store.mailbox.id })).count === 0, 'acts done') }
  const one = await id('in')
  const { undo } = await harness.call('conversations.trash', { ids: [one] })
  store.wakeActs()
  await acts()
  expect(where('in')).toEqual(['[Gmail]/Trash'])
  await until(() => lying(store)['in'] === 'trash in [Gmail]/Trash', 'in the bin here')
  await harness.call('acts.undo', { undo })
  store.wakeActs()
  await acts()
  await until(() => lying(store)['in'] === 'inbox in [Gmail]/All Mail', 'back in the inbox')
  expect(where('in')).toEqual(['INBOX', '[Gmail]/All Mail'])
  await harness.call('conversations.setStatus', { ids: [await id('in-too')], status: 'spam' })
  store.wakeActs()
  await acts()
  expect(where('in-too')).toEqual(['[Gmail]/Spam'])
  await until(() => lying(store)['in-too'] === 'junk in [Gmail]/Spam', 'spam here')
  await end()
})
