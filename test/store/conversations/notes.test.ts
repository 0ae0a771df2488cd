import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeOf, Harness } from '../helpers'

let store: Harness
let inbox: number
beforeEach(async () => {
  store = await Harness.make()
  inbox = (await store.mailbox()).folders['INBOX'] ?? 0
})
afterEach(() => store.stop())

test('a note is not lost by a restart or by joining conversations, and is no message', async () => {
  await store.put(inbox, { from: 'h@x.test', subject: 'Bell', id: 'a@x' })
  await store.put(inbox, { from: 'h@x.test', subject: 'Horn', id: 'b@x' })
  const [horn, bell] = await store.list()
  await store.call('notes.add', { conversationId: bell?.id ?? 0, text: 'Same batch as the recall.' })
  await store.call('notes.add', { conversationId: horn?.id ?? 0, text: 'Call her.' })
  await store.put(inbox, { from: 'h@x.test', id: 'c@x', references: ['a@x', 'b@x'] })
  await store.restart()
  const joined = await store.call('conversations.get', { id: bell?.id ?? 0 })
  expect(joined.notes.map(({ text, author }) => [text, author])).toEqual([
    ['Same batch as the recall.', 'Ada'],
    ['Call her.', 'Ada'],
  ])
  expect(joined.messages).toHaveLength(3)
  expect(joined.outbox).toEqual([])
})

test('an empty note and a note on nothing are refused', async () => {
  expect(await codeOf(store.call('notes.add', { conversationId: 99, text: 'x' }))).toBe('not-found')
  expect(await codeOf(store.call('notes.add', { conversationId: 99, text: '  ' }))).toBe('invalid-input')
})

/** Two conversations with a note begun in each, made one while the first is on screen. */
async function merged(): Promise<{ id: number; kept: () => Promise<string> }> {
  await store.put(inbox, { from: 'h@x.test', subject: 'Bell', id: 'a@x' })
  await store.put(inbox, { from: 'h@x.test', subject: 'Lamp', id: 'd@x' })
  const [lamp = 0, bell = 0] = (await store.list()).map((row) => row.id)
  await store.call('notes.keepDraft', { conversationId: bell, text: 'It rings.' })
  await store.call('notes.keepDraft', { conversationId: lamp, text: 'It flickers. It rings.' })
  await store.call('threads.merge', { ids: [bell, lamp], into: bell })
  return { id: bell, kept: async () => (await store.call('notes.draft', { conversationId: bell })).text }
}

test('who goes on writing a note does not write over the words that a merge brought to it', async () => {
  const { id, kept } = await merged()
  const next = { conversationId: id, text: 'It rings. Twice.' }
  const both = 'It flickers. It rings.\n\nIt rings. Twice.'
  expect((await store.call('notes.keepDraft', { ...next, over: ['It rings.'] })).text).toBe(both)
  // The answer was lost, and more was typed.
  const more = { conversationId: id, text: 'It rings. Twice. Or more.', over: ['It rings.', next.text] }
  expect((await store.call('notes.keepDraft', more)).text).toBe(`${both} Or more.`)
  expect(await kept()).toBe(`${both} Or more.`)
  // Seen, and taken out by a person.
  await store.call('notes.keepDraft', { conversationId: id, text: '', over: [`${both} Or more.`] })
  expect(await kept()).toBe('')
})

test('a note that is added takes no words along that its writer has not seen, and taken back none that were begun since', async () => {
  const { id, kept } = await merged()
  const { undo } = await store.call('notes.add', { conversationId: id, text: 'It rings. Twice.', over: ['It rings.'] })
  expect(await kept()).toBe('It flickers. It rings.')
  await store.call('acts.undo', { undo: undo ?? '' })
  expect(await kept()).toBe('It rings. Twice.\n\nIt flickers. It rings.')
  expect((await store.call('conversations.get', { id })).notes).toEqual([])
})

test('a note longer than one is not refused, and loses no word', async () => {
  await store.put(inbox, { from: 'h@x.test', subject: 'Bell' })
  const id = (await store.list())[0]?.id ?? 0
  // No blank to part it at, and letters of two code units.
  const long = 'x' + '😀'.repeat(60_000)
  await store.call('notes.keepDraft', { conversationId: id, text: long })
  const { undo } = await store.call('notes.add', { conversationId: id, text: long })
  const { notes } = await store.call('conversations.get', { id })
  expect(notes.map(({ text }) => text.replace(/^\(\d\/\d\)\n/u, '')).join('') === long).toBe(true)
  await store.call('acts.undo', { undo: undo ?? '' })
  expect((await store.call('conversations.get', { id })).notes).toEqual([])
  expect((await store.call('notes.draft', { conversationId: id })).text === long).toBe(true)
})

test('new words for a note that are longer than one are not refused, and no word of them is lost', async () => {
  await store.put(inbox, { from: 'h@x.test', subject: 'Bell' })
  const id = (await store.list())[0]?.id ?? 0
  const { noteId } = await store.call('notes.add', { conversationId: id, text: 'It rings.' })
  const long = 'x' + '😀'.repeat(60_000)
  const { undo } = await store.call('notes.edit', { noteId, text: long })
  const { notes } = await store.call('conversations.get', { id })
  expect(notes[0]).toMatchObject({ noteId, edited: true })
  expect(notes.map(({ text }) => text.replace(/^\(\d\/\d\)\n/u, '')).join('') === long).toBe(true)
  await store.call('acts.undo', { undo })
  expect((await store.call('conversations.get', { id })).notes).toMatchObject([{ noteId, text: 'It rings.' }])
})

test('a long note about a customer is not refused', async () => {
  await store.put(inbox, { from: 'h@x.test', subject: 'Bell' })
  const id = (await store.list())[0]?.id ?? 0
  const { customerId } = await store.call('conversations.get', { id })
  const note = 'Pays by invoice. '.repeat(5_000)
  await store.call('customers.update', { id: customerId ?? 0, note })
  expect((await store.call('customers.get', { id: customerId ?? 0 })).note === note).toBe(true)
})

test('a mailbox is removed with its notes', async () => {
  await store.put(inbox, { from: 'h@x.test', subject: 'Bell' })
  const id = (await store.list())[0]?.id ?? 0
  await store.call('notes.add', { conversationId: id, text: 'x' })
  await store.app.call('mailbox.remove', { id: 1 })
  await expect
    .poll(
      () =>
        store.db.read.get<{ n: number }>('SELECT (SELECT count(*) FROM mailboxes) + (SELECT count(*) FROM notes) AS n')
          ?.n,
      { timeout: 10_000 },
    )
    .toBe(0)
})

test('words of a note that was not added yet are not lost when mail makes its conversation one with another', async () => {
  await store.put(inbox, { from: 'h@x.test', subject: 'Bell', id: 'a@x' })
  await store.put(inbox, { from: 'h@x.test', subject: 'Horn', id: 'b@x' })
  const [horn, bell] = (await store.list()).map(({ id }) => id)
  await store.call('notes.keepDraft', { conversationId: horn ?? 0, text: 'She called twice.' })
  await store.put(inbox, { from: 'h@x.test', id: 'c@x', references: ['a@x', 'b@x'] })
  const draft = async () => (await store.call('notes.draft', { conversationId: bell ?? 0 })).text
  expect(await draft()).toBe('She called twice.')
  await store.put(inbox, { from: 'h@x.test', subject: 'Lamp', id: 'd@x' })
  const lamp = (await store.list()).find(({ subject }) => subject === 'Lamp')?.id ?? 0
  await store.call('notes.keepDraft', { conversationId: lamp, text: 'It flickers.' })
  await store.call('threads.merge', { ids: [bell ?? 0, lamp], into: bell ?? 0 })
  expect(await draft()).toBe('She called twice.\n\nIt flickers.')
})
