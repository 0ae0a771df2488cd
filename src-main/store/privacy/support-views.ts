import type Driver from 'better-sqlite3-multiple-ciphers'
import * as z from 'zod'
import { addressKey } from '../../../src-preload/contract/address'
import type { GrantScope } from '../../../src-preload/contract/support'
import { databaseFile, readerOf, type Reader } from '../file/database'
import { openDriver } from '../file/driver'
import { rowOf } from '../conversations/summary'
import { shownPlaces } from '../mail/places'
import { ownAddresses } from '../outbox/identities'
import { displayName, parsePeople, parseTexts } from '../rows'

/**
 * The database as a support session sees it: a second connection that SQLite itself holds read-only, with a temporary view
 * in front of every table. A name without a schema finds the temporary one first, so the store's own questions run
 * unchanged and reach nothing but the view. Whatever is not named here is empty, tables of later versions included.
 */
export interface ScopedReader {
  readonly read: Reader
  close(): void
}

/** Which rows of a table, and what of its columns: `true` as it is, a text as that expression, any other its default. Null: nothing. */
interface View {
  readonly where: string
  readonly columns: 'all' | Readonly<Record<string, true | string>>
  readonly also?: string
}
type Shown = (scope: GrantScope, mailboxes: string | null) => View | null

const inMailbox = (mailboxes: string | null, conversation: string): string =>
  mailboxes === null
    ? '1'
    : `EXISTS(SELECT 1 FROM main.conversation_mailboxes x WHERE x.conversation_id = ${conversation} AND x.mailbox_id IN (${mailboxes}))`
const inFolder = (mailboxes: string | null, message: string): string =>
  mailboxes === null
    ? '1'
    : `EXISTS(SELECT 1 FROM main.locations x JOIN main.folders y ON y.id = x.folder_id WHERE x.message_id = ${message} AND y.mailbox_id IN (${mailboxes}))`

/**
 * No mailbox that was not granted has the conversation in its lists. Notes, tags and history are of a conversation as a whole: of one that lies
 * in another mailbox too nothing says which mail they are about, so they are shown of none.
 */
const onlyIn = (mailboxes: string | null, conversation: string): string =>
  mailboxes === null ? '1' : `${inMailbox(mailboxes, conversation)} AND NOT ${liesElsewhere(mailboxes, conversation)}`
const liesElsewhere = (mailboxes: string, conversation: string): string =>
  `EXISTS(SELECT 1 FROM main.conversation_mailboxes x WHERE x.conversation_id = ${conversation} AND x.mailbox_id NOT IN (${mailboxes}))`

/** Of a message what lists show of its conversation (`conversations/summary`). */
const Listed = z.object({
  direction: z.number(),
  subject: z.string(),
  date: z.number(),
  from_name: z.string(),
  from_address: z.string(),
  people: z.string(),
  snippet: z.string(),
  auto_kind: z.string(),
  place: z.number(),
  seen: z.number(),
  attachment_count: z.number(),
})

/** Columns of a conversation that were made of all its messages: where not all are shown, they are made anew of those that are. */
function ofMessages(mailboxes: string | null): Record<string, true | string> {
  const columns = ['subject', 'people', 'snippet', 'last_from_team', 'attachment_count', 'message_count', 'mailbox_ids']
  if (mailboxes === null) return names(...columns)
  const fields = Object.keys(Listed.shape).map((name) => `'${name}', m.${name}`)
  const messages = `(SELECT json_group_array(json_object(${fields.join(', ')}) ORDER BY m.date, m.id) FROM main.messages m WHERE m.conversation_id = conversations.id AND m.place IN ${shownPlaces} AND ${inFolder(mailboxes, 'm.id')})`
  return {
    ...Object.fromEntries(columns.map((name) => [name, `list_shows('${name}', ${messages})`])),
    mailbox_ids: `(SELECT json_group_array(value) FROM json_each(conversations.mailbox_ids) WHERE value IN (${mailboxes}))`,
  }
}

/** What `ofMessages` asks for. */
function listShows(db: Driver): void {
  const own = new Set(ownAddresses(readerOf(db)))
  db.function('list_shows', { deterministic: true }, (what: unknown, json: unknown) => {
    const messages = z.array(Listed).parse(JSON.parse(z.string().parse(json)))
    const row = rowOf(messages, own)
    const shows: Readonly<Record<string, string | number | null>> = {
      subject: row.subject ?? '',
      people: row.people,
      snippet: row.snippet,
      last_from_team: row.lastFromTeam,
      attachment_count: row.attachments,
      message_count: messages.length,
    }
    return shows[z.string().parse(what)] ?? null
  })
}

/** The mail of a customer that is shown; a condition on `m` may follow. */
const shownMail = (mailboxes: string, customer: string): string =>
  `FROM main.conversations c JOIN main.messages m ON m.conversation_id = c.id WHERE c.customer_id = ${customer} AND m.place IN ${shownPlaces} AND ${inFolder(mailboxes, 'm.id')}`
const named = (keys: string): string => `name_in(m.from_name, m.from_address, m.people, ${keys})`
/** Every conversation of the customer is in granted mailboxes alone. */
const onlyHere = (mailboxes: string, customer: string): string =>
  `NOT EXISTS(SELECT 1 FROM main.conversations c WHERE c.customer_id = ${customer} AND ${liesElsewhere(mailboxes, 'c.id')})`

/** Of a customer who is in another mailbox too: what the mail that is shown says, and nothing that people or other mail said of them. */
function customersOf(mailboxes: string | null): View {
  if (mailboxes === null) return whole('1')
  const mail = shownMail(mailboxes, 'customers.id')
  const keys =
    '(SELECT json_group_array(a.address_key) FROM main.customer_addresses a WHERE a.customer_id = customers.id)'
  const name = `(SELECT ${named(keys)} AS called ${mail} AND called IS NOT NULL ORDER BY m.date DESC, m.id DESC LIMIT 1)`
  const orOfMail = (column: string, ofMail: string): string =>
    `iif(${onlyHere(mailboxes, 'customers.id')}, ${column}, ${ofMail})`
  return {
    where: `${ofCustomer(mailboxes, 'customers.id')} AND (${onlyHere(mailboxes, 'customers.id')} OR ${name} IS NOT NULL)`,
    columns: {
      id: true,
      name: orOfMail('name', name),
      note: orOfMail('note', "''"),
      first_at: orOfMail('first_at', `(SELECT min(m.date) ${mail})`),
      first_auto_at: orOfMail('first_auto_at', `(SELECT min(m.date) ${mail})`),
      last_at: orOfMail('last_at', `(SELECT max(m.date) ${mail})`),
    },
  }
}

function addressesOf(mailboxes: string | null): View {
  const customer = 'customer_addresses.customer_id'
  return whole(
    mailboxes === null
      ? '1'
      : `${ofCustomer(mailboxes, customer)} AND (${onlyHere(mailboxes, customer)} OR EXISTS(SELECT 1 ${shownMail(mailboxes, customer)} AND ${named('json_array(customer_addresses.address_key)')} IS NOT NULL))`,
  )
}

/** What a message calls somebody with one of these addresses; null: it does not name them. */
function nameIn(db: Driver): void {
  const text = z.string()
  db.function(
    'name_in',
    { deterministic: true },
    (fromName: unknown, from: unknown, people: unknown, keys: unknown) => {
      const [name, address] = [text.parse(fromName), text.parse(from)]
      const { to, cc, bcc, replyTo } = parsePeople(text.parse(people))
      const known = parseTexts(text.parse(keys))
      const one = [{ name, address }, ...to, ...cc, ...bcc, ...replyTo].find((person) =>
        known.includes(addressKey(person.address)),
      )
      return one ? displayName(one.name, one.address) : null
    },
  )
}

const ofCustomer = (mailboxes: string | null, customer: string): string =>
  mailboxes === null
    ? '1'
    : `EXISTS(SELECT 1 FROM main.conversations c JOIN main.conversation_mailboxes x ON x.conversation_id = c.id WHERE c.customer_id = ${customer} AND x.mailbox_id IN (${mailboxes}))`
const own = (mailboxes: string | null, column: string): string =>
  mailboxes === null ? '1' : `${column} IN (${mailboxes})`
const whole = (where: string): View => ({ where, columns: 'all' })
const fromMetadata =
  (build: (scope: GrantScope, mailboxes: string | null) => View): Shown =>
  (scope, mailboxes) =>
    scope === 'diagnostics' ? null : build(scope, mailboxes)
const onlyFull =
  (build: (mailboxes: string | null) => View): Shown =>
  (scope, mailboxes) =>
    scope === 'full' ? build(mailboxes) : null
const names = (...columns: readonly string[]): Record<string, true> =>
  Object.fromEntries(columns.map((name) => [name, true]))

/** Hidden whatever the scope: secrets and tokens, drafts and unsent mail, the roster, the log, grants, and every table that is not named. */
const shown: Readonly<Record<string, Shown>> = {
  settings: () => ({ where: "key = 'workspaceName'", columns: 'all' }),
  mailboxes: (_scope, mailboxes) => ({
    where: own(mailboxes, 'id'),
    columns: {
      ...names('id', 'name', 'address', 'paused', 'removing', 'synced_at', 'created_at', 'local'),
      imap: "json_set(imap, '$.user', 'hidden')",
      smtp: "json_set(smtp, '$.user', 'hidden')",
      address_key: "''",
    },
  }),
  folders: (_scope, mailboxes) => whole(own(mailboxes, 'mailbox_id')),
  network_ledger: (_scope, mailboxes) => whole(`mailbox_id = 0 OR ${own(mailboxes, 'mailbox_id')}`),
  conversations: fromMetadata((scope, mailboxes) => ({
    where: inMailbox(mailboxes, 'conversations.id'),
    columns: {
      ...names(
        'id',
        'status',
        'status_by_person',
        'hidden',
        'unread',
        'last_at',
        'version',
        'merged_into',
        'assignee',
        'snoozed_until',
        'snoozed_at',
        'snooze_unless_reply',
        'woke_at',
        'family',
      ),
      ...ofMessages(mailboxes),
      ...Object.fromEntries(
        ['tags', 'labels'].map((name) => [name, `iif(${onlyIn(mailboxes, 'conversations.id')}, ${name}, '[]')`]),
      ),
      ...(scope === 'full' ? names('customer_id') : { snippet: "''" }),
    },
  })),
  conversation_mailboxes: fromMetadata((_scope, mailboxes) => whole(own(mailboxes, 'mailbox_id'))),
  conversation_tags: fromMetadata((_scope, mailboxes) => whole(onlyIn(mailboxes, 'conversation_tags.conversation_id'))),
  conversation_labels: fromMetadata((_scope, mailboxes) =>
    whole(onlyIn(mailboxes, 'conversation_labels.conversation_id')),
  ),
  tags: fromMetadata(() => whole('1')),
  // The sum over the granted mailboxes is counted anew: a conversation in two of them is one.
  view_counts: fromMetadata((_scope, mailboxes) =>
    mailboxes === null
      ? whole('1')
      : {
          ...whole(`mailbox_id IN (${mailboxes})`),
          also: `SELECT 0, status, count(DISTINCT conversation_id), count(DISTINCT iif(unread = 1, conversation_id, NULL)) FROM main.conversation_mailboxes WHERE mailbox_id IN (${mailboxes}) AND hidden = 0 GROUP BY status`,
        },
  ),
  messages: fromMetadata((scope, mailboxes) => ({
    where: inFolder(mailboxes, 'messages.id'),
    columns: {
      ...names(
        'id',
        'conversation_id',
        'key_hash',
        'content_hash',
        'message_id',
        'refs',
        'direction',
        'place',
        'seen',
        'date',
        'from_name',
        'from_address',
        'from_suspicious',
        'people',
        'subject',
        'auto_kind',
        'attachment_count',
        'remote_count',
        'unreadable',
        'raw_size',
        'in_reply_to',
      ),
      snippet: scope === 'full' ? true : "''",
    },
  })),
  history: fromMetadata((_scope, mailboxes) => whole(onlyIn(mailboxes, 'history.conversation_id'))),
  message_bodies: onlyFull((mailboxes) => ({
    where: inFolder(mailboxes, 'message_bodies.message_id'),
    columns: names('message_id', 'body', 'source'),
  })),
  attachments: onlyFull((mailboxes) => whole(inFolder(mailboxes, 'attachments.message_id'))),
  notes: onlyFull((mailboxes) => whole(onlyIn(mailboxes, 'notes.conversation_id'))),
  customers: onlyFull(customersOf),
  customer_addresses: onlyFull(addressesOf),
}

/** Names of tables that stay empty in a scope; for the test that holds the list against the schema. */
export function isShown(table: string, scope: GrantScope): boolean {
  return (shown[table]?.(scope, null) ?? null) !== null
}

/**
 * Opens the connection of a session. `mailboxIds`: null for all.
 * @throws PosternError like `Database.open`
 */
export function openScoped(
  dir: string,
  key: Uint8Array,
  scope: GrantScope,
  mailboxIds: readonly number[] | null,
): ScopedReader {
  const db = openDriver(databaseFile(dir), key, { readonly: true })
  try {
    const mailboxes =
      mailboxIds === null ? null : mailboxIds.filter((id) => Number.isSafeInteger(id)).join(', ') || '-1'
    // Before a view hides what it reads.
    listShows(db)
    nameIn(db)
    for (const name of tablesOf(db))
      db.exec(`CREATE TEMP VIEW "${name}" AS ${viewOf(db, name, shown[name]?.(scope, mailboxes) ?? null)}`)
    db.pragma('query_only = ON')
    return { read: readerOf(db), close: () => db.close() }
  } catch (fault) {
    db.close()
    throw fault
  }
}

function tablesOf(db: Driver): string[] {
  return db
    .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all()
    .map(String)
}

interface Column {
  readonly name: string
  readonly default: string | null
}

/** The view in front of a table; one that is not named above has the same columns and no row. */
function viewOf(db: Driver, table: string, view: View | null): string {
  const columns = db
    .prepare<[string], Column>(
      'SELECT name, dflt_value AS "default" FROM pragma_table_xinfo(?) WHERE hidden IN (0, 2, 3)',
    )
    .all(table)
  if (view === null) return `SELECT ${columns.map(({ name }) => `NULL AS "${name}"`).join(', ')} WHERE 0`
  const { columns: picked } = view
  const list =
    picked === 'all'
      ? '*'
      : columns
          .map(({ name, default: standard }) => {
            const given = picked[name]
            return given === true ? `"${name}"` : `${given ?? standard ?? 'NULL'} AS "${name}"`
          })
          .join(', ')
  return `SELECT ${list} FROM main."${table}" WHERE ${view.where}${view.also === undefined ? '' : ` UNION ALL ${view.also}`}`
}
