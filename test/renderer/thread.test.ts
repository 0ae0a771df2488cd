import { expect, test } from 'vitest'
import type { Message } from '../../src-preload/contract'
import { arrange } from '../../src-renderer/conversation/arrange'
import { dangerOf, isPreviewable } from '../../src-renderer/conversation/file-kind'
import { answeredMessage } from '../../src-renderer/state/answered'
import { isFromFrame, isFromPdf } from '../../src-renderer/mail-frame/protocol'

const message = (id: number): Message => ({
  id,
  conversationId: 1,
  direction: 'in',
  from: { name: '', address: 'a@b.example' },
  fromSuspicious: false,
  replyTo: [],
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  date: id * 1000,
  snippet: '',
  seen: true,
  autoKind: 'none',
  returned: false,
  attachments: [],
  remoteCount: 0,
  remoteAllowed: false,
  part: 'whole',
  rawSize: 1,
  newSubject: false,
  elsewhere: false,
  lies: null,
  unreadable: null,
  answerFrom: null,
  body: null,
})
const shape = (count: number, open: number[], events: number[] = [], notes: number[] = []) =>
  arrange(
    Array.from({ length: count }, (_, i) => message(i + 1)),
    events.map((at) => ({ at, kind: 'closed' as const, by: '', detail: '', takenBack: false, act: null })),
    notes.map((at) => ({
      noteId: 1,
      conversationId: 1,
      at,
      author: 'Bo',
      text: '',
      edited: false,
      twoVersions: false,
    })),
    (id) => open.includes(id),
  ).map((item) =>
    item.kind === 'message' ? item.message.id : item.kind === 'run' ? `run${item.ids.length}` : item.kind,
  )

test('a thread of 500 messages does not draw 500 rows', () => {
  expect(shape(500, [498, 499, 500])).toEqual([1, 'run496', 498, 499, 500])
  expect(shape(5, [3, 4, 5])).toEqual([1, 2, 3, 4, 5])
})
test('no open message is put away, and no event after the last message', () => {
  expect(shape(20, [10, 20], [20_500])).toEqual([1, 'run8', 10, 11, 'run8', 20, 'event'])
})
test('no note is put away among folded messages', () => {
  expect(shape(20, [20], [], [10_500])).toEqual([1, 'run9', 'note', 11, 'run8', 20])
})
test('a file that can do harm is not previewed, and its kind is told', () => {
  expect(isPreviewable({ type: 'image/svg+xml', dangerous: true })).toBe(false)
  expect(isPreviewable({ type: 'image/svg+xml', dangerous: false })).toBe(false)
  expect(isPreviewable({ type: 'image/png', dangerous: true })).toBe(false)
  expect(
    ['a.exe', 'page.html', 'x.docm', 'y.zip', 'z.lnk', 'x.svg', 'setup.JS', 'unknown'].map((name) =>
      dangerOf({ name, type: '' }),
    ),
  ).toEqual(['program', 'page', 'office', 'archive', 'link', 'page', 'program', 'other'])
})
test('what does not have the form of a message from the mail frame is not listened to (R6)', () => {
  for (const bad of [
    null,
    1,
    'ready',
    {},
    { type: 'link', n: 1 },
    { type: 'link', n: 1, url: 1, text: '' },
    { type: 'height', n: 1, height: Number.NaN },
    { type: 'shown', n: 1, height: 1, remote: [1] },
    { type: 'key', n: 1, key: 'a' },
    { type: 'evil', n: 1 },
  ])
    expect(isFromFrame(bad)).toBe(false)
  expect(isFromFrame({ type: 'shown', n: 1, height: 10, remote: ['https://a.example/x'] })).toBe(true)
  for (const bad of [null, 'ready', {}, { type: 'failed' }, { type: 'failed', why: 'evil' }, { type: 'evil' }])
    expect(isFromPdf(bad)).toBe(false)
  expect(isFromPdf({ type: 'failed', why: 'locked' })).toBe(true)
})

test('an answer goes to no machine while a person is there to be answered', () => {
  const [anna, away, ours] = [
    message(1),
    { ...message(2), autoKind: 'auto-reply' as const },
    { ...message(3), direction: 'out' as const },
  ]
  expect(answeredMessage([anna, away, ours])?.id).toBe(1)
  expect(answeredMessage([ours, away])?.id).toBe(3)
  expect(answeredMessage([away])?.id).toBe(2)
})
