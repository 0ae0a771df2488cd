import { PosternError } from '../../../src-preload/contract/errors'
import type { SupportTable } from '../../../src-preload/contract/calls'
import {
  GrantKind,
  GrantScope,
  type GrantState,
  type LogAct,
  type LogBody,
  type SupportCard,
  type SupportSession as Shown,
} from '../../../src-preload/contract/support'
import { fingerprintOf } from '../../crypto/support-identity'
import type { Acts } from '../conversations/acts'
import type { Writer } from '../file/database'
import type { Act } from './access-log'
import { grantRow, mailboxesOf, type GrantRow } from './grants'
import { allMailboxes } from '../mail/mailboxes'
import { openScoped, type ScopedReader } from './support-views'
import type { Workspace } from '../workspace'

/** Notes, tags and assignments, and what is asked to write them: for the manager of a customer-success grant only. */
const writes = [
  'notes.add',
  'conversations.assign',
  'conversations.tag',
  'people.list',
  'tags.list',
] as const satisfies readonly (keyof SupportTable)[]
type ReadName = Exclude<keyof SupportTable, (typeof writes)[number]>

/** What each scope may ask; every other call is refused, whoever sends it (R56). */
const allowed: Readonly<Record<ReadName, readonly GrantScope[]>> = {
  'support.session': ['diagnostics', 'metadata', 'full'],
  'support.log': ['diagnostics', 'metadata', 'full'],
  'support.diagnostics': ['diagnostics', 'metadata', 'full'],
  'mailboxes.list': ['diagnostics', 'metadata', 'full'],
  'counts.get': ['metadata', 'full'],
  'conversations.list': ['metadata', 'full'],
  'conversations.position': ['metadata', 'full'],
  'conversations.get': ['metadata', 'full'],
  'messages.body': ['full'],
  'support.attachment': ['full'],
  'customers.get': ['full'],
  'search.query': ['full'],
}
/** A client that keeps asking for what it may not have is put out. */
const mostRefusals = 50

const isRead = (name: string): name is ReadName => Object.hasOwn(allowed, name)

/** One open support session: its grant, its connection, and the rule that nothing is shown before it is written down. */
export class SupportSession {
  readonly scope: GrantScope
  readonly who: LogBody['who']
  ended: string | null = null
  private readonly scoped: ScopedReader
  private refusals = 0

  constructor(
    private readonly workspace: Workspace,
    private readonly grantId: number,
    readonly card: SupportCard,
    connection: { dir: string; key: Uint8Array },
    /** How the grant stands at this moment. */
    private readonly standing: (row: GrantRow) => GrantState,
  ) {
    const grant = grantRow(workspace.db.read, grantId)
    this.scope = GrantScope.parse(grant.scope)
    this.who = { kind: 'support', name: card.name, fingerprint: fingerprintOf(card) }
    this.scoped = openScoped(connection.dir, connection.key, this.scope, mailboxesOf(grant))
  }

  get grant(): GrantRow {
    return grantRow(this.workspace.db.read, this.grantId)
  }

  /**
   * Whether a call may run. A refusal is written down too.
   * @throws PosternError `not-allowed`, `grant-ended`, `time-doubtful`
   */
  admit(name: string): void {
    this.check()
    if (isRead(name) ? allowed[name].includes(this.scope) : this.mayWrite && writes.some((one) => one === name)) return
    this.refusals += 1
    this.workspace.db.write((tx) =>
      this.workspace.accessLog.append(tx, {
        who: this.who,
        act: 'refused',
        grant: this.grantId,
        object: { kind: 'call', id: name.slice(0, 80) },
      }),
    )
    if (this.refusals >= mostRefusals) this.close('refused-too-often')
    throw new PosternError('not-allowed', 'not part of the grant', { grant: true })
  }

  private get mayWrite(): boolean {
    return this.grant.kind === 'customer-success-manager' && this.scope === 'full'
  }

  /** @throws PosternError `grant-ended`, `time-doubtful` */
  check(): void {
    if (this.ended !== null) throw new PosternError('grant-ended', this.ended)
    const state = this.standing(this.grant)
    if (state === 'live') return
    if (state === 'time-doubtful') throw new PosternError('time-doubtful', 'the time cannot be trusted')
    throw new PosternError('grant-ended', state)
  }

  /** What is to be seen is read, and the look is written down, in one transaction; it is handed out only after the commit (R57). */
  look<T>(
    act: LogAct,
    object: LogBody['object'] | null,
    see: (read: ScopedReader['read']) => T,
    detail?: (seen: T) => NonNullable<Act['detail']>,
  ): T {
    return this.workspace.db.write((tx) => {
      this.check()
      const seen = see(this.scoped.read)
      this.workspace.accessLog.append(tx, {
        who: this.who,
        act,
        grant: this.grantId,
        ...(object ? { object } : {}),
        ...(detail ? { detail: detail(seen) } : {}),
      })
      // To the minute: the log has each look, and a look waits for every page that is written.
      const now = this.workspace.clock.now()
      if (now - (this.grant.last_used_at ?? 0) >= 60_000)
        tx.run(
          'UPDATE grants SET last_used_at = ?1, first_used_at = coalesce(first_used_at, ?1) WHERE id = ?2',
          now,
          this.grantId,
        )
      return seen
    })
  }

  /** Whether a conversation is in a mailbox too that was not granted. */
  isPartly(conversationId: number): boolean {
    const granted = mailboxesOf(this.grant)
    return (
      granted !== null &&
      this.workspace.db.read.get(
        'SELECT 1 FROM conversation_mailboxes WHERE conversation_id = ? AND mailbox_id NOT IN (SELECT value FROM json_each(?))',
        conversationId,
        JSON.stringify(granted),
      ) !== undefined
    )
  }

  /**
   * What is written about a conversation is seen, and counts, in every mailbox that it is in.
   * @throws PosternError `not-found` for one that the grant does not show, `not-allowed` for one that it shows a part of
   */
  private mustBeWhole(ids: readonly number[]): void {
    if (!ids.every((id) => this.scoped.read.get('SELECT 1 FROM conversations WHERE id = ?', id)))
      throw new PosternError('not-found', 'no such conversation')
    if (ids.some((id) => this.isPartly(id)))
      throw new PosternError('not-allowed', 'it is in another mailbox too', { grant: true })
  }

  /**
   * An act of a customer-success manager on a conversation of the grant is written down in its own transaction: what could not be
   * done does not stand in the log as done, and what could not be written down is not done.
   * @throws PosternError `not-found`, `not-allowed` for a conversation that the grant does not show, or not whole
   */
  wrote(tx: Writer, call: string, id: number): void {
    this.check()
    this.mustBeWhole([id])
    this.workspace.accessLog.append(tx, {
      who: this.who,
      act: 'wrote',
      grant: this.grantId,
      object: { kind: 'conversation', id },
      detail: { call },
    })
  }

  /** The acts of the workspace for that manager: all that they name must be shown whole by the grant before the first is touched. */
  acting(acts: Pick<Acts, 'act'>, call: string): Pick<Acts, 'act'> {
    return {
      act: async (ids, work) => {
        this.mustBeWhole(ids)
        return acts.act(ids, (tx, id, mailboxes) => {
          this.wrote(tx, call, id)
          return work(tx, id, mailboxes)
        })
      },
    }
  }

  /** About the session itself; nothing of the workspace but its name and the mailboxes of the grant. */
  about(): Shown {
    const { read } = this.scoped
    const grant = this.grant
    return {
      workspace: workspaceName(read),
      staff: this.card.name,
      organisation: this.card.organisation,
      fingerprint: this.who.fingerprint ?? '',
      grantId: this.grantId,
      kind: GrantKind.parse(grant.kind),
      scope: this.scope,
      reason: grant.reason,
      reference: grant.reference,
      grantedBy: grant.granted_by,
      grantedAt: grant.granted_at,
      endsAt: grant.ends_at,
      now: this.workspace.clock.now(),
      mailboxes: allMailboxes(read).map(({ id, name }) => ({ id, name })),
      mayWrite: this.mayWrite,
    }
  }

  get read(): ScopedReader['read'] {
    return this.scoped.read
  }

  close(why: string): void {
    if (this.ended !== null) return
    this.ended = why
    this.scoped.close()
  }
}

function workspaceName(read: ScopedReader['read']): string {
  const row = read.get<{ value: string }>("SELECT value FROM settings WHERE key = 'workspaceName'")
  const name: unknown = row ? JSON.parse(row.value) : ''
  return typeof name === 'string' ? name : ''
}
