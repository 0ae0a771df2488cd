import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { MailboxIdentity, type MailboxSync, type OutboxItem, type SyncStatus } from '../../src-preload/contract'
import { folderDiffers } from '../../src-preload/contract/completeness'
import { errorCodes } from '../../src-preload/contract/errors'
import { firstSync, minutesLeft } from '../../src-renderer/inbox/first-sync'
import { syncWords } from '../../src-renderer/shell/sync-words'
import { isProfilePane, isRail, listWidthOf, sizeClassOf } from '../../src-renderer/state/layout'
import { outboxState, outboxWhy, stoppedText, undeliveredText } from '../../src-renderer/state/outbox'
import { share } from '../../src-renderer/state/share'
import { errorText } from '../../src-renderer/text'
import { hueOf, initialsOf } from '../../src-renderer/ui/initials'
import { Spinner } from '../../src-renderer/ui/spinner'
import { offsetAt } from '../../src-renderer/ui/use-rows'

const mailbox = (more: Partial<MailboxSync> = {}): MailboxSync => ({
  mailboxId: 1,
  state: 'idle',
  error: null,
  errorAt: null,
  done: 10,
  total: 10,
  reached: null,
  syncedAt: 1,
  slowed: false,
  folders: [],
  ...more,
})
const status = (overall: SyncStatus['overall'], more: Partial<SyncStatus> = {}): SyncStatus => ({
  overall,
  syncedAt: 1_000,
  waiting: 0,
  mailboxes: [mailbox()],
  ...more,
})
const boxes = [
  {
    id: 1,
    name: 'Wholesale',
    address: 'w@x.example',
    paused: false,
    local: false,
    depth: { bodies: 'all' as const, months: 12, largest: null, pace: 'auto' as const },
    identity: MailboxIdentity.parse({}),
    imap: { host: 'h', port: 993, security: 'tls' as const, user: 'u' },
    smtp: { host: 'h', port: 465, security: 'tls' as const, user: 'u' },
  },
]

describe('sync in words', () => {
  const words = (sync: SyncStatus) => {
    const { text, end } = syncWords(sync, boxes, 21_000)
    return [text, end].filter(Boolean).join(' ')
  }
  it('says how old the news is, how much waits, how far it is', () => {
    expect(words(status('up-to-date'))).toBe('Up to date 20 s ago')
    expect(words(status('offline', { waiting: 2 }))).toBe('Offline 2 waiting')
    expect(
      words(
        status('syncing', { mailboxes: [mailbox({ state: 'syncing', done: 1284, total: 18930, syncedAt: null })] }),
      ),
    ).toMatch(/^Syncing 1.?284 of 18.?930$/)
  })
  it('a mark that counts does not turn, which would make the window draw all through a first sync', () => {
    const counting = mailbox({ state: 'syncing', done: 1, total: 4, syncedAt: null })
    const mark = (one: MailboxSync) =>
      renderToStaticMarkup(
        createElement(Spinner, { share: syncWords(status('syncing', { mailboxes: [one] }), boxes, 0).share ?? null }),
      )
    expect(mark(counting)).toMatch(/class="spin still".*25%/)
    expect(mark({ ...counting, done: 0, total: 0 })).toContain('class="spin"')
  })
  it('never says up to date when the server refused the password', () => {
    const bad = mailbox({ state: 'auth-failed', error: { code: 'auth-refused', detail: {} } })
    expect(words(status('error', { mailboxes: [bad] }))).toBe('Wholesale: password refused')
  })
  it('a paused mailbox is not covered by "up to date", nor are all of them taken for none', () => {
    const paused = mailbox({ state: 'paused' })
    const other = mailbox({ mailboxId: 2 })
    expect(words(status('up-to-date', { mailboxes: [paused, other] }))).toBe('Wholesale is paused')
    expect(words(status('nothing', { mailboxes: [paused], waiting: 1 }))).toBe('Wholesale is paused 1 waiting')
    expect(words(status('nothing', { mailboxes: [paused, { ...paused, mailboxId: 2 }] }))).toBe(
      '2 mailboxes are paused',
    )
    expect(words(status('nothing', { mailboxes: [] }))).toBe('No mailbox yet')
    expect(words(status('offline', { mailboxes: [paused, other] }))).toBe('Offline')
  })
  it('a mailbox that has not synced for an hour is never green, even if no news came', () => {
    const hour = 3_600_000
    const old = status('up-to-date', { mailboxes: [mailbox({ syncedAt: 1_000 })] })
    expect(syncWords(old, boxes, 1_000 + hour).state).toBe('up-to-date')
    expect(syncWords(old, boxes, 1_002 + hour)).toMatchObject({ state: 'stale', text: 'Wholesale not synced' })
  })
  it('a count that differs is loud only when mending did not help', () => {
    const folder = {
      id: 1,
      path: 'INBOX',
      role: 'inbox' as const,
      serverCount: 12,
      localCount: 11,
      complete: true,
      checkedAt: 0,
      verifiedAt: null,
      missing: 0,
      checking: 0,
      refused: false,
    }
    expect(folderDiffers(folder, 60_000)).toBe(false)
    expect(folderDiffers(folder, 120_000)).toBe(true)
    expect(folderDiffers({ ...folder, complete: false }, 120_000)).toBe(false)
    expect(folderDiffers({ ...folder, missing: 1 }, 60_000)).toBe(true)
    const closed = { ...folder, role: 'other' as const, localCount: 0, serverCount: 0, refused: true }
    expect(folderDiffers(closed, 60_000)).toBe(false)
    expect(folderDiffers({ ...closed, localCount: 1 }, 60_000)).toBe(true)
    expect(folderDiffers({ ...closed, role: 'sent' }, 60_000)).toBe(true)
    expect(syncWords(status('differs'), boxes, 0).text).toBe('Mail is missing here')
  })
  it('a mailbox that has been in step once is not a first sync again', () => {
    expect(firstSync(status('syncing', { mailboxes: [mailbox({ state: 'syncing' })] }))).toBeNull()
    expect(
      firstSync(
        status('syncing', {
          mailboxes: [
            mailbox({ state: 'syncing', syncedAt: null, done: 3, total: 9 }),
            mailbox({ state: 'auth-failed', syncedAt: null, total: 50 }),
          ],
        }),
      ),
    ).toEqual({ done: 3, total: 9 })
  })
  it('does not promise a time out of too little', () => {
    expect(
      minutesLeft(
        [
          { at: 0, done: 0 },
          { at: 1_000, done: 500 },
        ],
        1_000,
      ),
    ).toBeNull()
    expect(
      minutesLeft(
        [
          { at: 0, done: 100 },
          { at: 10_000, done: 100 },
        ],
        1_000,
      ),
    ).toBeNull()
    expect(
      minutesLeft(
        [
          { at: 0, done: 0 },
          { at: 60_000, done: 500 },
        ],
        1_000,
      ),
    ).toBe(1)
  })
})

describe('errors in words', () => {
  it('no code is without a sentence, and no sentence shows a gap for a fact', () => {
    for (const code of errorCodes) {
      for (const detail of [{}, { host: 'mail.example.org', port: 993 }]) {
        const text = errorText({ code, detail })
        expect(text, code).toMatch(/\.$/)
        expect(text, code).not.toMatch(/\{\{|\}\}|undefined|  /)
      }
    }
  })
  it('a code that is not known does not reach the person', () => {
    expect(errorText({ code: 'ECONNRESET' })).toBe(errorText({ code: 'internal' }))
    expect(errorText({ code: 'toString' })).toBe(errorText({ code: 'internal' }))
  })
  it('names the server, ports without separators', () => {
    expect(errorText({ code: 'connection-refused', detail: { host: 'mail.example.org', port: 10143 } })).toContain(
      'mail.example.org refused the connection on port 10143',
    )
  })
})

describe('layout', () => {
  it('a width that was kept never goes beyond the limits', () => {
    expect(listWidthOf({ size: 'wide', kept: { 'wide.list': 9_999 } })).toBe(420)
    expect(listWidthOf({ size: 'wide', kept: { 'wide.list': 'x' } })).toBe(320)
    expect(listWidthOf({ size: 'narrow', kept: { 'wide.list': 400 } })).toBe(304)
  })
  it('what was closed in one size class is not closed in another', () => {
    const kept = { 'wide.profile': false, 'narrow.rail': false }
    expect(isProfilePane({ size: 'wide', kept })).toBe(false)
    expect(isProfilePane({ size: 'middle', kept: {} })).toBe(false)
    expect(isRail({ size: 'narrow', kept })).toBe(false)
    expect(isRail({ size: 'narrow', kept: {} })).toBe(true)
    expect([1280, 1180, 1179, 1060, 1059].map(sizeClassOf)).toEqual(['wide', 'wide', 'middle', 'middle', 'narrow'])
  })
  it('a list of a million rows does not leave its last rows out of reach', () => {
    const view = 600,
      full = 97_000_000,
      height = 16_000_000
    expect(offsetAt(0, full, height, view)).toBe(0)
    expect(offsetAt(height - view, full, height, view)).toBe(full - view)
    expect(offsetAt(1234, 5000, 5000, view)).toBe(1234)
  })
})

describe('sharing what did not change', () => {
  it('gives the old object back when nothing changed', () => {
    const old = { rows: [{ id: 1, tags: ['a'] }], total: 1 }
    expect(share(old, structuredClone(old))).toBe(old)
  })
  it('keeps unchanged rows although they moved, and takes changed ones', () => {
    const old = {
      rows: [
        { id: 1, n: 1 },
        { id: 2, n: 1 },
      ],
    }
    const next = share(old, {
      rows: [
        { id: 3, n: 1 },
        { id: 1, n: 1 },
        { id: 2, n: 2 },
      ],
    })
    expect(next.rows[1]).toBe(old.rows[0])
    expect(next.rows[2]).not.toBe(old.rows[1])
    expect(next.rows[2]?.n).toBe(2)
  })
  it('a key that went away is not kept', () => {
    const old: { a?: number; b: number } = { a: 1, b: 2 }
    expect(share<{ a?: number; b: number }>(old, { b: 2 })).toEqual({ b: 2 })
  })
})

describe('avatars', () => {
  it('a person never changes colour, and spaces or capitals do not matter', () => {
    expect(hueOf('Hannah@Post.example ')).toBe(hueOf('hannah@post.example'))
  })
  it('no name breaks them', () => {
    expect(initialsOf('Priya Raman')).toBe('PR')
    expect(initialsOf('ليلى حداد')).toHaveLength(2)
    expect(initialsOf('help@northwind.example')).toBe('H')
    expect(initialsOf('😀 !!')).toBe('?')
    expect(initialsOf('')).toBe('?')
  })
})

describe('a message that waits for a person', () => {
  const told = (state: OutboxItem['state'], looking = false): string | null =>
    stoppedText({ ...message, state, looking })
  const message: OutboxItem = {
    id: 1,
    conversationId: 1,
    mailboxId: 1,
    state: 'queued',
    dueAt: 0,
    createdAt: 0,
    from: { name: '', address: 'help@acme.test' },
    to: [],
    cc: [],
    bcc: [],
    subject: 'Gears',
    snippet: '',
    text: '',
    fileNames: [],
    error: null,
    serverLine: null,
    waitsFor: null,
    attempts: 1,
    scheduled: false,
    unlessAnswered: true,
    looking: false,
    left: null,
    refused: [],
    since: [],
  }

  it('is not told to check a port where only the network is away, nor to wait for a network that is there', () => {
    const both = (error: string | null, waitsFor: string | null = null): string =>
      `${outboxState({ ...message, error, waitsFor }, 1).text}. ${outboxWhy({ ...message, error, waitsFor })}`
    for (const error of ['offline', 'timeout', 'connection-lost', 'connection-refused', 'host-not-found']) {
      expect(both(error)).toMatch(/^Waiting for network\. The mail server cannot be reached\./)
      expect(both(error)).not.toContain('port')
    }
    expect(both('connection-refused')).toContain('If mail comes in all the same')
    expect(both('connection-refused', 'Warranty')).not.toContain('outgoing')
    expect(both('server-refused')).toMatch(/^Tries again by itself\./)
    expect(outboxState(message, 9_000, true).text).toBe('Its mailbox is paused')
  })

  it('is not said to be unsent when it may have been sent: who writes it anew sends it twice (R40)', () => {
    expect(told('uncertain')).toBe('A message may have been sent, and you decide: Gears')
    expect(told('failed')).toBe('A message was not sent: Gears')
    expect(told('held')).toBe('A reply needs your review: Gears')
  })
  it('is not told without whom it did not reach: who writes it anew sends it twice to the others', () => {
    const one = (recipient: string, at: number, action: 'failed' | 'delivered' = 'failed', messageId = 2) => ({
      messageId,
      recipient,
      action,
      line: '',
      at,
    })
    const said = (...deliveries: ReturnType<typeof one>[]) => undeliveredText({ deliveries, subject: 'Gears' })
    expect(said(one('of-before@x.test', 1, 'failed', 1), one('a@x.test', 5), one('b@x.test', 5, 'delivered'))).toBe(
      'Could not be delivered to a@x.test: Gears',
    )
    expect(said(...['a', 'b', 'c', 'd'].map((name) => one(name, 5)))).toBe(
      'Could not be delivered to a, b and 2 more: Gears',
    )
    expect(said(one('a@x.test', 5, 'delivered'))).toBeNull()
  })
  it('interrupts nobody while nothing is to be decided', () => {
    expect([told('uncertain', true), told('queued'), told('sending'), told('sent')]).toEqual([null, null, null, null])
  })
})
