import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PosternEvent } from '../../src-preload/contract'
import { DraftDesk } from '../../src-renderer/composer/draft-desk'
import { keepAll } from '../../src-renderer/state/closing'
import { useToasts } from '../../src-renderer/state/toast'

/** A store that can be away or full, and that has what it was given. */
let refusal: string | null
/** Why it takes no file. */
let attachRefusal: string | null
let beginning: Promise<unknown>
let kept: Map<string, unknown>
let listeners: ((event: PosternEvent) => void)[]
let attaching: Promise<void>
let sending: Promise<unknown>
let saving: Promise<unknown>
/** Words of the draft that the store has already. */
let words: { html: string; text: string }

const draft = {
  id: 7,
  kind: 'reply',
  mailboxId: 1,
  from: '',
  signed: true,
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  html: '',
  text: '',
  quote: null,
  files: [],
}

beforeEach(() => {
  refusal = null
  attachRefusal = null
  useToasts.getState().hide()
  beginning = Promise.resolve()
  kept = new Map()
  listeners = []
  attaching = Promise.resolve()
  sending = Promise.resolve()
  saving = Promise.resolve()
  words = { html: '', text: '' }
  const call = async (name: string, input: object) => {
    if (name === 'drafts.get') return { ok: true, value: { ...draft, ...input } }
    if (refusal !== null) return { ok: false, error: { code: refusal, message: '', detail: {} } }
    if (name === 'drafts.start' && 'kind' in input && input.kind === 'forward') await beginning
    if (name === 'drafts.start') {
      kept.set(name, input)
      return { ok: true, value: { ...draft, ...words, id: 'instead' in input ? 8 : 7 } }
    }
    if (name === 'drafts.save') await saving
    if (name === 'outbox.send') await sending
    if (name === 'drafts.attach') await attaching
    if (name === 'drafts.attach' && attachRefusal !== null)
      return { ok: false, error: { code: attachRefusal, message: '', detail: {} } }
    kept.set(name, input)
    return { ok: true, value: { id: 1, name: 'photo.png', size: 3 } }
  }
  const on = (listener: (event: PosternEvent) => void) => {
    listeners.push(listener)
    return () => (listeners = listeners.filter((one) => one !== listener))
  }
  vi.stubGlobal('window', { postern: { call, on } })
})
afterEach(() => vi.unstubAllGlobals())

const settled = () => new Promise((resolve) => setTimeout(resolve, 20))
const begin = (): DraftDesk =>
  new DraftDesk(() => ({ kind: 'reply', conversationId: 3, messageId: 4, visibleText: null }))
const storeIsBack = () => listeners.forEach((listener) => listener({ topic: 'store-back' }))

test('words are not lost when somebody leaves them while the store comes up again', async () => {
  const desk = begin()
  const leave = desk.open()
  desk.edit({ text: 'Two spokes' })
  refusal = 'service-restarting'
  leave()
  await settled()
  expect(kept.size).toBe(0)
  refusal = null
  storeIsBack()
  await settled()
  expect(kept.get('drafts.save')).toMatchObject({ id: 7, text: 'Two spokes' })
})

test('words that could not be kept when they were left are not lost at the end of the program', async () => {
  const desk = begin()
  const leave = desk.open()
  desk.edit({ text: 'Two spokes' })
  refusal = 'disk-full'
  leave()
  await settled()
  refusal = null
  await keepAll()
  expect(kept.get('drafts.save')).toMatchObject({ id: 7, text: 'Two spokes' })
})

test('words that were typed until the moment in which somebody left are not taken back when they return', async () => {
  const start = () => ({ kind: 'reply' as const, conversationId: 3, messageId: 4, visibleText: null })
  const desk = DraftDesk.for('conversation 3', null, start)
  const leave = desk.open()
  desk.edit({ text: 'Two spokes' })
  await desk.flush()
  desk.edit({ text: 'Two spokes, and a rim' })
  leave()
  await settled()
  // what the window knows of the conversation may still be of before
  const back = DraftDesk.for('conversation 3', 7, start)
  expect(back.snapshot()).toMatchObject({ draft: { id: 7 }, content: { text: 'Two spokes, and a rim' } })
  back.open()()
  await settled()
  expect(DraftDesk.for('conversation 3', null, start)).not.toBe(back)
})

test('a window does not close over a file that is being attached', async () => {
  const desk = begin()
  const leave = desk.open()
  const { promise, resolve } = Promise.withResolvers<void>()
  attaching = promise
  void desk.attach(new File(['abc'], 'photo.png', { type: 'image/png' }))
  let closes = false
  const closing = keepAll().then(() => (closes = true))
  await settled()
  expect(closes).toBe(false)
  resolve()
  await closing
  expect(kept.get('drafts.attach')).toMatchObject({ name: 'photo.png' })
  leave()
})

test('a file that is too large is not read into the window, nor those that make it too much together', async () => {
  const desk = begin()
  const read = vi.fn<() => Promise<ArrayBuffer>>(async () => new ArrayBuffer(3))
  const film = (bytes: number): File =>
    Object.defineProperties(new File([], 'film.mp4'), { size: { value: bytes }, arrayBuffer: { value: read } })
  await desk.attach(film(3 * 2 ** 30))
  expect(read).not.toHaveBeenCalled()
  expect(desk.snapshot().uploads).toMatchObject([{ name: 'film.mp4', error: { code: 'too-large' } }])
  await Promise.all([desk.attach(film(40 * 2 ** 20)), desk.attach(film(40 * 2 ** 20))])
  expect(read).toHaveBeenCalledTimes(1)
})

test('a message does not leave without a picture that had no room on the disk while Send waited for it', async () => {
  const desk = begin()
  desk.edit({ html: '<p>Look</p>', text: 'Look' })
  await desk.flush()
  const { promise, resolve } = Promise.withResolvers<void>()
  void desk.awaits(promise.then(() => void desk.attach(new File(['abc'], 'rim.png', { type: 'image/png' }))))
  const sent = desk.send({ thenStatus: 'closed' })
  await settled()
  attachRefusal = 'disk-full'
  resolve()
  await expect(sent).rejects.toMatchObject({ code: 'disk-full' })
  expect(kept.has('outbox.send')).toBe(false)
  expect(desk.snapshot()).toMatchObject({ draft: { id: 7 }, content: { text: 'Look' }, uploads: [{ name: 'rim.png' }] })
  // Whoever has read that sends it without.
  await desk.send({ thenStatus: 'closed' })
  expect(kept.has('outbox.send')).toBe(true)
})

test('a file that could not be attached once its place was left is not missing without a word', async () => {
  const desk = begin()
  const leave = desk.open()
  const { promise, resolve } = Promise.withResolvers<void>()
  attaching = promise
  void desk.attach(new File(['abc'], 'rim.png', { type: 'image/png' }))
  await settled()
  leave()
  attachRefusal = 'disk-full'
  resolve()
  await settled()
  expect(useToasts.getState().toast).toMatchObject({ kind: 'bad', text: expect.stringContaining('rim.png') })
})

test('a folder, and a file that is gone, are not called a fault of the program', async () => {
  const desk = begin()
  const folder = new File([], 'Bikes')
  Object.defineProperty(folder, 'arrayBuffer', {
    value: () => Promise.reject(new DOMException('gone', 'NotFoundError')),
  })
  await desk.attach(folder)
  expect(desk.snapshot().uploads).toMatchObject([{ name: 'Bikes', error: { code: 'file-unreadable' } }])
})

const forward = () => ({ kind: 'forward' as const, conversationId: 3, messageId: 4, visibleText: null })

test('words are not lost when an answer is to become a forward that cannot be begun', async () => {
  const desk = begin()
  desk.edit({ html: '<p>Two spokes</p>', text: 'Two spokes' })
  await desk.flush()
  refusal = 'offline'
  await expect(desk.turn(forward)).rejects.toMatchObject({ code: 'offline' })
  expect(desk.snapshot()).toMatchObject({ draft: { id: 7 }, content: { text: 'Two spokes' }, saving: 'saved' })
  refusal = null
  desk.edit({ text: 'Two spokes, and a rim' })
  await desk.flush()
  expect(kept.get('drafts.save')).toMatchObject({ id: 7, text: 'Two spokes, and a rim' })
})

test('what is written while an answer becomes a forward goes along, and is not kept in the draft that goes', async () => {
  const desk = begin()
  desk.edit({ html: '<p>Two</p>', text: 'Two' })
  await desk.flush()
  let go: (value: unknown) => void = () => undefined
  beginning = new Promise((resolve) => (go = resolve))
  const turned = desk.turn(forward)
  await settled()
  desk.edit({ html: '<p>Two spokes</p>', text: 'Two spokes' })
  const saved = desk.flush()
  await settled()
  expect(kept.get('drafts.save')).toMatchObject({ id: 7, text: 'Two' })
  go(null)
  await Promise.all([turned, saved])
  expect(kept.get('drafts.start')).toMatchObject({ kind: 'forward', instead: 7 })
  expect(desk.snapshot()).toMatchObject({ draft: { id: 8 }, content: { text: 'Two spokes' } })
  await desk.flush()
  expect(kept.get('drafts.save')).toMatchObject({ id: 8, text: 'Two spokes' })
})

const choice = { thenStatus: 'closed' as const }

test('words typed while a message is being queued are not lost: they are in a draft of their own', async () => {
  const desk = begin()
  desk.edit({ html: '<p>Two</p>', text: 'Two' })
  let go: (value: unknown) => void = () => undefined
  sending = new Promise((resolve) => (go = resolve))
  const sent = desk.send(choice)
  await settled()
  desk.edit({ html: '<p>Two spokes</p>', text: 'Two spokes' })
  const flushed = desk.flush()
  await settled()
  expect(kept.get('drafts.save')).toMatchObject({ text: 'Two' })
  go(null)
  await Promise.all([sent, flushed])
  expect(desk.snapshot().content).toMatchObject({ text: 'Two spokes' })
  await desk.flush()
  expect(kept.get('drafts.save')).toMatchObject({ text: 'Two spokes' })
})

test('words typed while the ones before are being kept are not missing from the message that is sent', async () => {
  const desk = begin()
  desk.edit({ html: '<p>Two</p>', text: 'Two' })
  let go: (value: unknown) => void = () => undefined
  saving = new Promise((resolve) => (go = resolve))
  const sent = desk.send(choice)
  await settled()
  desk.edit({ html: '<p>Two spokes</p>', text: 'Two spokes' })
  go(null)
  await sent
  expect(kept.get('drafts.save')).toMatchObject({ text: 'Two spokes' })
  expect(desk.snapshot()).toMatchObject({ draft: null, content: {}, saving: 'clean' })
})

test('an answer that was taken back is not overwritten by words that were begun meanwhile', async () => {
  const desk = begin()
  words = { html: '<p>Two spokes</p>', text: 'Two spokes' }
  const before = desk.snapshot().loaded
  desk.edit({ html: '<p>Also</p>', text: 'Also' })
  await desk.flush()
  expect(kept.get('drafts.save')).toMatchObject({
    id: 7,
    html: '<p>Two spokes</p><p>Also</p>',
    text: 'Two spokes\n\nAlso',
  })
  // The editor shows them too.
  expect(desk.snapshot().loaded).toBe(before + 1)
})

test('an answer that was taken back is not overwritten when it is begun as a forward just then', async () => {
  const desk = begin()
  words = { html: '<p>Two spokes</p>', text: 'Two spokes' }
  desk.edit({ html: '<p>Also</p>', text: 'Also' })
  await desk.turn(forward)
  expect(desk.snapshot().content).toMatchObject({ text: 'Two spokes\n\nAlso' })
})

test('the last words before a draft is discarded are not missing when that is taken back', async () => {
  const desk = begin()
  desk.edit({ html: '<p>Two</p>', text: 'Two' })
  await desk.flush()
  desk.edit({ html: '<p>Two spokes</p>', text: 'Two spokes' })
  await desk.discard()
  expect(kept.get('drafts.save')).toMatchObject({ text: 'Two spokes' })
})

test('who comes back while the last words are still being kept does not find older ones', async () => {
  const desk = new DraftDesk(forward, 'conversation 3')
  const leave = desk.open()
  desk.edit({ text: 'Two' })
  await desk.flush()
  let go: (value: unknown) => void = () => undefined
  saving = new Promise((resolve) => (go = resolve))
  desk.edit({ text: 'Two spokes' })
  leave()
  await settled()
  expect(DraftDesk.for('conversation 3', 7, forward).snapshot().content).toMatchObject({ text: 'Two spokes' })
  vi.useFakeTimers()
  go(null)
  // what the window knows of the conversation may be of before for some seconds more
  await vi.advanceTimersByTimeAsync(20_000)
  expect(DraftDesk.for('conversation 3', 7, forward)).toBe(desk)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(DraftDesk.for('conversation 3', 7, forward)).not.toBe(desk)
  vi.useRealTimers()
})

test('a message is not sent without the picture that is still being read into its text', async () => {
  const desk = new DraftDesk(() => ({
    kind: 'new',
    conversationId: null,
    messageId: null,
    mailboxId: 1,
    visibleText: null,
  }))
  desk.edit({ html: '<p>Look</p>', text: 'Look' })
  let read: () => void = () => undefined
  const reading = new Promise<void>((resolve) => (read = resolve))
  void desk.awaits(reading.then(() => desk.edit({ html: '<p>Look <img></p>', text: 'Look' })))
  const sent = desk.send({ thenStatus: 'open' })
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(kept.has('outbox.send')).toBe(false)
  read()
  await sent
  expect(kept.get('drafts.save')).toMatchObject({ html: '<p>Look <img></p>' })
})

test('a picture that could not be read into the text holds up neither leaving nor sending', async () => {
  const desk = new DraftDesk(() => ({
    kind: 'new',
    conversationId: null,
    messageId: null,
    mailboxId: 1,
    visibleText: null,
  }))
  desk.edit({ html: '<p>Look</p>', text: 'Look' })
  desk.awaits(Promise.reject(new Error('not readable'))).catch(() => undefined)
  await desk.send({ thenStatus: 'open' })
  expect(kept.has('outbox.send')).toBe(true)
})

test('words that cannot be kept are not replaced by another draft, and those that can be are kept before', async () => {
  const desk = begin()
  desk.edit({ text: 'Two spokes' })
  refusal = 'disk-full'
  expect(await desk.turnTo(9, () => true)).toBeNull()
  expect(desk.snapshot()).toMatchObject({ saving: 'failed', content: { text: 'Two spokes' } })
  refusal = null
  expect(await desk.turnTo(9, () => true)).toMatchObject({ id: 9 })
  expect(kept.get('drafts.save')).toMatchObject({ id: 7, text: 'Two spokes' })
  expect(desk.snapshot()).toMatchObject({ draft: { id: 9 }, saving: 'saved', content: { text: '' } })
})

test('a draft that is not wanted any more once it is there takes no place', async () => {
  const desk = begin()
  desk.edit({ text: 'Two spokes' })
  expect(await desk.turnTo(9, () => false)).toBeNull()
  expect(desk.snapshot()).toMatchObject({ draft: { id: 7 }, content: { text: 'Two spokes' } })
})
