import type { Handlers } from '../../../src-preload/contract/internal'
import { diagnosticsText } from '../privacy/diagnostics'
import { listLog } from '../privacy/access-log'
import { getConversation, messageBody } from '../conversations/conversations'
import { getCounts, listConversations, positionOf } from '../conversations/conversation-list'
import { getCustomer } from '../conversations/customers'
import { attachmentSource, shownPart } from '../mail/files'
import { allMailboxes } from '../mail/mailboxes'
import { search } from '../search/search'
import type { SupportTable } from '../../../src-preload/contract/calls'
import { addNote } from '../conversations/notes'
import { groupsOf, peopleOf, selfOf } from '../conversations/people'
import { listTags } from '../conversations/tags'
import { assign, setTag } from '../conversations/work'
import type { StoreService } from '../service'
import type { SupportSession } from '../privacy/support-session'

/**
 * The calls of a support session: the store's own questions on the session's connection, each behind a look. Which of them a
 * grant allows was decided before (`SupportSession.admit`); every other call of the window has no function here.
 */
export function supportHandlers(service: StoreService, session: SupportSession): Handlers<SupportTable> {
  const guest = `${session.card.name}, ${session.card.organisation}`
  return {
    'support.session': () => session.about(),
    'support.log': async () => ({
      entries: (
        await listLog(
          service.read,
          { who: null, grantId: session.grant.id, days: null, looksOnly: false, limit: 100 },
          Date.now(),
        )
      ).entries,
    }),
    'support.diagnostics': () =>
      session.look('look-diagnostics', null, (read) => ({ text: diagnosticsText(read, service.open) })),
    'mailboxes.list': () =>
      session.look('look-list', { kind: 'mailboxes', id: 0 }, (read) => ({ mailboxes: allMailboxes(read) })),
    'counts.get': () => session.look('look-counts', null, (read) => getCounts(read)),
    'conversations.list': (query) =>
      session.look(
        'look-list',
        { kind: 'view', id: query.view },
        (read) => listConversations(read, query),
        ({ rows }) => ({ rows: rows.length, from: query.offset }),
      ),
    'conversations.position': (query) =>
      session.look('look-list', { kind: 'view', id: query.view }, (read) => ({ position: positionOf(read, query) })),
    'conversations.get': ({ id }) =>
      session.look(
        'look-conversation',
        { kind: 'conversation', id },
        (read) => {
          const seen = getConversation(read, id)
          const customer = read.get<{ id: number }>('SELECT id FROM customers WHERE id = ?', seen.customerId)
          return { ...seen, customerId: customer?.id ?? null, partly: session.isPartly(seen.id) }
        },
        ({ messages }) => ({ messages: messages.length }),
      ),
    'messages.body': ({ id }) => session.look('look-message', { kind: 'message', id }, (read) => messageBody(read, id)),
    'customers.get': ({ id }) =>
      session.look('look-customer', { kind: 'customer', id }, (read) => getCustomer(read, id)),
    'support.attachment': async ({ id }) => {
      // Written down and committed before the bytes are even looked for.
      const file = session.look('look-attachment', { kind: 'attachment', id }, (read) => attachmentSource(read, id))
      return shownPart(service.open.workspace, file)
    },
    'people.list': () =>
      session.look('look-list', { kind: 'people', id: 0 }, () => {
        const { workspace } = service.open
        return {
          self: selfOf(service.read, workspace.device.id).id,
          people: peopleOf(service.read, workspace.device.id),
          groups: groupsOf(service.read),
          ofSelf: [],
        }
      }),
    'tags.list': () => session.look('look-list', { kind: 'tags', id: 0 }, (read) => ({ tags: listTags(read) })),
    'conversations.assign': ({ ids, to }) => {
      const { acts, workspace } = service.open
      return assign(session.acting(acts, 'conversations.assign'), workspace, ids, to, guest)
    },
    'conversations.tag': ({ ids, tag, on }) => {
      const { acts, workspace } = service.open
      return setTag(session.acting(acts, 'conversations.tag'), workspace, ids, tag, on, guest)
    },
    'notes.add': ({ conversationId, text }) => {
      const { workspace } = service.open
      return {
        noteId: workspace.db.write((tx) => {
          session.wrote(tx, 'notes.add', conversationId)
          return addNote(tx, workspace, conversationId, text, guest, workspace.clock.now(), guest)
        })[0],
        undo: null,
      }
    },
    'search.query': ({ text, offset, limit }) =>
      session.look(
        'look-search',
        null,
        (read) => search(read, service.open.index, text, offset, limit),
        ({ total }) => ({ results: total }),
      ),
  }
}
