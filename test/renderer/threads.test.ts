import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openConversation, openConversationId } from '../../src-renderer/state/places'
import { mergeConversations } from '../../src-renderer/state/threads'
import { useToasts } from '../../src-renderer/state/toast'

const answers: Readonly<Record<string, unknown>> = {
  'threads.merge': { conversationId: 2, undo: 'token' },
  'acts.undo': { left: 0 },
}
/** A text that has the focus. */
class Text {
  readonly isContentEditable = true
}
beforeEach(() => {
  vi.stubGlobal('window', { postern: { call: (name: string) => Promise.resolve({ ok: true, value: answers[name] }) } })
  vi.stubGlobal('HTMLElement', Text)
  vi.stubGlobal('document', { activeElement: null })
  openConversation(1)
})
afterEach(() => vi.unstubAllGlobals())

async function mergeThenUndo(meanwhile: () => void): Promise<void> {
  await mergeConversations([1], 2)
  expect(openConversationId()).toBe(2)
  meanwhile()
  expect(useToasts.getState().undo()).toBe(true)
  await vi.waitFor(() => expect(useToasts.getState().toast?.text).toMatch(/taken back|undone/i))
}

test('a merge that is taken back does not leave another conversation open than before', async () => {
  await mergeThenUndo(() => undefined)
  expect(openConversationId()).toBe(1)
})

test('a merge that is taken back takes nobody away from where they went since', async () => {
  await mergeThenUndo(() => openConversation(3))
  expect(openConversationId()).toBe(3)
})

test('a merge that is taken back does not put another conversation under the hand of who writes', async () => {
  await mergeThenUndo(() => vi.stubGlobal('document', { activeElement: new Text() }))
  expect(openConversationId()).toBe(2)
})
