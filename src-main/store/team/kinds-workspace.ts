import * as z from 'zod'
import { Alias, MailboxDefinition } from '../../../src-preload/contract/identity'
import { addressKey } from '../../../src-preload/contract/address'
import { add, kind, remove, set } from './define-kind'
import { MemberId, Name } from './kinds-conversation'

const Label = z.string().trim().min(1).max(100)
const Definition = z.record(z.string().max(60), z.unknown()).refine((value) => JSON.stringify(value).length <= 20_000)

/**
 * What the team shares besides conversations. The entity is the thing itself: `tag:NAME`, `group:NAME`, `field:NAME`, `view:NAME`,
 * `processor:NAME`, `mailbox:ADDRESS`.
 */
export const workspaceKinds = {
  'tag-define': kind(
    'work',
    z.object({ name: Label, colour: z.string().max(30).nullable().default(null) }),
    ({ name, colour }) => [set('name', name), set('colour', colour)],
  ),
  /** `into`: its conversations count as having that one. */
  'tag-retire': kind('work', z.object({ retired: z.boolean(), into: Name.nullable().default(null) }), (p) => [
    set('retired', p.retired),
    set('into', p.into),
  ]),
  'group-define': kind('manage-team', z.object({ name: Label, retired: z.boolean().default(false) }), (p) => [
    set('name', p.name),
    set('retired', p.retired),
  ]),
  'group-member': kind('manage-team', z.object({ member: MemberId, on: z.boolean() }), (p) => [
    p.on ? add('members', p.member) : remove('members', p.member),
  ]),
  'field-define': kind(
    'manage-team',
    z.object({ definition: Definition, retired: z.boolean().default(false) }),
    (p) => [set('definition', p.definition), set('retired', p.retired)],
  ),
  /** A processor of the workspace's data, or a version of its privacy policy. */
  'processor-define': kind(
    'manage-team',
    z.object({ definition: Definition, retired: z.boolean().default(false) }),
    (p) => [set('definition', p.definition), set('retired', p.retired)],
  ),
  'view-define': kind('work', z.object({ definition: Definition, retired: z.boolean().default(false) }), (p) => [
    set('definition', p.definition),
    set('retired', p.retired),
  ]),
  /** Who a mailbox is to those who get its mail; what is not named stays as it is. */
  'mailbox-define': kind('manage-mailboxes', MailboxDefinition, (p) =>
    Object.entries(p).flatMap(([field, value]) => (value === undefined ? [] : [set(field, value)])),
  ),
  /** A further address. `alias` null: given up; `mistaken`: it never was the mailbox's, so older mail from it is a customer's again. */
  'mailbox-alias': kind(
    'manage-mailboxes',
    z.object({ address: Alias.shape.address, alias: Alias.nullable(), mistaken: z.boolean().default(false) }),
    ({ address, alias, mistaken }) => [set(`alias:${addressKey(address)}`, { alias, mistaken })],
  ),
}
