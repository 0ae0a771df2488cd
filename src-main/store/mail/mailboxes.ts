import { PosternError } from '../../../src-preload/contract/errors'
import { ServerSettings, type Mailbox, type MailboxSettings } from '../../../src-preload/contract/mailboxes'
import type { Reader } from '../file/database'
import { identityOf, senders } from '../outbox/identities'
import { putIdentities } from '../team/project-identities'
import { depthOf } from './parts'
import { addressKey } from '../../../src-preload/contract/address'
import { noteOwnAddresses } from './own-mail'
import type { Workspace } from '../workspace'

interface MailboxRow {
  id: number
  name: string
  address: string
  imap: string
  smtp: string
  paused: number
  local: number
  depth: string
  identity: string
}

const serverOf = (text: string): ServerSettings => ServerSettings.parse(JSON.parse(text))

/** All but those that are being removed. */
export function allMailboxes(read: Reader): Mailbox[] {
  return read
    .all<MailboxRow>(
      'SELECT id, name, address, imap, smtp, paused, local, depth, identity FROM mailboxes WHERE removing = 0 ORDER BY id',
    )
    .map((row) => ({
      id: row.id,
      name: row.name,
      address: row.address,
      imap: serverOf(row.imap),
      smtp: serverOf(row.smtp),
      paused: row.paused === 1,
      local: row.local === 1,
      depth: depthOf(row.depth),
      identity: identityOf(row.identity),
    }))
}

/** An address belongs to one mailbox: answers could leave from two places otherwise. */
function refuseAlias(read: Reader, address: string, id: number | null): void {
  const other = senders(read).find(
    (one) => one.id !== id && one.identity.aliases.some((alias) => addressKey(alias.address) === addressKey(address)),
  )
  if (other) throw new PosternError('conflict', 'it is an alias of another mailbox', { what: 'alias', address })
}

/** A mailbox is its address: adding one that is there changes nothing and says so. */
export function createMailbox(workspace: Workspace, settings: MailboxSettings): { id: number; existed: boolean } {
  const made = workspace.db.write((tx) => {
    const known = tx.get<{ id: number }>(
      'SELECT id FROM mailboxes WHERE address_key = ? AND removing = 0',
      addressKey(settings.address),
    )
    if (known) return { id: known.id, existed: true }
    refuseAlias(tx, settings.address, null)
    const { lastInsertRowid } = tx.run(
      'INSERT INTO mailboxes(name, address, address_key, imap, smtp, created_at) VALUES(?, ?, ?, ?, ?, ?)',
      settings.name,
      settings.address,
      addressKey(settings.address),
      JSON.stringify(settings.imap),
      JSON.stringify(settings.smtp),
      Date.now(),
    )
    noteOwnAddresses(tx)
    // What the team set about it before it was here; its account may carry the mail of others.
    putIdentities(tx, workspace)
    tx.changes.touched('mailboxes')
    tx.changes.touched('sync')
    return { id: Number(lastInsertRowid), existed: false }
  })
  workspace.mailboxesChanged()
  return made
}

/** @throws PosternError `conflict` when another mailbox has the address */
export function updateMailbox(workspace: Workspace, id: number, settings: MailboxSettings): void {
  workspace.db.write((tx) => {
    if (
      tx.get(
        'SELECT 1 FROM mailboxes WHERE address_key = ? AND removing = 0 AND id <> ?',
        addressKey(settings.address),
        id,
      )
    )
      throw new PosternError('conflict', 'another mailbox has this address')
    refuseAlias(tx, settings.address, id)
    const { changes } = tx.run(
      'UPDATE mailboxes SET name = ?, address = ?, address_key = ?, imap = ?, smtp = ? WHERE id = ? AND removing = 0',
      settings.name,
      settings.address,
      addressKey(settings.address),
      JSON.stringify(settings.imap),
      JSON.stringify(settings.smtp),
      id,
    )
    if (changes === 0) throw new PosternError('not-found', 'no such mailbox')
    noteOwnAddresses(tx)
    putIdentities(tx, workspace)
    tx.changes.touched('mailboxes')
    tx.changes.touched('sync')
  })
  workspace.mailboxesChanged()
}

export function pauseMailbox(workspace: Workspace, id: number, paused: boolean): void {
  workspace.db.write((tx) => {
    if (tx.run('UPDATE mailboxes SET paused = ? WHERE id = ? AND removing = 0', Number(paused), id).changes === 0)
      throw new PosternError('not-found', 'no such mailbox')
    tx.changes.touched('mailboxes')
    tx.changes.touched('sync')
  })
}

/** Stands where a server would: nothing ever connects to it. */
export const noServer: ServerSettings = { host: 'localhost', port: 1, security: 'none', user: 'nobody' }

/** A mailbox for imported mail, without a server. @throws PosternError `conflict` when a mailbox has the address */
export function createLocalMailbox(workspace: Workspace, name: string, address: string | null): number {
  const id = workspace.db.write((tx) => {
    const known = address === null ? `import-${Date.now()}@local.invalid` : address
    if (tx.get('SELECT 1 FROM mailboxes WHERE address_key = ? AND removing = 0', addressKey(known)))
      throw new PosternError('conflict', 'another mailbox has this address', { what: 'mailbox' })
    const server = JSON.stringify(noServer)
    if (address !== null) noteOwnAddresses(tx)
    tx.changes.touched('mailboxes')
    tx.changes.touched('counts')
    return Number(
      tx.run(
        'INSERT INTO mailboxes(name, address, address_key, imap, smtp, created_at, local) VALUES(?, ?, ?, ?, ?, ?, 1)',
        name,
        known,
        addressKey(known),
        server,
        server,
        Date.now(),
      ).lastInsertRowid,
    )
  })
  workspace.mailboxesChanged()
  return id
}
