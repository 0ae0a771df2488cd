import * as z from 'zod'
import { DeviceId } from '../../../src-preload/contract/team'
import type { Reader, Writer } from '../file/database'
import type { Workspace } from '../workspace'
import { gaps, longestDelayMs } from './healing'
import { openPassing, sealPassing } from './passing'

/** A gap is told, and asked about, once it has lasted this long, ms: most are only messages that overtake each other. */
export const patienceMs = 10 * 60_000
/** The same is asked again, and answered again, this long after, ms. */
export const againMs = 30 * 60_000
/** What was asked so long ago was answered, or is asked anew. ms */
const staleMs = 86_400_000
/** As much is asked for, and answered, at a time. */
const mostGaps = 50
const mostBlobs = 200

/** The name under which a question is handed to the link; no blob has it. */
const outgoingName = 'want'

const Seq = z
  .int()
  .min(1)
  .max(2 ** 52)
const Body = z.strictObject({
  at: z.int().min(0),
  gaps: z.array(z.tuple([DeviceId, Seq, Seq])).max(mostGaps),
})

/**
 * Questions for batches that are missing here and that others have seen. Whoever has them puts them on the server again, at a random
 * moment of the next minute, and not at all when somebody was faster. A question is signed and sealed like a batch, is no
 * part of the log, and is taken off the server by who put it there, at the first look at the folder after its gaps are filled.
 */
export class Wants {
  /** Gaps by device: the first number missing, since when, when it was last asked for. */
  private readonly known = new Map<string, { from: number; since: number; askedAt: number }>()
  /** When whose question for what was last answered. */
  private readonly answered = new Map<string, number>()
  private readonly lying: string[] = []
  private timer: NodeJS.Timeout | undefined
  private wake: () => void = () => undefined

  constructor(private readonly workspace: Workspace) {}

  /** @param wake a question is due to go out */
  listen(wake: () => void): void {
    this.wake = wake
  }

  stop(): void {
    clearTimeout(this.timer)
    this.wake = () => undefined
  }

  /** Batches have come: which are missing now. */
  look(read: Reader): void {
    const now = this.workspace.clock.stamp()
    const open = gaps(read, this.workspace.device.id).filter(({ device }) => isMember(read, device))
    for (const device of this.known.keys()) if (!open.some((gap) => gap.device === device)) this.known.delete(device)
    for (const { device, from } of open) {
      const known = this.known.get(device)
      // What began later than now was noted by a clock that has been set back: it would wait until that time comes again.
      const ahead = known !== undefined && (known.since > now || known.askedAt > now)
      if (known?.from !== from || ahead) this.known.set(device, { from, since: now, askedAt: -Infinity })
    }
    const due = Math.min(...[...this.known.values()].map((gap) => dueAt(gap)))
    clearTimeout(this.timer)
    if (!Number.isFinite(due)) return
    this.timer = setTimeout(() => this.wake(), Math.max(1000, due - now))
    this.timer.unref()
  }

  /** A person does not want to wait: all gaps are asked for at once. */
  hurry(read: Reader): void {
    this.look(read)
    for (const [device, { from }] of this.known) this.known.set(device, { from, since: -Infinity, askedAt: -Infinity })
  }

  /** Whether the others were asked for what is missing of a device. */
  asked(device: string): boolean {
    return Number.isFinite(this.known.get(device)?.askedAt)
  }

  /** The question that is due, sealed; null: none is. */
  outgoing(): { readonly bytes: Uint8Array; readonly hashes: string[] } | null {
    const { db, device, clock } = this.workspace
    const now = clock.stamp()
    if (![...this.known.values()].some((gap) => dueAt(gap) <= now)) return null
    const seal = sealPassing(this.workspace)
    if (!seal) return null
    const open = gaps(db.read, device.id)
      .filter((gap) => dueAt(this.known.get(gap.device) ?? never) <= now)
      .slice(0, mostGaps)
    for (const gap of open) this.known.set(gap.device, { from: gap.from, since: now, askedAt: now })
    if (open.length === 0) return null
    return {
      bytes: seal({ at: now, gaps: open.map(({ device: of, from, to }) => [of, from, to]) }),
      hashes: [outgoingName],
    }
  }

  static isWant(hashes: readonly string[]): boolean {
    return hashes[0] === outgoingName
  }

  /** A question of ours lies there now. @returns places of older ones, to be taken away */
  sent(place: string | null): string[] {
    const old = this.lying.splice(0)
    if (place !== null) this.lying.push(place)
    return old.filter((one) => one !== place)
  }

  /** Questions of ours that lie on the server and whose gaps are filled. */
  superfluous(): string[] {
    return this.known.size === 0 ? this.lying.splice(0) : []
  }

  /**
   * Takes a question in: what is here of it goes out again. What is old, of somebody who left, or cannot be read has no effect.
   * @returns false when it came under a member's name with a false signature, or damaged
   */
  receive(tx: Writer, bytes: Uint8Array, place: string, random: () => number = Math.random): boolean {
    const said = openPassing(tx, this.workspace, bytes, Body)
    if (said === 'own' && !this.lying.includes(place)) this.lying.push(place)
    if (typeof said === 'string') return said !== 'false'
    const { from: asker, body } = said
    const now = this.workspace.clock.stamp()
    if (body.at < now - staleMs) return true
    for (const [of, from, to] of body.gaps) this.answer(tx, asker, of, from, to, now, random)
    return true
  }

  private answer(
    tx: Writer,
    asker: string,
    of: string,
    from: number,
    to: number,
    now: number,
    random: () => number,
  ): void {
    const name = `${asker} ${of} ${from}`
    const before = this.answered.get(name) ?? -Infinity
    if (before > now - againMs && before <= now) return
    if (this.answered.size > 5000) this.answered.clear()
    this.answered.set(name, now)
    // Ours at once: nobody is likelier to have them.
    const at = of === this.workspace.device.id ? 0 : now + Math.floor(random() * longestDelayMs)
    tx.run(
      `UPDATE team_blobs SET send_at = ?1 WHERE send_at IS NULL AND hash IN
         (SELECT hash FROM team_blobs WHERE device = ?2 AND seq BETWEEN ?3 AND ?4 AND kind = 'log' AND state = 'applied' ORDER BY seq LIMIT ${mostBlobs})`,
      at,
      of,
      from,
      to,
    )
  }
}

const never = { since: Infinity, askedAt: Infinity }
const dueAt = ({ since, askedAt }: { since: number; askedAt: number }): number =>
  Math.max(since + patienceMs, askedAt + againMs)

const isMember = (read: Reader, device: string): boolean =>
  read.get('SELECT 1 FROM team_devices WHERE device = ? AND cut_off IS NULL', device) !== undefined
