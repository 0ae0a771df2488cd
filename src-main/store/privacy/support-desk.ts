import { PosternError } from '../../../src-preload/contract/errors'
import type { Policy, PolicyState } from '../../../src-preload/contract/policy'
import type { AccessNotice, GrantState, LogBody, SupportCard } from '../../../src-preload/contract/support'
import { answersChallenge, fingerprintOf, newChallenge, readCard } from '../../crypto/support-identity'
import { logger } from '../../shared/log'
import { notice } from './access-notices'
import { cardOf, takePinned } from './support-identities'
import { endGrant, grantRow, standingOf, sweepGrants, tellUsed, type GrantRow } from './grants'
import { anchorHead } from './log-heads'
import { beginWith, getSettings } from '../settings'
import { setPolicyLease } from '../team/lease'
import { SupportSession } from './support-session'
import type { Workspace } from '../workspace'

const log = logger('access')
const sweepMs = 500
const challengeMs = 10 * 60_000
const mostChallenges = 20
const anchorMs = 60_000

/** Support access while the database is open: what policy says, who signs in, which sessions are open, when they end. */
export class SupportDesk {
  private policyState: PolicyState = { source: null, managedBy: null, locked: [], faults: [], policy: {} }
  /** Whether that stands in the access log. */
  private isNoted = true
  private readonly sessions = new Map<number, SupportSession>()
  private readonly challenges = new Map<string, { at: number; card: SupportCard }>()
  private readonly timer: NodeJS.Timeout
  private nextSession = 1
  private anchoredAt = performance.now()
  /** What was told of each grant of another console; nothing is told of those that were there at the start. */
  private readonly others = new Map<number, AccessNotice['what']>()
  private heardOnce = false
  /** Why the last sweep failed; it is logged once. */
  private failing: string | null = null

  constructor(
    private readonly workspace: Workspace,
    private readonly dir: string,
    private readonly tell: {
      sessionEnded(session: number, why: string): void
      headsArrived(): void
    },
  ) {
    this.timer = setInterval(() => this.sweep(), sweepMs)
    this.timer.unref()
  }

  get policy(): Policy {
    return this.policyState.policy
  }
  get state(): PolicyState {
    return this.policyState
  }

  /** Policy was read, or read anew. What it forbids from now on ends now. */
  setPolicy(state: PolicyState): void {
    this.isNoted &&= JSON.stringify(state) === JSON.stringify(this.policyState)
    this.policyState = state
    this.workspace.policyLeaseDays = state.policy.offlineLeaseDays ?? null
    // An earlier run may have left some, of a policy that is gone.
    beginWith(this.workspace.db, state.policy.defaults)
    if (this.isNoted) return
    this.notePolicy()
    this.sweep()
  }

  /** A disk that takes nothing does not change what policy says: it holds, and is written down once it can be. */
  private notePolicy(): void {
    const state = this.policyState
    this.workspace.db.write((tx) => {
      this.workspace.accessLog.append(tx, {
        who: { kind: 'program', name: state.managedBy ?? 'Postern' },
        act: 'policy-changed',
        detail: { locked: state.locked.join(' ').slice(0, 200), faults: state.faults.length },
      })
      tx.changes.touched('settings')
      setPolicyLease(tx, this.workspace, state.policy.offlineLeaseDays ?? null)
    })
    takePinned(this.workspace, state.policy)
    this.isNoted = true
  }

  standing(row: GrantRow): GrantState {
    return standingOf(this.workspace, row, cardOf(this.workspace.db.read, row.identity_id), this.policy)
  }

  openSessions(grantId: number): number {
    return [...this.sessions.values()].filter((session) => session.ended === null && session.grant.id === grantId)
      .length
  }

  /** Somebody asks to sign in with this card: a question that only the holder of its key can answer. */
  challenge(text: string): string {
    const card = readCard(text)
    const now = this.workspace.clock.now()
    for (const [asked, { at }] of this.challenges)
      if (now - at > challengeMs || this.challenges.size >= mostChallenges) this.challenges.delete(asked)
    const challenge = newChallenge(getSettings(this.workspace.db.read).workspaceName)
    this.challenges.set(challenge, { at: now, card })
    return challenge
  }

  /**
   * The answer to a challenge, good once. Opens a session on the newest live grant of that person.
   * @param key the database's; wiped by the caller
   * @throws PosternError `not-allowed` (wrong answer, nobody known, no grant), `grant-ended`, `time-doubtful`
   */
  signIn(challenge: string, answer: string, key: Uint8Array): { session: number; grantId: number; name: string } {
    const asked = this.challenges.get(challenge)
    this.challenges.delete(challenge)
    if (!asked || this.workspace.clock.now() - asked.at > challengeMs)
      throw new PosternError('not-allowed', 'unknown challenge', { why: 'challenge' })
    const { signKey } = asked.card
    const known = this.workspace.db.read.get<{ id: number }>(
      'SELECT id FROM support_identities WHERE sign_key = ? AND removed = 0',
      signKey,
    )
    // Whoever holds the key can sign a card with another name: they are called what the workspace knows them by.
    const card = known ? cardOf(this.workspace.db.read, known.id) : asked.card
    const who: LogBody['who'] = { kind: 'support', name: card.name, fingerprint: fingerprintOf(card) }
    const refuse = (why: string, error: PosternError): never => {
      this.workspace.db.write((tx) =>
        this.workspace.accessLog.append(tx, { who, act: 'sign-in-refused', detail: { why } }),
      )
      throw error
    }
    if (!answersChallenge(Buffer.from(signKey, 'base64url'), challenge, answer))
      return refuse('signature', new PosternError('not-allowed', 'the answer does not fit', { why: 'signature' }))
    if (!known) return refuse('unknown', new PosternError('not-allowed', 'nobody known', { why: 'unknown' }))
    const rows = this.workspace.db.read.all<GrantRow>(
      "SELECT * FROM grants WHERE identity_id = ? AND device = '' ORDER BY id DESC",
      known.id,
    )
    const live = rows.find((row) => this.standing(row) === 'live')
    if (!live) {
      const doubtful = rows.some((row) => this.standing(row) === 'time-doubtful')
      return refuse(
        doubtful ? 'time' : 'no-grant',
        doubtful ? new PosternError('time-doubtful', 'sign-in') : new PosternError('grant-ended', 'no grant is live'),
      )
    }
    const session = new SupportSession(this.workspace, live.id, card, { dir: this.dir, key }, (row) =>
      this.standing(row),
    )
    const number = this.nextSession++
    try {
      this.workspace.db.write((tx) => {
        this.workspace.accessLog.append(tx, { who, act: 'session-began', grant: live.id })
        const now = this.workspace.clock.now()
        tx.run(
          'UPDATE grants SET last_used_at = ?1, first_used_at = coalesce(first_used_at, ?1) WHERE id = ?2',
          now,
          live.id,
        )
        if (live.first_used_at !== null) return
        tellUsed(tx, this.workspace, live)
        notice(tx, 'first-use', live.id)
      })
    } catch (fault) {
      session.close('not-logged')
      throw fault
    }
    this.sessions.set(number, session)
    log.info('support session began', { grant: live.id })
    return { session: number, grantId: live.id, name: card.name }
  }

  /** Whether a session has not ended. */
  has(number: number): boolean {
    return this.sessions.has(number)
  }

  /** @throws PosternError `grant-ended` */
  session(number: number): SupportSession {
    const session = this.sessions.get(number)
    if (!session) throw new PosternError('grant-ended', 'no such session')
    return session
  }

  revoke(grantId: number, by: LogBody['who']): void {
    grantRow(this.workspace.db.read, grantId)
    this.workspace.db.write((tx) => endGrant(tx, this.workspace, grantId, by, 'revoked'))
    this.sweep()
  }

  endSession(number: number, why: string): void {
    const session = this.sessions.get(number)
    if (!session) return
    this.sessions.delete(number)
    session.close(why)
    // Also when the log cannot be written: an end must never fail.
    try {
      this.workspace.db.write((tx) => {
        this.workspace.accessLog.append(tx, {
          who: session.who,
          act: 'session-ended',
          grant: session.grant.id,
          detail: { why },
        })
        anchorHead(tx, this.workspace)
      })
    } catch (fault) {
      log.error('the end of a session is not in the log', { fault })
    }
    this.tell.sessionEnded(number, why)
  }

  /**
   * Twice a second: what has ended is closed, whatever its window does. A disk that takes nothing does not change what has
   * ended: that is written down once it can be, and whoever did something else meanwhile is not told of it.
   */
  sweep(): void {
    try {
      for (const [number, session] of this.sessions) {
        const state = this.standing(session.grant)
        if (session.ended !== null || state !== 'live') this.endSession(number, session.ended ?? state)
      }
      if (this.workspace.db.isWriting) return
      if (!this.isNoted) this.notePolicy()
      this.hearOthers()
      this.anchorNow()
      sweepGrants(this.workspace, this.policy)
      this.failing = null
    } catch (fault) {
      const { code } = PosternError.from(fault)
      if (code !== this.failing) log.error('what has ended is not written down', { code, fault })
      this.failing = code
    }
  }

  /** While somebody looks, the team is told every minute where the log stands. */
  private anchorNow(): void {
    const now = performance.now()
    if (now - this.anchoredAt < anchorMs) return
    this.anchoredAt = now
    this.workspace.db.write((tx) => anchorHead(tx, this.workspace))
  }

  /** Grants of other consoles came, were used or ended; their logs may have told something that does not fit. */
  private hearOthers(): void {
    if (this.workspace.headsArrived) {
      this.workspace.headsArrived = false
      this.tell.headsArrived()
    }
    for (const row of this.workspace.db.read.all<GrantRow>(
      "SELECT * FROM grants WHERE device <> '' AND (ended_at IS NULL OR ended_at > ?)",
      this.workspace.clock.now() - 60_000,
    )) {
      const state = row.ended_at !== null ? 'ended' : row.first_used_at !== null ? 'first-use' : 'granted'
      const before = this.others.get(row.id)
      this.others.set(row.id, state)
      if (this.heardOnce && before !== state) this.workspace.db.write((tx) => notice(tx, state, row.id))
    }
    this.heardOnce = true
  }

  close(): void {
    clearInterval(this.timer)
    for (const number of this.sessions.keys()) this.endSession(number, 'closed')
  }
}
