import { expect, test } from 'vitest'
import type { Transfer } from '../../src-preload/contract'
import { hasFiles, hasMail, resultText } from '../../src-renderer/settings/transfer-words'

const over: Transfer = {
  id: 1,
  kind: 'export',
  state: 'done',
  name: 'Help 2026-11-20',
  mailboxId: 1,
  done: 900,
  total: 900,
  messages: 900,
  duplicates: 0,
  unreadable: 0,
  left: 0,
  waiting: 0,
  files: true,
  error: null,
  startedAt: 0,
  endedAt: 1,
}

test('an export that failed or was cancelled with nothing written offers no folder and says that nothing is there', () => {
  for (const end of [{ state: 'failed', error: 'disk-full' }, { state: 'cancelled' }] as const) {
    const nothing = { ...over, ...end, done: 0, messages: 0 }
    expect(hasFiles(nothing)).toBe(false)
    expect(resultText(nothing)).toMatch(/No message was exported\. A file that was not whole was removed\.$/)
  }
})

test('a part of an export is never told as if it were all', () => {
  const part = { ...over, state: 'cancelled', done: 120, messages: 120 } as const
  expect(hasFiles(part)).toBe(true)
  expect(resultText(part)).toBe('120 of 900 messages are in the folder. A file that was not whole was removed.')
  expect(resultText(over)).toBe('900 messages')
})

test('an export that ended with the program is not told as a service that stays off', () => {
  const broken = { ...over, state: 'failed', error: 'service-stopped', done: 0, messages: 0 } as const
  expect(hasFiles(broken)).toBe(true)
  expect(resultText(broken)).toBe('Postern ended before the export did. The folder holds only a part of the mail.')
})

test('an import keeps its counts, whatever it ended with', () => {
  expect(resultText({ ...over, kind: 'import', state: 'failed', error: 'not-found', messages: 0 })).toBe(
    'No mail was found in what you chose. 0 messages',
  )
  expect(hasFiles({ ...over, kind: 'import' })).toBe(false)
})

test('an import that was cancelled with nothing taken in offers nothing to show', () => {
  const nothing = { ...over, kind: 'import', messages: 0 } as const
  expect(hasMail({ ...nothing, state: 'cancelled' })).toBe(false)
  expect(hasMail({ ...nothing, state: 'failed', error: 'not-found' })).toBe(false)
  expect(hasMail({ ...nothing, state: 'cancelled', messages: 3 })).toBe(true)
  // All of it was here already.
  expect(hasMail({ ...nothing, state: 'done', duplicates: 9 })).toBe(true)
  expect(hasMail(over)).toBe(false)
})

test('an export of which nothing is left offers no folder, and says why there is none', () => {
  const nothing = { ...over, state: 'failed', messages: 0, done: 5, left: 5, files: false } as const
  expect(hasFiles(nothing)).toBe(false)
  expect(resultText(nothing)).toBe(
    'No message was exported, and no folder was left. 5 messages are on the server only and were left out',
  )
  const broken = { ...nothing, error: 'service-stopped', left: 0 } as const
  expect(hasFiles(broken)).toBe(false)
  expect(resultText(broken)).toBe('Postern ended before the export did. No message was exported.')
})
