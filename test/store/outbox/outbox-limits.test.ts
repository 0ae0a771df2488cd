import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Harness, parsed } from '../helpers'
import { newDeviceSecret } from '../../../src-main/crypto/device-keys'
import { claim } from '../../../src-main/store/outbox/outbox-queue'
import { send } from '../../../src-main/store/outbox/send'
import { Workspace } from '../../../src-main/store/workspace'

let store: Harness
let mailboxId: number
beforeEach(async () => {
  store = await Harness.make()
  mailboxId = (await store.mailbox()).id
  await store.call('settings.set', { undoSeconds: 0 })
})
afterEach(() => store.stop())

async function queued(people: number, text = 'Hi'): Promise<number> {
  const made = await store.call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
  await store.call('drafts.save', {
    ...made,
    to: Array.from({ length: people }, (_, n) => ({ name: '', address: `c${n}@x.test` })),
    text,
  })
  return (await store.call('outbox.send', { draftId: made.id, thenStatus: 'open' })).outboxId
}
async function composedNow(id: number, job: { messageId: string; posternId: string } | null): Promise<void> {
  await store.mail.call('outbox.composed', {
    id,
    raw: Buffer.from(`raw ${id}`),
    message: parsed({
      from: 'support@acme.test',
      id: job?.messageId ?? '',
      posternId: job?.posternId ?? '',
      to: ['c0@x.test'],
    }),
  })
}
const accept = (id: number, more: { refused?: string[]; later?: string[] } = {}) =>
  store.mail.call('outbox.settle', {
    id,
    state: 'sent',
    error: null,
    serverLine: '250 2.0.0 queued',
    refused: [],
    ...more,
  })
const item = async (id: number) => (await store.call('outbox.list', {})).items.find((one) => one.id === id)

describe("providers' limits", () => {
  test('more messages than a minute allows wait their turn, visibly, and are not refused', async () => {
    for (let n = 0; n < 3; n++) await queued(1)
    for (let n = 0; n < 2; n++) {
      const { job } = await store.claim(mailboxId, { perMinute: 2 })
      await accept(job?.id ?? 0)
    }
    const { job, nextDueAt } = await store.claim(mailboxId, { perMinute: 2 })
    expect(job).toBeNull()
    expect(nextDueAt).toBeGreaterThan(Date.now() + 50_000)
    expect((await store.call('outbox.list', {})).items).toMatchObject([{ state: 'queued', error: 'rate-limited' }])
  })

  test('what left while the clock was a month ahead does not keep anything from leaving until that month is over', async () => {
    const now = Date.now()
    vi.useFakeTimers({ toFake: ['Date'], now: now + 30 * 24 * 3_600_000 })
    try {
      for (let n = 0; n < 2; n++) {
        await queued(1)
        await accept((await store.claim(mailboxId, { perMinute: 2 })).job?.id ?? 0)
      }
      vi.setSystemTime(now)
      const id = await queued(1)
      expect((await store.claim(mailboxId, { perMinute: 2, recipientsPerDay: 2 })).job?.id).toBe(id)
      expect(await store.call('mailboxes.sending', { id: mailboxId })).toMatchObject({ lastMinute: 0, lastDay: 0 })
    } finally {
      vi.useRealTimers()
    }
  })

  test("what is used, what waits and until when stands beside the limits; own limits take the place of the provider's", async () => {
    for (let n = 0; n < 2; n++) await queued(3)
    await accept((await store.claim(mailboxId, { perMinute: 1, recipientsPerDay: 50 })).job?.id ?? 0)
    await store.claim(mailboxId, { perMinute: 1, recipientsPerDay: 50 })
    const facts = await store.call('mailboxes.sending', { id: mailboxId })
    expect(facts).toMatchObject({
      accountId: mailboxId,
      known: { perMinute: 120 },
      limits: { perMinute: 1, recipientsPerDay: 50 },
      lastMinute: 1,
      lastDay: 3,
      waiting: 1,
    })
    expect(facts.nextAt).toBeGreaterThan(Date.now())
    await store.call('mailboxes.setIdentity', { id: mailboxId, limits: null })
    expect((await store.call('mailboxes.sending', { id: mailboxId })).limits).toEqual(facts.known)
  })

  test('more recipients than one try allows get it in several, each of them once', async () => {
    const id = await queued(25)
    const got: string[] = []
    for (let n = 0; n < 3; n++) {
      const { job } = await store.claim(mailboxId, { recipients: 10 })
      if (n === 0) await composedNow(id, job)
      got.push(...(job?.envelope ?? []))
      await accept(id)
      if (n === 1)
        expect(await item(id)).toMatchObject({
          state: 'queued',
          left: ['c20@x.test', 'c21@x.test', 'c22@x.test', 'c23@x.test', 'c24@x.test'],
        })
    }
    expect(new Set(got).size).toBe(25)
    expect(got).toHaveLength(25)
    expect(await item(id)).toBeUndefined()
  })

  test('what a colleague or another program sent counts too, as soon as its copy lies in Sent, once and for a day', async () => {
    const { id: other, folders } = await store.mailbox('second@acme.test')
    // Two copies of one message bear one date.
    const now = Date.now()
    const copy = (id: string, hours: number) => ({
      from: 'second@acme.test',
      id,
      to: ['a@x.test', 'B@x.test'],
      cc: ['b@x.test'],
      date: now - hours * 3_600_000,
    })
    await store.put(folders['INBOX'] ?? 0, { from: 'c@x.test', id: 'theirs@x.test', to: ['second@acme.test'] })
    for (const sent of [copy('today@x.test', 2), copy('long-ago@x.test', 25), copy('today@x.test', 2)])
      await store.put(folders['Sent'] ?? 0, sent)
    expect(await store.call('mailboxes.sending', { id: other })).toMatchObject({ lastMinute: 0, lastDay: 2 })
    expect(await store.call('mailboxes.sending', { id: mailboxId })).toMatchObject({ lastDay: 0 })
  })

  test("a day's recipients are not exceeded", async () => {
    const id = await queued(5)
    const { job } = await store.claim(mailboxId, { recipientsPerDay: 3 })
    expect(job?.envelope).toHaveLength(3)
    await composedNow(id, job)
    await accept(id)
    expect(await store.claim(mailboxId, { recipientsPerDay: 3 })).toMatchObject({ job: null })
    expect((await item(id))?.dueAt).toBeGreaterThan(Date.now() + 23 * 3_600_000)
  })

  test('who was put off is tried again alone; who has it does not get it twice; the message cannot be taken back', async () => {
    const id = await queued(3)
    const first = await store.claim(mailboxId)
    await composedNow(id, first.job)
    await accept(id, { refused: ['c0@x.test'], later: ['c1@x.test'] })
    expect(await item(id)).toMatchObject({
      state: 'queued',
      error: 'recipients-later',
      left: ['c1@x.test'],
      refused: ['c0@x.test'],
    })
    await expect(store.call('outbox.undo', { id })).rejects.toMatchObject({ code: 'conflict' })
    await store.call('outbox.retry', { id })
    expect((await store.claim(mailboxId)).job?.envelope).toEqual(['c1@x.test'])
    await accept(id)
    expect(await item(id)).toBeUndefined()
    const conversationId =
      store.db.read.get<{ id: number }>('SELECT conversation_id AS id FROM outbox WHERE id = ?', id)?.id ?? 0
    expect((await store.call('conversations.get', { id: conversationId })).deliveries).toMatchObject([
      { action: 'accepted', line: '250 2.0.0 queued' },
      { recipient: 'c0@x.test', action: 'failed' },
    ])
  })

  test('in doubt at the second part of the recipients: a person is asked at once, a copy in Sent proves nothing', async () => {
    const id = await queued(4)
    const first = await store.claim(mailboxId, { recipients: 2 })
    await composedNow(id, first.job)
    await accept(id)
    await store.claim(mailboxId, { recipients: 2 })
    await store.mail.call('outbox.settle', { id, state: 'uncertain', error: null, serverLine: null, refused: [] })
    expect((await store.mail.call('outbox.uncertain', { mailboxId })).jobs).toEqual([])
    expect(await item(id)).toMatchObject({ state: 'uncertain', looking: false, left: ['c2@x.test', 'c3@x.test'] })
    await store.call('outbox.decide', { id, decision: 'arrived' })
    expect(await item(id)).toBeUndefined()
  })
})

describe('whom the server refused before the doubt began', () => {
  const inDoubt = async (more: { refused?: string[]; later?: string[] }): Promise<number> => {
    const id = await queued(3)
    await composedNow(id, (await store.claim(mailboxId)).job)
    await store.mail.call('outbox.settle', {
      id,
      state: 'uncertain',
      error: { code: 'sent-uncertain', detail: {} },
      serverLine: '550 5.1.1 unknown',
      refused: [],
      ...more,
    })
    return id
  }
  const failed = async (id: number) => {
    const of = store.db.read.get<{ id: number }>('SELECT conversation_id AS id FROM outbox WHERE id = ?', id)?.id ?? 0
    const { deliveries } = await store.call('conversations.get', { id: of })
    return deliveries.filter(({ action }) => action === 'failed').map(({ recipient }) => recipient)
  }

  test('is not taken for reached once its copy is met in Sent, or a person says that it arrived (R40)', async () => {
    const { folders } = await store.mailbox('sales@acme.test')
    for (const way of ['copy', 'looked for', 'arrived'] as const) {
      const id = await inDoubt({ refused: ['c2@x.test'] })
      expect(await item(id)).toMatchObject({ state: 'uncertain', looking: true, refused: ['c2@x.test'] })
      const { jobs } = await store.mail.call('outbox.uncertain', { mailboxId })
      const job = jobs.find((one) => one.id === id)
      if (way === 'copy')
        await store.put(folders['Sent'] ?? 0, {
          from: 'support@acme.test',
          id: job?.messageId ?? '',
          posternId: job?.posternId ?? '',
          to: ['c0@x.test'],
        })
      else if (way === 'looked for') await accept(id)
      else await store.call('outbox.decide', { id, decision: 'arrived' })
      expect(await item(id)).toBeUndefined()
      expect(await failed(id)).toEqual(['c2@x.test'])
    }
  })

  test('and who was put off, still gets it when the others have it, and the others not twice', async () => {
    const id = await inDoubt({ refused: ['c2@x.test'], later: ['c1@x.test'] })
    // Their copy would prove nothing for who was put off: a person is asked.
    expect(await item(id)).toMatchObject({ state: 'uncertain', looking: false, left: ['c0@x.test', 'c1@x.test'] })
    await store.call('outbox.decide', { id, decision: 'arrived' })
    expect((await store.claim(mailboxId)).job?.envelope).toEqual(['c1@x.test'])
    await accept(id)
    expect(await failed(id)).toEqual(['c2@x.test'])
  })

  test('is not forgotten where the copy is met before the answer of the server is', async () => {
    const { folders } = await store.mailbox('sales@acme.test')
    const id = await queued(3)
    const { job } = await store.claim(mailboxId)
    await composedNow(id, job)
    await store.put(folders['Sent'] ?? 0, {
      from: 'support@acme.test',
      id: job?.messageId ?? '',
      posternId: job?.posternId ?? '',
      to: ['c0@x.test'],
    })
    await accept(id, { refused: ['c2@x.test'], later: ['c1@x.test'] })
    expect(await item(id)).toMatchObject({ state: 'queued', left: ['c1@x.test'], refused: ['c2@x.test'] })
    await store.call('outbox.retry', { id })
    expect((await store.claim(mailboxId)).job?.envelope).toEqual(['c1@x.test'])
  })
})

describe('the copy in Sent', () => {
  test('it is not lost by a restart before it was filed, and not asked for twice', async () => {
    const id = await queued(1)
    const { job } = await store.claim(mailboxId)
    await composedNow(id, job)
    await accept(id)
    await store.restart()
    const { copy } = await store.mail.call('copies.next', { mailboxId })
    expect(copy).toMatchObject({ id, messageId: job?.messageId, tries: 0 })
    expect(Buffer.from(copy?.raw ?? []).toString()).toBe(`raw ${id}`)
    await store.mail.call('copies.settle', { id, done: false })
    expect((await store.mail.call('copies.next', { mailboxId })).copy?.tries).toBe(1)
    expect((await store.mail.call('copies.next', { mailboxId, except: [id] })).copy).toBeNull()
    await store.mail.call('copies.settle', { id, done: true })
    expect((await store.mail.call('copies.next', { mailboxId })).copy).toBeNull()
    expect(store.db.read.get('SELECT 1 FROM outbox_raw')).toBeUndefined()
  })

  test.each(['filed at last', 'met in Sent'])(
    'one that the server never takes is told, until it is %s',
    async (end) => {
      const { folders } = await store.mailbox('third@acme.test')
      const id = await queued(1)
      const { job } = await store.claim(mailboxId)
      await composedNow(id, job)
      await accept(id)
      const conversation = store.db.read.get<{ id: number }>(
        'SELECT conversation_id AS id FROM outbox WHERE id = ?',
        id,
      )
      const told = async () =>
        (await store.call('conversations.get', { id: conversation?.id ?? 0 })).history.filter(
          ({ kind }) => kind === 'copy-refused',
        ).length
      await store.mail.call('copies.settle', { id, done: false })
      expect(await told()).toBe(0)
      for (let day = 0; day < 3; day++) await store.mail.call('copies.settle', { id, done: false, rests: true })
      expect(await told()).toBe(1)
      if (end === 'filed at last') await store.mail.call('copies.settle', { id, done: true })
      else
        await store.put(folders['Sent'] ?? 0, {
          from: 'support@acme.test',
          id: job?.messageId ?? '',
          posternId: job?.posternId ?? '',
        })
      expect(await told()).toBe(0)
    },
  )

  test('the bytes of a large message are written once, not again with each change of its state', async () => {
    const id = await queued(1)
    const { job } = await store.claim(mailboxId)
    const raw = randomBytes(4_000_000)
    const message = parsed({ from: 'support@acme.test', id: job?.messageId ?? '', posternId: job?.posternId ?? '' })
    const journal = (): number => statSync(join(store.dir, 'postern.db-wal')).size
    const before = journal()
    await store.mail.call('outbox.composed', { id, raw, message })
    await store.mail.call('outbox.ending', { id, attempt: job?.attempt ?? 0 })
    await accept(id)
    expect(journal() - before).toBeLessThan(2 * raw.length)
    const { copy } = await store.mail.call('copies.next', { mailboxId })
    expect(Buffer.compare(Buffer.from(copy?.raw ?? []), raw)).toBe(0)
  })

  test('one that is met in Sent is not filed again; one of which a person says that it arrived is', async () => {
    const { folders } = await store.mailbox('second@acme.test')
    for (const way of ['met', 'arrived'] as const) {
      const id = await queued(1)
      const { job } = await store.claim(mailboxId)
      await composedNow(id, job)
      await store.mail.call('outbox.settle', { id, state: 'uncertain', error: null, serverLine: null, refused: [] })
      expect(await item(id)).toMatchObject({ looking: true })
      if (way === 'met')
        await store.put(folders['Sent'] ?? 0, {
          from: 'support@acme.test',
          id: job?.messageId ?? '',
          posternId: job?.posternId ?? '',
        })
      else {
        await store.mail.call('outbox.lookedInVain', { id })
        expect(await item(id)).toMatchObject({ looking: false })
        await store.call('outbox.decide', { id, decision: 'arrived' })
      }
      expect((await store.mail.call('copies.next', { mailboxId })).copy?.id ?? null).toBe(way === 'met' ? null : id)
    }
  })
})

describe('two at once (R41)', () => {
  test('two windows that send one draft make one item', async () => {
    let accepted = 0
    for (let n = 0; n < 60; n++) {
      const made = await store.call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
      await store.call('drafts.save', { ...made, to: [{ name: '', address: 'c@x.test' }], text: 'x' })
      const both = await Promise.allSettled(
        [0, 1].map(() => store.call('outbox.send', { draftId: made.id, thenStatus: 'open' })),
      )
      accepted += both.filter(({ status }) => status === 'fulfilled').length
    }
    expect(accepted).toBe(60)
    expect(store.db.read.get('SELECT count(*) AS n FROM outbox')).toEqual({ n: 60 })
  })

  test('two programs on one database claim each item once', async () => {
    const open = () =>
      Workspace.open(store.dir, Buffer.from(store.key), {
        device: newDeviceSecret(),
        mail: () => null,
        app: () => null,
        onCommit: () => undefined,
      }).workspace
    for (let n = 0; n < 60; n++) {
      const made = await store.call('drafts.start', { kind: 'new', conversationId: null, messageId: null })
      await store.call('drafts.save', { ...made, to: [{ name: '', address: 'c@x.test' }], text: 'x' })
      send(
        store.service.open.workspace,
        { draftId: made.id, thenStatus: 'open', sendAt: null, unlessAnswered: true },
        'Ada',
      )
    }
    const programs = [open(), open()]
    const asked = { mailboxId, looked: [{ mailboxId, at: Date.now() }] }
    const claimed: number[] = []
    for (let n = 0; n < 35; n++)
      for (const program of programs) {
        const { job } = claim(program, asked)
        if (job) claimed.push(job.id)
      }
    for (const program of programs) program.db.close()
    expect(claimed).toHaveLength(60)
    expect(new Set(claimed).size).toBe(60)
  })
})
