import type { Handlers } from '../../../src-preload/contract/internal'
import type { teamForMail } from '../../../src-preload/contract/internal/team'
import type { TeamLinkState } from '../../../src-preload/contract/team-link'
import { PosternError, type Failure } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import type { Changes } from '../changes'
import type { Writer } from '../file/database'
import { breathe, type Workspace } from '../workspace'
import { folderIs, placesOf } from './healing'
import { Intake } from './incoming'
import { packItems } from './items'
import { handOverMs, mustErase } from './hand-over'
import { noteContact } from './lease'
import { noteLoad } from './load'
import { nextDue, nextPack, sealOwn, sent } from './outgoing'
import { Presence } from './presence'
import { packOld, superfluous } from './pruning'
import { finishRecovery } from './recovery'
import { Wants } from './wants'
import { wholeRoster } from './roster-chain'
import { teamInfo } from './team-info'
import { checkSnapshot, confirmSnapshot, drawSnapshot, keepSnapshot, needlessUpTo, snapshotDue } from './snapshot'

const log = logger('team')

/** Events wait for company: this long after the last one, and not longer than that after the first. ms */
const quietMs = 750
const longestMs = 3000
/** A step of taking in what came, ms; its commit takes about as long again, and whoever asks meanwhile waits for both. */
const stepMs = 8
/** What comes is counted this often, ms. */
const countMs = 60_000
/** While much comes, the states are shown anew this often, ms. */
const refreshMs = 3000

/** How the team's link is, for the window. Forgotten when the program ends. */
export interface LinkStatus {
  readonly state: TeamLinkState
  readonly error: Failure | null
  readonly at: number
}

/** The store's side of the link: when to wake it, and what it asks. */
export class TeamService {
  status: LinkStatus = { state: 'off', error: null, at: 0 }
  private timer: NodeJS.Timeout | undefined
  private firstAt = 0
  private stopped = false
  private refreshedAt = 0
  private countedAt = 0

  constructor(
    private readonly workspace: Workspace,
    publish: (changes: Changes) => void,
    /** The owner took this computer out: it is closed at once, and erased when `now`. */
    private readonly erase: (now: boolean) => void,
  ) {
    workspace.onTeamWork(() => this.soon())
    workspace.presence.listen(() => this.status.state === 'live' && this.wake(false), publish)
    workspace.wants.listen(() => this.status.state === 'live' && this.wake(false))
    // What an earlier run took in and did not come to show.
    if (workspace.db.read.get('SELECT 1 FROM team_stale LIMIT 1')) void this.refresh()
    if (mustErase(workspace.db.read)) this.lastWords()
  }

  /** What this computer hands over leaves, and then it is erased; without that when it does not leave soon. */
  private lastWords(): void {
    if (this.erasing) return
    log.warn('this computer was taken out of the team and is erased')
    this.erasing = setTimeout(() => this.erase(true), handOverMs)
    this.erasing.unref()
    this.erase(false)
    this.wake(false)
  }
  private erasing: NodeJS.Timeout | undefined

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    clearTimeout(this.erasing)
    this.workspace.presence.stop()
    this.workspace.wants.stop()
  }

  /** Something was recorded. Alone, nothing needs to go anywhere. */
  private soon(): void {
    if (this.status.state === 'off' || this.stopped) return
    const now = Date.now()
    if (this.timer === undefined) this.firstAt = now
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.wake(false), Math.max(0, Math.min(quietMs, this.firstAt + longestMs - now)))
    this.timer.unref()
  }

  /** @param changed there is a team now, or none any more, or it travels another way */
  wake(changed: boolean): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.workspace
      .mail()
      ?.call('team.wake', { changed })
      .catch((fault: unknown) => log.info('the link was not woken', { code: PosternError.from(fault).code }))
  }

  /** Waits until everything that is due has left. @throws PosternError `timeout` after ten seconds */
  async sentAll(): Promise<void> {
    const { db, clock } = this.workspace
    for (let tries = 0; tries < 100; tries++) {
      if ((nextDue(db.read) ?? Number.POSITIVE_INFINITY) > clock.stamp()) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new PosternError('timeout', 'the link did not send')
  }

  /** One transaction of a few ms; the calls of the window that wait come next. What arrives again after a power cut need not be on the disk at once. */
  private async step<T>(work: (tx: Writer, until: () => boolean) => T): Promise<T> {
    const end = performance.now() + stepMs
    const result = this.workspace.db.write((tx) => work(tx, () => performance.now() > end), 'normal')
    await breathe()
    return result
  }

  private async refresh(): Promise<void> {
    while (await this.step((tx, until) => this.workspace.team.refreshStale(tx, until)));
    this.refreshedAt = Date.now()
  }

  /** Walks through long reading; the calls of the window that wait come in between. */
  private async drive<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
      await breathe()
    }
  }

  readonly forMail: Handlers<typeof teamForMail> = {
    'team.link': () => {
      const info = teamInfo(this.workspace.db.read)
      // Who was removed has nothing to send and nothing to read.
      return {
        link:
          info && (info.membership !== 'removed' || mustErase(this.workspace.db.read))
            ? { mailboxId: info.mailboxId, team: info.team, device: this.workspace.device.id, carrier: info.carrier }
            : null,
      }
    },
    'team.outgoing': () => {
      const { db, clock } = this.workspace
      if (!nextPack(db.read, clock.stamp())) db.write((tx) => sealOwn(tx, this.workspace))
      const next = nextPack(db.read, clock.stamp())
      if (!next && this.erasing) this.erase(true)
      const mark = next ? null : this.workspace.presence.outgoing()
      const want = next || mark ? null : this.workspace.wants.outgoing()
      const passing = mark ?? want
      if (passing)
        return {
          pack: packItems([{ kind: mark ? 'mark' : 'want', bytes: passing.bytes }]),
          hashes: passing.hashes,
          nextDueAt: null,
          summary: false,
        }
      return {
        pack: next?.pack ?? null,
        hashes: [...(next?.hashes ?? [])],
        nextDueAt: next ? null : nextDue(db.read),
        summary: next?.summary ?? false,
      }
    },
    'team.sent': ({ hashes, generation, place }) => {
      if (Presence.isMark(hashes)) return { prune: this.workspace.presence.sent(place) }
      if (Wants.isWant(hashes)) return { prune: this.workspace.wants.sent(place) }
      this.workspace.db.write((tx) => {
        sent(tx, hashes, generation, place)
        tx.changes.touched('team')
      })
      return { prune: [] }
    },
    'team.known': ({ generation }) => {
      return {
        places: placesOf(this.workspace.db.read, generation),
        upTo: needlessUpTo(this.workspace.db.read, generation),
        wholeRoster: wholeRoster(this.workspace.db.read),
      }
    },
    'team.arrived': async ({ generation, messages, more }) => {
      const before = teamInfo(this.workspace.db.read)?.membership
      const team = teamInfo(this.workspace.db.read)?.team
      const carrier = JSON.stringify(teamInfo(this.workspace.db.read)?.carrier)
      const intake = new Intake(this.workspace)
      for (const message of messages) {
        for (let from: number | null = 0; from !== null;) {
          const at: number = from
          from = await this.step((tx, until) => intake.take(tx, generation, message, at, until))
        }
      }
      while (await this.step((tx, until) => intake.apply(tx, until)));
      // While more comes, a state would only be made anew again; but a person sees that something comes.
      if (!more || Date.now() - this.refreshedAt > refreshMs) await this.refresh()
      if (Date.now() - this.countedAt > countMs) {
        this.countedAt = Date.now()
        this.workspace.db.write((tx) => noteLoad(tx, this.workspace, null), 'normal')
      }
      if (!more) this.workspace.wants.look(this.workspace.db.read)
      if (mustErase(this.workspace.db.read)) return (this.lastWords(), {})
      const now = teamInfo(this.workspace.db.read)?.membership
      const over = JSON.stringify(teamInfo(this.workspace.db.read)?.carrier)
      // What could not be read before can be read now.
      const found = team === '' && teamInfo(this.workspace.db.read)?.team !== ''
      if (now !== before || found || over !== carrier) this.wake(now === 'removed' || found || over !== carrier)
      return {}
    },
    'team.folder': async ({ generation, places }) => {
      const { db } = this.workspace
      db.write((tx) => {
        folderIs(tx, this.workspace, generation, places)
        packOld(tx, this.workspace, generation)
        noteLoad(tx, this.workspace, places.length)
        noteContact(tx, this.workspace)
      })
      await this.refresh()
      if (db.write((tx) => finishRecovery(tx, this.workspace))) this.wake(false)
      if (snapshotDue(db.read, this.workspace, this.workspace.clock.stamp())) {
        const drawn = await this.drive(drawSnapshot(this.workspace))
        if (drawn) db.write((tx) => keepSnapshot(tx, this.workspace, drawn, generation, places))
      }
      const checked = await this.drive(checkSnapshot(this.workspace))
      db.write((tx) => confirmSnapshot(tx, this.workspace, checked))
      this.workspace.wants.look(db.read)
      return { prune: [...superfluous(db.read, this.workspace, generation), ...this.workspace.wants.superfluous()] }
    },
    'team.time': ({ serverAt }) => {
      this.workspace.clock.heardServer(serverAt)
      return {}
    },
    'team.status': ({ state, error }) => {
      this.status = { state, error, at: Date.now() }
      this.workspace.db.write((tx) => tx.changes.touched('team'), 'normal')
      return {}
    },
  }
}
