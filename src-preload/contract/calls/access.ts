import * as z from 'zod'
import { done, nothing, store, type CallDef } from './define'
import { Bytes, Id, Time } from '../mail'
import { PolicyState } from '../policy'
import {
  AccessNotice,
  Grant,
  GrantWish,
  LogEntry,
  LogVerdict,
  SupportCard,
  SupportIdentity,
  SupportSession,
} from '../support'

const Card = z.string().max(20_000)

/** Grants of support access, the people who may get one, the access log. */
export const accessCalls = {
  'policy.get': store(
    'read',
    'read',
    () => nothing,
    () => PolicyState,
  ),
  'identities.list': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ identities: z.array(SupportIdentity) }),
  ),
  /** Looks at a card without keeping it. */
  'identities.read': store(
    'read',
    'read',
    () => z.object({ card: Card }),
    () => z.object({ card: SupportCard, fingerprint: z.string(), words: z.string() }),
  ),
  'identities.add': store(
    'write',
    'support-access',
    () => z.object({ card: Card }),
    () => z.object({ id: Id }),
  ),
  'identities.remove': store(
    'write',
    'support-access',
    () => z.object({ id: Id }),
    () => done,
  ),
  'grants.list': store(
    'read',
    'read',
    () => nothing,
    () =>
      z.object({
        grants: z.array(Grant),
        /** The longest that may be granted, ms; whether anything may be granted by the caller, and if not why. */
        longestMs: z.int(),
        refusal: z.enum(['policy', 'permission', 'time-doubtful']).nullable(),
        /** Corrected time, and why it cannot be trusted. */
        now: Time,
        doubt: z.string().nullable(),
      }),
  ),
  /** What happened to grants and nobody has seen yet, in its order. */
  'grants.notices': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ notices: z.array(AccessNotice) }),
  ),
  /** Somebody has seen them, up to this one. */
  'grants.noticesSeen': store(
    'write',
    'settings',
    () => z.object({ upTo: Id }),
    () => done,
  ),
  /** `replaces`: extending is a new act; the grant that is extended ends. */
  'grants.make': store(
    'write',
    'support-access',
    () => GrantWish.extend({ replaces: Id.nullable().default(null) }),
    () => z.object({ id: Id }),
  ),
  /** Ends a grant at once; its open sessions close. */
  'grants.revoke': store(
    'write',
    'support-access',
    () => z.object({ id: Id }),
    () => done,
  ),
  'accessLog.list': store(
    'read',
    'read',
    () =>
      z.object({
        who: z.string().max(200).nullable().default(null),
        grantId: Id.nullable().default(null),
        days: z.int().min(1).max(3660).nullable().default(null),
        looksOnly: z.boolean().default(false),
        limit: z.int().min(1).max(1000).default(100),
      }),
    () =>
      z.object({
        entries: z.array(LogEntry),
        more: z.boolean(),
        who: z.array(z.object({ key: z.string(), name: z.string() })),
      }),
  ),
  /** Checks every entry of every chain, and the heads that were kept elsewhere. */
  'accessLog.verify': store(
    'read',
    'read',
    () => nothing,
    () => LogVerdict,
  ),
  /** A person has seen the alarm about an older or cut log; it stands in the log from now on. */
  'accessLog.acknowledge': store(
    'write',
    'support-access',
    () => nothing,
    () => done,
  ),
  /** What the last check found; null before the first. */
  'accessLog.verdict': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ verdict: LogVerdict.nullable() }),
  ),
} as const satisfies Record<string, CallDef>

/** What only a support session asks. */
export const supportCalls = {
  'support.session': store(
    'read',
    'read',
    () => nothing,
    () => SupportSession,
  ),
  /** What the session has written to the log so far, newest first: the same that the workspace sees. */
  'support.log': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ entries: z.array(LogEntry) }),
  ),
  /** An attachment of a message that the grant shows: a picture, a PDF or plain text; other kinds stay closed. */
  'support.attachment': store(
    'read',
    'read',
    () => z.object({ id: Id }),
    () =>
      z.object({
        image: z.object({ type: z.string(), bytes: Bytes }).nullable(),
        pdf: Bytes.nullable(),
        text: z.string().nullable(),
      }),
  ),
  'support.diagnostics': store(
    'read',
    'read',
    () => nothing,
    () => z.object({ text: z.string() }),
  ),
} as const satisfies Record<string, CallDef>
