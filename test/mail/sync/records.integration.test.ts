import { expect, test } from 'vitest'
import { imitate, letter, until } from './imitation'
import { RealStore } from '../real-store'

/** What people made of the mail: it belongs to conversations, never to UIDs. */
async function records(store: RealStore, id: number): Promise<unknown> {
  const { harness } = store
  const { status, draft, notes, messages } = await harness.call('conversations.get', { id })
  const outbox = (await harness.call('outbox.list', {})).items.map(({ conversationId, subject }) => [
    conversationId,
    subject,
  ])
  return {
    status,
    draft: draft?.text,
    notes: notes.map(({ text }) => text),
    messages: messages.map(({ subject, body }) => [subject, body?.text]),
    outbox,
  }
}

test('new UIDs, an emptied server and a backup in another folder: status, note, draft and answer stay with their mail, and no body changes its place (R35, R38)', async () => {
  const server = await imitate('qresync')
  for (const n of [1, 2, 3]) server.mail.add('INBOX', letter(`m${n}`))
  const store = await RealStore.make(server.port)
  const sync = store.follow()
  await store.untilIdle()
  const { harness } = store
  const rows = await harness.list()
  const idOf = (subject: string): number => rows.find((row) => row.subject === subject)?.id ?? 0
  const one = idOf('m1')
  await harness.call('notes.add', { conversationId: one, text: 'Called her, call again' })
  const draft = await harness.call('drafts.start', {
    kind: 'reply',
    conversationId: one,
    messageId: null,
    mailboxId: store.mailbox.id,
    visibleText: null,
  })
  await harness.call('drafts.save', { ...draft, text: 'half an answer' })
  const answer = await harness.call('drafts.start', {
    kind: 'reply',
    conversationId: idOf('m2'),
    messageId: null,
    mailboxId: store.mailbox.id,
    visibleText: null,
  })
  await harness.call('drafts.save', { ...answer, text: 'an answer', to: [{ name: '', address: 'ana@customer.test' }] })
  await harness.call('outbox.send', { draftId: answer.id, thenStatus: 'open' })
  await harness.call('conversations.setStatus', { ids: [one], status: 'pending' })
  const before = await records(store, one)
  const uids = (): number[] =>
    store.db.read
      .all<{ uid: number }>(
        "SELECT l.uid FROM locations l JOIN folders f ON f.id = l.folder_id WHERE f.path = 'INBOX' ORDER BY uid",
      )
      .map(({ uid }) => uid)

  // Another numbering: what was UID 1 is UID 3 now.
  server.mail.folder('INBOX').entries.reverse()
  server.mail.newValidity('INBOX')
  // Held while the new numbering is known and nothing of it has been fetched.
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  server.world.script = async ({ name, args }) => {
    if (name === 'UID FETCH' && args.includes('BODY')) await held
    return false
  }
  server.dropAll()
  sync.wake()
  const listed = async (): Promise<string[]> =>
    [...(await harness.list()), ...(await harness.list('pending'))]
      .map(({ subject, checking }) => `${subject} ${checking}`)
      .toSorted()
  await until(async () => (await listed()).join() === 'm1 true,m2 true,m3 true', 'all listed, and marked')
  expect(await records(store, one)).toEqual(before)
  release()
  const validity = (): string | undefined =>
    store.db.read.get<{ v: string }>("SELECT uid_validity AS v FROM folders WHERE path = 'INBOX'")?.v
  await until(
    () => validity() === String(server.mail.folder('INBOX').uidValidity) && uids().length === 3,
    'the new numbering',
  )
  expect(await records(store, one)).toEqual(before)
  expect((await harness.list('pending')).map(({ id }) => id)).toEqual([one])

  // A server that loses everything.
  server.mail.expunge('INBOX', [1, 2, 3])
  sync.wake()
  await until(() => uids().length === 0, 'an empty inbox')
  expect(await records(store, one)).toEqual(before)

  // And has it back from a backup, in a folder of another name.
  server.mail.create('Restored')
  for (const n of [1, 2, 3]) server.mail.add('Restored', letter(`m${n}`))
  sync.wake()
  await until(
    () =>
      store.db.read.get<{ n: number }>(
        "SELECT count(*) AS n FROM locations l JOIN folders f ON f.id = l.folder_id WHERE f.path = 'Restored'",
      )?.n === 3,
    'the backup',
  )
  expect(await records(store, one)).toEqual(before)
  expect(store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM messages WHERE direction = 0')?.n).toBe(3)
  await sync.stop()
  await store.close()
})

test('after a new numbering only what is not known by its headers is fetched whole, and a changed body is never kept for the old one (R35)', async () => {
  const server = await imitate('qresync')
  for (let n = 1; n <= 60; n++) server.mail.add('INBOX', letter(`m${n}`))
  const store = await RealStore.make(server.port)
  const sync = store.follow()
  try {
    await store.untilIdle()
    const folder = server.mail.folder('INBOX')
    // Under the known Message-ID another message, as long as the first.
    server.mail.expunge('INBOX', [7])
    server.mail.add('INBOX', letter('m7').replace('To: ', 'To: x').replace('hello m7', 'hallo m'))
    server.mail.add('INBOX', letter('new'))
    folder.entries.reverse()
    server.mail.newValidity('INBOX')
    const whole: string[] = []
    server.world.script = ({ name, args }) => {
      if (name === 'UID FETCH' && args.includes('BODY.PEEK[]')) whole.push(args.split(' ')[0] ?? '')
      return false
    }
    server.dropAll()
    sync.wake()
    const found = (): number =>
      store.db.read.get<{ n: number }>(
        "SELECT count(*) AS n FROM locations l JOIN folders f ON f.id = l.folder_id WHERE f.path = 'INBOX' AND f.uid_validity = ?",
        String(folder.uidValidity),
      )?.n ?? 0
    await until(() => found() === 61, 'all found again')
    await until(() => store.db.read.get('SELECT 1 FROM folders WHERE former_of IS NOT NULL') === undefined, 'settled')
    const asked = whole.flatMap((set) =>
      set.split(',').flatMap((part) => {
        const [from = 0, to = from] = part.split(':').map(Number)
        return Array.from({ length: to - from + 1 }, (_, at) => from + at)
      }),
    )
    // The two that were added last stand first now.
    expect(asked.toSorted((a, b) => a - b)).toEqual([1, 2])
    const texts = store.db.read.all<{ subject: string; snippet: string; uid: number }>(
      'SELECT m.subject, m.snippet, l.uid FROM locations l JOIN messages m ON m.id = l.message_id ORDER BY l.uid LIMIT 3',
    )
    expect(texts).toEqual([
      { subject: 'new', snippet: 'hello new', uid: 1 },
      { subject: 'm7', snippet: 'hallo m', uid: 2 },
      { subject: 'm60', snippet: 'hello m60', uid: 3 },
    ])
  } finally {
    await sync.stop()
    await store.close()
  }
})
