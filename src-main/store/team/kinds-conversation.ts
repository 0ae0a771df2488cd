import * as z from 'zod'
import { Status } from '../../../src-preload/contract/mail'
import { add, kind, remove, set } from './define-kind'

/** Names of things that the team made (tags, groups, notes ...): made by `newName`, never by a person. */
export const Name = z.string().regex(/^[A-Za-z0-9_-]{8,40}$/)
/** A member of the roster. */
export const MemberId = z.string().regex(/^[A-Za-z0-9_-]{8,40}$/)
/** Where an event points: a conversation, by the anchor of one of its messages (see anchors.ts). */
export const ConversationEntity = z.string().regex(/^[ch]:[A-Za-z0-9_-]{16,64}$/)
const Ms = z.int().min(0).max(8_640_000_000_000_000)
const NoteText = z.string().max(50_000)
const on = z.boolean()
/** The event of the same device that this one takes back, as `dotText` writes it: both are told in one line. */
const back = z
  .string()
  .regex(/^[0-9a-f]{16}\.\d{1,16}\.\d{1,4}$/)
  .optional()

/** What agents do to a conversation. */
export const conversationKinds = {
  /** `basis`: the newest message that was there when it was closed; what came in after it opens it again. */
  status: kind(
    'work',
    z.object({ status: Status, basis: ConversationEntity.nullable().default(null), back }),
    ({ back: _, ...p }) => [set('status', p)],
  ),
  assign: kind(
    'work',
    z.object({ to: z.union([z.object({ member: MemberId }), z.object({ group: Name })]).nullable(), back }),
    ({ to }) => [set('assignee', to)],
  ),
  tag: kind('work', z.object({ tag: Name, on, back }), (p) => [p.on ? add('tags', p.tag) : remove('tags', p.tag)]),
  snooze: kind(
    'work',
    z.object({ until: Ms.nullable(), unlessReply: z.boolean().default(true), back }),
    ({ back: _, ...p }) => [set('snooze', p.until === null ? null : p)],
  ),
  title: kind('work', z.object({ title: z.string().max(500).nullable() }), ({ title }) => [set('title', title)]),
  /** A custom field; what it may hold is checked against its definition when it is shown. */
  field: kind(
    'work',
    z.object({ field: Name, value: z.union([z.string().max(4000), z.number(), z.boolean()]).nullable(), back }),
    (p) => [set(`field:${p.field}`, p.value)],
  ),
  follow: kind('read', z.object({ member: MemberId, on }), (p) => [
    p.on ? add('followers', p.member) : remove('followers', p.member),
  ]),
  /** Has no way to mail: notes are no messages and never enter the outbox. */
  note: kind(
    'read',
    z.object({
      note: Name,
      text: NoteText,
      mentions: z.array(MemberId).max(50).default([]),
      /** Whose words: a guest of support; '' the writer's own. */ as: z.string().max(200).default(''),
    }),
    ({ note, ...rest }) => [add('notes', note, rest)],
  ),
  'note-edit': kind(
    'read',
    z.object({ note: Name, text: NoteText, mentions: z.array(MemberId).max(50).default([]) }),
    ({ note, ...rest }) => [set(`note:${note}`, rest)],
  ),
  'note-delete': kind('read', z.object({ note: Name, on: on.default(true) }), (p) => [
    set(`note-gone:${p.note}`, p.on),
  ]),
  /** The conversation becomes part of another one; `null` takes it out again. */
  merge: kind('work', z.object({ into: ConversationEntity.nullable() }), ({ into }) => [set('merged-into', into)]),
  /** Messages that were taken out into a conversation of their own; `on: false` puts them back. */
  split: kind(
    'work',
    z.object({
      /** Its own name: the same message may be taken out, put back and taken out again. */
      split: Name,
      messages: z.array(ConversationEntity).min(1).max(500),
      /** Answers to them that stay behind; what nobody knew of yet goes where the message goes that it answers. */
      left: z.array(ConversationEntity).max(500).default([]),
      on: on.default(true),
    }),
    (p) => {
      const put = (field: string) => (message: string) =>
        p.on ? add(`${field}:${p.split}`, message) : remove(`${field}:${p.split}`, message)
      return [...p.messages.map(put('split-off')), ...p.left.map(put('left'))]
    },
  ),
  /** To another mailbox of the workspace, by its address. */
  move: kind('work', z.object({ mailbox: z.string().max(320), back }), ({ mailbox }) => [set('mailbox', mailbox)]),
  /** Somebody's unsent words; one each author, only the newest. Null: sent or thrown away. */
  draft: kind('work', z.object({ member: MemberId, html: z.string().max(32_768).nullable() }), (p) => [
    set(`draft:${p.member}`, p.html === null ? null : p),
  ]),
  /** A reply has left. `basis`: the newest message that it answers. */
  sent: kind(
    'send',
    z.object({
      message: ConversationEntity,
      basis: ConversationEntity.nullable(),
      member: MemberId.nullable().default(null),
    }),
    ({ message, ...rest }) => [add('sent', message, rest)],
  ),
}
