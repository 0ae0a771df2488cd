import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeOf, Harness } from '../helpers'

let store: Harness
beforeEach(async () => {
  store = await Harness.make()
})
afterEach(() => store.stop())

const bytes = new Uint8Array([1, 2, 3])

/** A conversation whose one message has a file, and an answer to it that was begun. */
async function begun(kind: 'reply' | 'forward') {
  const { folders } = await store.mailbox()
  await store.put(folders['INBOX'] ?? 0, { from: 'priya@cycle.test', files: [{ name: 'receipt.pdf' }] })
  const conversationId = (await store.list())[0]?.id ?? 0
  store.parts = () => ({ type: 'text/plain', bytes: Buffer.from('paid') })
  const at = { conversationId, messageId: null }
  const draft = await store.call('drafts.start', { kind, ...at })
  await store.call('drafts.attach', { id: draft.id, name: 'plan.pdf', type: 'application/pdf', bytes })
  return { at, draft }
}
const names = (draft: { files: readonly { name: string }[] }) => draft.files.map(({ name }) => name)

test('a file that was attached is not lost when an answer becomes one to all or a forward, and no file that is passed on goes to the customer', async () => {
  const { at, draft } = await begun('reply')
  const forward = await store.call('drafts.start', { kind: 'forward', ...at, instead: draft.id })
  expect(names(forward).toSorted()).toEqual(['plan.pdf', 'receipt.pdf'])
  expect(await codeOf(store.call('drafts.get', { id: draft.id }))).toBe('conflict')
  expect((await store.call('drafts.list', {})).drafts.map(({ id }) => id)).toEqual([forward.id])
  const reply = await store.call('drafts.start', { kind: 'reply-all', ...at, instead: forward.id })
  expect(reply.kind).toBe('reply-all')
  expect(names(reply)).toEqual(['plan.pdf'])
})

test('an answer that cannot become a forward stays as it is', async () => {
  const { at, draft } = await begun('reply')
  store.parts = () => {
    throw new Error('gone')
  }
  await expect(store.call('drafts.start', { kind: 'forward', ...at, instead: draft.id })).rejects.toThrow()
  expect(names(await store.call('drafts.get', { id: draft.id }))).toEqual(['plan.pdf'])
  // One that was sent or thrown away meanwhile has no place to give.
  await store.call('drafts.discard', { id: draft.id })
  expect(await codeOf(store.call('drafts.start', { kind: 'reply-all', ...at, instead: draft.id }))).toBe('conflict')
  expect((await store.call('drafts.list', {})).drafts).toEqual([])
})

test('an answer that was thrown away comes back also where another one was begun since, and none of the two is lost', async () => {
  const { at, draft } = await begun('reply')
  const { undo } = await store.call('drafts.discard', { id: draft.id })
  const other = await store.call('drafts.start', { kind: 'reply', ...at })
  await store.call('drafts.save', { ...other, text: 'Another' })
  await store.call('acts.undo', { undo })
  const open = async () => (await store.call('drafts.list', {})).drafts.map(({ id }) => id).toSorted((a, b) => a - b)
  expect(await open()).toEqual([draft.id, other.id])
  // The one that is being written becomes one to all; the other stays as it is.
  const toAll = await store.call('drafts.start', { kind: 'reply-all', ...at, instead: other.id })
  expect(await open()).toEqual([draft.id, toAll.id])
  await store.restart()
  expect(await open()).toEqual([draft.id, toAll.id])
})

test('a waiting answer that was thrown away comes back also where another one was begun since', async () => {
  const { at, draft } = await begun('reply')
  await store.call('settings.set', { undoSeconds: 60 })
  const { outboxId } = await store.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })
  const { undo } = await store.call('outbox.discard', { id: outboxId })
  const other = await store.call('drafts.start', { kind: 'reply', ...at })
  await store.call('acts.undo', { undo })
  expect((await store.call('drafts.list', {})).drafts.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([
    draft.id,
    other.id,
  ])
})
