import * as z from 'zod'
import type { PresenceDoing, PresenceMark } from '../../../src-preload/contract/presence'
import { Changes } from '../changes'
import type { Reader } from '../file/database'
import { peopleBook } from '../conversations/people'
import { survivorOf } from '../threads/threads'
import type { Workspace } from '../workspace'
import { conversationOf, newestEntity } from './anchors'
import { openPassing, sealPassing } from './passing'
import { teamInfo } from './team-info'

/** A mark that nobody renews fades: a laptop that dies tells nobody that it left. ms */
export const fadesMs = 5 * 60_000
/** A mark that still holds is renewed this often, ms. */
const renewMs = 2 * 60_000
/** Walking through the list is not told, ms. */
const settleMs = 1_500
/** Between two marks, ms: little on servers that push at once, more where each message is dear. */
const gapMs = 3_000
const dearGapMs = 30_000
const earlyMs = 50
const dearServer = /(^|\.)(gmail\.com|googlemail\.com|office365\.com|outlook\.com)$/i
/** Own marks that lie on the server before the old ones are taken away: each removal makes the others look at the folder. */
const mostLying = 6

/** The name under which a mark is handed to the link; no blob has it. */
const outgoingName = 'presence'

/** What a device's person is at. `on`: null for nothing. */
const Body = z.strictObject({
  at: z.int().min(0),
  on: z.string().max(100).nullable(),
  doing: z.enum(['viewing', 'replying']),
})
type Body = z.infer<typeof Body>

interface Own {
  readonly conversationId: number | null
  readonly doing: PresenceDoing
}

/**
 * Who else is here: what each device's person looks at or answers. Marks are signed and sealed like batches but are no part of
 * the log: they are kept in memory, fade after five minutes, change nothing and are taken off the server by who put them there.
 */
export class Presence {
  private readonly others = new Map<string, Body>()
  private own: Own = { conversationId: null, doing: 'viewing' }
  private ownSince = 0
  private told: { readonly own: Own; readonly at: number } = { own: this.own, at: 0 }
  /** Marks of this device that lie on the server, with those that an earlier run left. */
  private readonly lying: string[] = []
  private dueTimer: NodeJS.Timeout | undefined
  private fadeTimer: NodeJS.Timeout | undefined
  private wake: () => void = () => undefined
  private publish: (changes: Changes) => void = () => undefined

  constructor(
    private readonly workspace: Workspace,
    private readonly now: () => number = () => workspace.clock.stamp(),
  ) {}

  /** @param wake a mark is due to go out @param publish marks have changed */
  listen(wake: () => void, publish: (changes: Changes) => void): void {
    this.wake = wake
    this.publish = publish
  }

  stop(): void {
    clearTimeout(this.dueTimer)
    clearTimeout(this.fadeTimer)
    this.wake = () => undefined
    this.publish = () => undefined
  }

  // ---- out

  /** What the person at this window is at. */
  set(conversationId: number | null, doing: PresenceDoing): void {
    if (this.own.conversationId === conversationId && this.own.doing === doing) return
    this.own = { conversationId, doing }
    this.ownSince = this.now()
    this.plan()
  }

  /** When the next mark goes out; null: none is to. ms */
  private due(): number | null {
    const { db, device } = this.workspace
    const info = teamInfo(db.read)
    if (!info || (info.membership !== 'member' && info.membership !== 'owner')) return null
    if (!db.read.get('SELECT 1 FROM team_devices WHERE device <> ? AND cut_off IS NULL', device.id)) return null
    // A clock that was set back would put it off until it has caught up.
    this.told = { own: this.told.own, at: Math.min(this.told.at, this.now()) }
    this.ownSince = Math.min(this.ownSince, this.now())
    const same = this.told.own.conversationId === this.own.conversationId && this.told.own.doing === this.own.doing
    if (same) return this.own.conversationId === null ? null : this.told.at + renewMs
    const host =
      db.read.get<{ host: string | null }>(
        "SELECT json_extract(imap, '$.host') AS host FROM mailboxes WHERE id = ?",
        info.mailboxId,
      )?.host ?? ''
    const gap = info.carrier.kind === 'mailbox' && dearServer.test(host) ? dearGapMs : gapMs
    const settled =
      this.own.doing === 'replying' || this.own.conversationId === null ? this.ownSince : this.ownSince + settleMs
    return Math.max(this.told.at + gap, settled)
  }

  private plan(): void {
    clearTimeout(this.dueTimer)
    const due = this.due()
    if (due === null) return
    this.dueTimer = setTimeout(() => this.wake(), Math.max(0, due - this.now()))
    this.dueTimer.unref()
  }

  /** The mark that is due, sealed; null: none is. The link asks when nothing else is to go out. */
  outgoing(): { readonly bytes: Uint8Array; readonly hashes: string[] } | null {
    const due = this.due()
    if (due === null) return null
    // A timer may ring a moment early.
    if (due > this.now() + earlyMs) {
      this.plan()
      return null
    }
    const seal = sealPassing(this.workspace)
    if (!seal) return null
    const { own } = this
    const { read } = this.workspace.db
    const on = own.conversationId === null ? null : newestEntity(read, survivorOf(read, own.conversationId))
    const at = this.now()
    this.told = { own, at }
    this.plan()
    const body: Body = { at, on, doing: own.doing }
    return { bytes: seal(body), hashes: [outgoingName] }
  }

  static isMark(hashes: readonly string[]): boolean {
    return hashes[0] === outgoingName
  }

  /** A mark of ours lies there now. @returns places of older ones, to be taken away */
  sent(place: string | null): string[] {
    if (place !== null && !this.lying.includes(place)) this.lying.push(place)
    return this.lying.length > mostLying || this.own.conversationId === null
      ? this.lying.splice(0, this.lying.length - 1)
      : []
  }

  // ---- in

  /**
   * Takes in a mark. What is old, of somebody who left, or cannot be read has no effect.
   * @returns false when it came under a member's name with a false signature, or damaged
   */
  receive(read: Reader, bytes: Uint8Array, place: string): boolean {
    const said = openPassing(read, this.workspace, bytes, Body)
    if (said === 'own' && !this.lying.includes(place)) this.lying.unshift(place)
    if (typeof said === 'string') return said !== 'false'
    const { from, body } = said
    const before = this.others.get(from)
    if (before && before.at >= body.at) return true
    // A clock far ahead would keep a mark from ever fading.
    this.others.set(from, { ...body, at: Math.min(body.at, this.now()) })
    this.changed()
    return true
  }

  private changed(): void {
    const changes = new Changes()
    changes.touched('presence')
    this.publish(changes)
    clearTimeout(this.fadeTimer)
    const next = Math.min(...[...this.others.values()].filter(({ on }) => on !== null).map(({ at }) => at + fadesMs))
    if (!Number.isFinite(next)) return
    this.fadeTimer = setTimeout(
      () => {
        for (const [device, { at }] of this.others) if (at + fadesMs <= this.now()) this.others.delete(device)
        this.changed()
      },
      Math.max(100, next - this.now()),
    )
    this.fadeTimer.unref()
  }

  /** Marks that hold, one a person and conversation; not the own person's other devices. */
  marks(read: Reader): PresenceMark[] {
    const { device, hashes } = this.workspace
    const person = peopleBook(read, device.id)
    const found = new Map<string, PresenceMark>()
    for (const [from, { on, doing, at }] of this.others) {
      if (on === null || at + fadesMs <= this.now()) continue
      const who = person(from)
      const conversationId = conversationOf(read, hashes, on)
      if (conversationId === null || who.id === person(device.id).id) continue
      const key = `${conversationId} ${who.id}`
      if (found.get(key)?.doing !== 'replying') found.set(key, { conversationId, person: who, doing, at })
    }
    return [...found.values()].toSorted(
      (a, b) => a.conversationId - b.conversationId || a.person.name.localeCompare(b.person.name),
    )
  }
}
