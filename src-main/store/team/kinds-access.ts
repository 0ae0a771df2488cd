import * as z from 'zod'
import { GrantKind, GrantScope, longestGrantMs, SupportCard } from '../../../src-preload/contract/support'
import { add, kind, set } from './define-kind'

const Ms = z.int().min(0).max(8_640_000_000_000_000)

/** What the team knows of a grant; mailboxes by address, since their ids differ from laptop to laptop. */
export const GrantEvent = z
  .strictObject({
    card: SupportCard,
    kind: GrantKind,
    scope: GrantScope,
    mailboxes: z.array(z.string().max(320)).min(1).max(1000).nullable(),
    reason: z.string().trim().min(3).max(500),
    reference: z.string().max(100),
    grantedAt: Ms,
    endsAt: Ms,
  })
  .refine(
    ({ grantedAt, endsAt }) => endsAt > grantedAt && endsAt - grantedAt <= longestGrantMs,
    'no grant lasts longer than 180 days',
  )

export const grantEnds = ['revoked', 'replaced', 'ended', 'forbidden', 'grantor-left'] as const
export const GrantEndEvent = z.strictObject({ why: z.enum(grantEnds) })

/** Where the access log of a device stood. */
export const LogHeadEvent = z.strictObject({ entries: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) })

/**
 * Support access and the access logs. A grant's entity is `grant:DEVICE.NAME`, a log's `access-log:DEVICE`: what another
 * device writes there in its place counts for nothing (see project-grants, log-heads).
 */
export const accessKinds = {
  grant: kind('support-access', GrantEvent, (p) => [add('granted', p.card.signKey)]),
  /** Whoever may grant may end, from any console. */
  'grant-end': kind('support-access', GrantEndEvent, ({ why }) => [add('ended', why)]),
  'grant-used': kind('support-access', z.strictObject({ at: Ms }), ({ at }) => [add('used', String(at))]),
  'log-head': kind('read', LogHeadEvent, ({ entries, hash }) => [set('head', [entries, hash])]),
} as const
