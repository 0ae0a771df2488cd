import { PosternError } from '../../../src-preload/contract/errors'
import type { Address, AutoKind } from '../../../src-preload/contract/mail'
import type { Customer } from '../../../src-preload/contract/people'
import type { Reader, Writer } from '../file/database'
import { addressKey } from '../../../src-preload/contract/address'
import { displayName, statusOf } from '../rows'

interface AddressRow {
  customer_id: number
  last_at: number
  name: string
}

/**
 * The customer behind an address; the first mail from or to it makes one.
 * @param kind mail that a machine sent makes a record, but nobody becomes "customer since" by a bounce
 */
export function customerOf(tx: Writer, person: Address, at: number, kind: AutoKind): number | null {
  const key = addressKey(person.address)
  if (key === '' || !key.includes('@')) return null
  const name = person.name.trim().slice(0, 200)
  const known = tx.get<AddressRow>(
    'SELECT customer_id, last_at, name FROM customer_addresses WHERE address_key = ?',
    key,
  )
  const firstAt = kind === 'none' ? at : null
  if (!known) {
    const { lastInsertRowid } = tx.run(
      'INSERT INTO customers(name, first_at, first_auto_at, last_at) VALUES(?, ?, ?, ?)',
      displayName(name, person.address),
      firstAt,
      at,
      at,
    )
    const id = Number(lastInsertRowid)
    tx.run(
      'INSERT INTO customer_addresses(address_key, address, name, name_key, customer_id, last_at) VALUES(?, ?, ?, ?, ?, ?)',
      key,
      person.address.trim(),
      name,
      nameKey(name),
      id,
      at,
    )
    tx.changes.changed('customers', id)
    return id
  }
  if (at > known.last_at) {
    // The newest mail knows the name best; an empty one knows nothing.
    tx.run(
      'UPDATE customer_addresses SET last_at = ?, name = ?, name_key = ? WHERE address_key = ?',
      at,
      name === '' ? known.name : name,
      nameKey(name === '' ? known.name : name),
      key,
    )
    if (name !== '' && name !== known.name)
      tx.run('UPDATE customers SET name = ? WHERE id = ? AND named_by_person = 0', name, known.customer_id)
  } else if (known.name === '' && name !== '') {
    tx.run('UPDATE customer_addresses SET name = ?, name_key = ? WHERE address_key = ?', name, nameKey(name), key)
    tx.run('UPDATE customers SET name = ? WHERE id = ? AND named_by_person = 0', name, known.customer_id)
  }
  tx.run(
    `UPDATE customers SET last_at = max(last_at, ?), first_auto_at = min(first_auto_at, ?),
    first_at = coalesce(min(first_at, ?), first_at, ?) WHERE id = ?`,
    at,
    at,
    firstAt,
    firstAt,
    known.customer_id,
  )
  tx.changes.changed('customers', known.customer_id)
  return known.customer_id
}

const nameKey = (name: string): string => name.toLowerCase()

interface CustomerRow {
  id: number
  name: string
  note: string
  first_at: number | null
  first_auto_at: number
  last_at: number
}

/** @throws PosternError `not-found` */
export function getCustomer(read: Reader, id: number): Customer {
  const row = read.get<CustomerRow>(
    'SELECT id, name, note, first_at, first_auto_at, last_at FROM customers WHERE id = ?',
    id,
  )
  if (!row) throw new PosternError('not-found', 'no such customer')
  const addresses = read.all<{ address: string }>(
    'SELECT address FROM customer_addresses WHERE customer_id = ? ORDER BY last_at DESC',
    id,
  )
  const count =
    read.get<{ n: number }>('SELECT count(*) AS n FROM conversations WHERE customer_id = ? AND merged_into IS NULL', id)
      ?.n ?? 0
  const conversations = read.all<{ id: number; subject: string; status: number; last_at: number }>(
    'SELECT id, subject, status, last_at FROM conversations WHERE customer_id = ? AND merged_into IS NULL ORDER BY last_at DESC LIMIT 50',
    id,
  )
  return {
    id,
    name: row.name,
    note: row.note,
    addresses: addresses.map(({ address }) => address),
    firstSeenAt: row.first_at ?? row.first_auto_at,
    lastSeenAt: row.last_at,
    conversationCount: count,
    conversations: conversations.map(({ last_at: lastAt, status, ...rest }) => ({
      ...rest,
      status: statusOf(status),
      lastAt,
    })),
  }
}

/** A name that a person gave is not replaced by what mail says. @throws PosternError `not-found` */
export function updateCustomer(
  tx: Writer,
  id: number,
  change: { name?: string | undefined; note?: string | undefined },
): void {
  const { changes } = tx.run(
    `UPDATE customers SET name = coalesce(?1, name), named_by_person = iif(?1 IS NULL, named_by_person, 1), note = coalesce(?2, note) WHERE id = ?3`,
    change.name ?? null,
    change.note ?? null,
    id,
  )
  if (changes === 0) throw new PosternError('not-found', 'no such customer')
  tx.changes.changed('customers', id)
}

/** Addresses whose name or address begins with the text, most recent first. */
export function suggestAddresses(read: Reader, text: string, limit: number): Address[] {
  const key = text.trim().toLowerCase()
  const end = `${key}\u{10FFFF}`
  // Both ranges are read from an index and bounded before they are sorted.
  return read.all<Address>(
    `SELECT name, address FROM (
       SELECT * FROM (SELECT name, address, last_at FROM customer_addresses WHERE address_key >= ?1 AND address_key < ?2 LIMIT 500)
       UNION SELECT * FROM (SELECT name, address, last_at FROM customer_addresses WHERE name_key >= ?1 AND name_key < ?2 LIMIT 500)
       UNION SELECT * FROM (SELECT name, address, last_at FROM customer_addresses WHERE name_key LIKE ?3 ESCAPE '\\' LIMIT iif(length(?1) >= 2, 100, 0))
     ) ORDER BY last_at DESC LIMIT ?4`,
    key,
    end,
    `% ${key.replace(/[\\%_]/g, '\\$&')}%`,
    limit,
  )
}
