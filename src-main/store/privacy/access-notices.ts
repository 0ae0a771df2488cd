import type { AccessNotice } from '../../../src-preload/contract/support'
import type { Reader, Writer } from '../file/database'
import { cardOf } from './support-identities'

/** Notes, in the transaction of what happened, that people are to be told of it. */
export function notice(tx: Writer, what: AccessNotice['what'], grantId: number): void {
  tx.run('INSERT INTO access_notices(what, grant_id) VALUES(?, ?)', what, grantId)
  tx.changes.touched('access')
}

/** What nobody has seen yet, in the order in which it happened. */
export function unseenNotices(read: Reader): AccessNotice[] {
  return read
    .all<{ id: number; what: AccessNotice['what']; grant_id: number; identity_id: number }>(
      'SELECT n.id, n.what, n.grant_id, g.identity_id FROM access_notices n JOIN grants g ON g.id = n.grant_id ORDER BY n.id LIMIT 50',
    )
    .map(({ id, what, grant_id: grantId, identity_id: identity }) => ({
      id,
      what,
      grantId,
      name: cardOf(read, identity).name,
    }))
}

/** Somebody has seen them, up to this one. */
export function noticesSeen(tx: Writer, upTo: number): void {
  if (tx.run('DELETE FROM access_notices WHERE id <= ?', upTo).changes > 0) tx.changes.touched('access')
}
