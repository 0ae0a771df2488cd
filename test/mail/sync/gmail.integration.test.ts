import { expect, test } from 'vitest'
import { imitate, letter, until, type Imitation } from './imitation'
import { RealStore } from '../real-store'

interface Lies {
  subject: string
  place: number
  path: string
  labels: string | null
}
const places = { inbox: 1, other: 2, junk: 3, trash: 4 }

/** Where each message lies here, by subject. */
function lying(store: RealStore): Record<string, string> {
  const rows = store.db.read.all<Lies>(
    'SELECT m.subject, m.place, f.path, l.labels FROM messages m JOIN locations l ON l.message_id = m.id JOIN folders f ON f.id = l.folder_id ORDER BY m.subject',
  )
  return Object.fromEntries(
    rows.map(({ subject, place, path }) => [
      subject,
      `${Object.entries(places).find(([, n]) => n === place)?.[0]} in ${path}`,
    ]),
  )
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
  return {
    server,
    store,
    wake: () => sync.wake(),
    end: async () => {
      await sync.stop()
      await store.close()
    },
  }
}

test('Gmail: each message is fetched once whatever its labels, and lies where they say', async () => {
  const { server, store, wake, end } = await start()
  expect(lying(store)).toEqual({
    archived: 'other in [Gmail]/All Mail',
    bin: 'trash in [Gmail]/Trash',
    in: 'inbox in [Gmail]/All Mail',
    'in-too': 'inbox in [Gmail]/All Mail',
    junk: 'junk in [Gmail]/Spam',
    labelled: 'inbox in [Gmail]/All Mail',
  })
  expect(
    store.db.read.get<{ labels: string }>(
      "SELECT l.labels FROM locations l JOIN messages m ON m.id = l.message_id WHERE m.subject = 'labelled'",
    )?.labels,
  ).toContain('Größe')
  const bodies = server.seen.commands.filter(
    (command) => command.startsWith('UID FETCH') && command.includes('BODY.PEEK[]'),
  )
  expect(bodies.length).toBe(3)
  expect(
    server.seen.commands.some((command) =>
      /^SELECT "?(INBOX|Orders|\[Gmail\]\/(Sent|Starred|Important))/.test(command),
    ),
  ).toBe(false)
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
  const id = async (subject: string): Promise<number> =>
    (await harness.list()).find((row) => row.subject === subject)?.id ?? 0
  const where = (subject: string): string[] =>
    [...server.mail.folders.values()]
      .filter(({ entries }) => entries.some(({ letter: { raw } }) => raw.includes(`Subject: ${subject}\r\n`)))
      .map(({ path }) => path)
      .toSorted()
  const acts = async (): Promise<void> => {
    await until(
      async () => (await harness.mail.call('ops.waiting', { mailboxId: store.mailbox.id })).count === 0,
      'acts done',
    )
  }
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

test('Gmail: a label given or taken here is on the server, one changed elsewhere is here, and neither is overwritten while it waits', async () => {
  const { server, store, wake, end } = await start()
  const { harness } = store
  const row = async (subject: string): Promise<{ id: number; labels: string[] }> => {
    const found =
      (await harness.list()).find((one) => one.subject === subject) ??
      (await harness.list('closed')).find((one) => one.subject === subject)
    if (!found) throw new Error(`no ${subject}`)
    return found
  }
  const letterOf = (subject: string) => {
    const found = server.mail
      .folder('[Gmail]/All Mail')
      .entries.find(({ letter: { raw } }) => raw.includes(`Subject: ${subject}\r\n`))
    if (!found) throw new Error(`no ${subject} on the server`)
    return found.letter
  }
  const acts = async (): Promise<void> => {
    store.wakeActs()
    await until(
      async () => (await harness.mail.call('ops.waiting', { mailboxId: store.mailbox.id })).count === 0,
      'acts done',
    )
  }
  expect((await row('labelled')).labels).toEqual(['Größe "XL"', 'Orders'])
  expect((await harness.call('labels.list', {})).labels.map(({ name, count }) => `${name} ${count}`)).toEqual([
    'Größe "XL" 1',
    'Orders 1',
  ])
  // Given here, one that is not there yet with it.
  const { id } = await row('in')
  await harness.call('conversations.label', { ids: [id], label: 'Orders', on: true })
  const { undo } = await harness.call('conversations.label', { ids: [id], label: 'Billing', on: true })
  expect((await row('in')).labels).toEqual(['Billing', 'Orders'])
  await acts()
  expect([...letterOf('in').labels].toSorted()).toEqual(['Billing', 'Orders', '\\Inbox'])
  expect(server.seen.commands.filter((command) => command.startsWith('CREATE'))).toEqual(['CREATE Billing'])
  expect(
    (await harness.call('conversations.list', { view: 'inbox', label: 'Orders', offset: 0, limit: 10 })).rows
      .map(({ subject }) => subject)
      .toSorted(),
  ).toEqual(['in', 'labelled'])
  // Taken back, and one taken here.
  await harness.call('acts.undo', { undo })
  await harness.call('conversations.label', { ids: [(await row('labelled')).id], label: 'Orders', on: false })
  await acts()
  expect([...letterOf('in').labels].toSorted()).toEqual(['Orders', '\\Inbox'])
  expect([...letterOf('labelled').labels].toSorted()).toEqual(['Größe "XL"', '\\Inbox'])
  // Elsewhere: on archived mail, which stays archived and is in the list of its label.
  server.mail.label(letterOf('archived'), 'Orders', true)
  await until(async () => (await row('archived')).labels.includes('Orders'), 'a label given elsewhere')
  expect(
    (await harness.call('conversations.list', { view: 'inbox', label: 'Orders', offset: 0, limit: 10 })).rows
      .map(({ subject }) => subject)
      .toSorted(),
  ).toEqual(['archived', 'in'])
  expect((await harness.call('conversations.get', { id: (await row('archived')).id })).status).toBe('closed')
  wake()
  await end()
})

test('Gmail: its thread joins what headers do not, and never two customers', async () => {
  const server = await imitate('gmail')
  const of = (name: string, subject: string, more = ''): string =>
    letter(subject, more).replace('Ana <ana@customer.test>', `${name} <${name}@customer.test>`)
  const {
    letter: { threadId },
  } = server.mail.add('INBOX', of('ana', 'Bell'))
  server.mail.add('INBOX', of('ana', 'Bell-again'), { threadId })
  server.mail.add('INBOX', of('ben', 'Bell-too'), { threadId })
  server.mail.add('INBOX', of('ana', 'Other'))
  const store = await RealStore.make(server.port)
  const sync = store.follow()
  await store.untilIdle()
  const conversations = async (): Promise<string[]> => {
    const rows = store.db.read.all<{ subjects: string }>(
      "SELECT group_concat(subject, ' ') AS subjects FROM (SELECT conversation_id, subject FROM messages ORDER BY subject) GROUP BY conversation_id",
    )
    return rows.map(({ subjects }) => subjects).toSorted()
  }
  expect(await conversations()).toEqual(['Bell Bell-again', 'Bell-too', 'Other'])
  const again = store.db.read.get<{ id: number }>("SELECT id FROM messages WHERE subject = 'Bell-again'")?.id ?? 0
  expect(await store.harness.call('threads.why', { messageId: again })).toMatchObject({
    kind: 'server',
    message: { name: 'ana' },
  })
  await sync.stop()
  await store.close()
})
