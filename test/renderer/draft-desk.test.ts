import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PosternEvent } from '../../src-preload/contract'
import { DraftDesk } from '../../src-renderer/composer/draft-desk'
import { keepAll } from '../../src-renderer/state/closing'

/** A store that can be away or full, and that has what it was given. */
let refusal: string | null
let kept: Map<string, unknown>
let listeners: ((event: PosternEvent) => void)[]
let attaching: Promise<void>

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
  kept = new Map()
  listeners = []
  attaching = Promise.resolve()
  const call = async (name: string, input: object) => {
    if (refusal !== null) return { ok: false, error: { code: refusal, message: '', detail: {} } }
    if (name === 'drafts.start') return { ok: true, value: draft }
    if (name === 'drafts.attach') await attaching
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
