/** Writing messages straight into Maildir folders: the fastest way to fill a mailbox. */
import fs from 'node:fs'
import path from 'node:path'
import { mailOwner } from './process.mjs'

const FLAG_LETTERS = { '\\Draft': 'D', '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S', '\\Deleted': 'T' }

/** @typedef {{ raw: Buffer | string, folder?: string, date?: Date, flags?: string[] }} SeedMessage */

let counter = 0

/**
 * Writes messages into a Maildir, as a mail server's delivery would have.
 * @param {string} maildir as given by `maildirOf(user)`
 * @param {Iterable<SeedMessage>} messages folder: "INBOX" (default) or a name with "/" between levels; date: the
 *   internal date; flags: IMAP system flags such as "\\Seen" (without one the message is not even seen)
 * @returns {number} how many were written
 */
export function seedMaildir(maildir, messages) {
  const owner = mailOwner()
  const folders = new Map()
  let count = 0
  for (const message of messages) {
    const name = message.folder ?? 'INBOX'
    let folder = folders.get(name)
    if (!folder) folders.set(name, (folder = makeFolder(maildir, name, owner)))
    const raw = typeof message.raw === 'string' ? Buffer.from(message.raw) : message.raw
    const date = message.date ?? new Date()
    const file = path.join(folder, 'cur', fileName(raw, date, message.flags ?? []))
    fs.writeFileSync(file, raw, { mode: 0o600 })
    fs.chownSync(file, owner.uid, owner.gid)
    // Dovecot takes the internal date from here.
    fs.utimesSync(file, date, date)
    count += 1
  }
  return count
}

/** S= and W= are the sizes with the file's own and with network line ends: Dovecot then need not read the file for them. */
function fileName(raw, date, flags) {
  let bareNewlines = 0
  for (let at = raw.indexOf(10); at !== -1; at = raw.indexOf(10, at + 1)) if (raw[at - 1] !== 13) bareNewlines += 1
  const letters = flags.map((flag) => {
    const letter = FLAG_LETTERS[/** @type {keyof typeof FLAG_LETTERS} */ (flag)]
    if (!letter) throw new Error(`A Maildir file name cannot hold the flag ${flag}`)
    return letter
  })
  counter += 1
  const unique = `${Math.floor(date.getTime() / 1000)}.P${process.pid}T${Date.now()}Q${counter}.seed`
  return `${unique},S=${raw.length},W=${raw.length + bareNewlines}:2,${letters.sort().join('')}`
}

/**
 * Creates a Maildir folder and subscribes to it.
 * @param {string} maildir
 * @param {string} name "INBOX", or a name with "/" between levels
 * @returns {string} the folder's path
 */
export function makeFolder(maildir, name, owner = mailOwner()) {
  const encoded = encodeFolder(name)
  const folder = name === 'INBOX' ? maildir : path.join(maildir, `.${encoded.replaceAll('/', '.')}`)
  // The folder above is the user's home, which Dovecot enters.
  for (const dir of [
    path.dirname(maildir),
    maildir,
    folder,
    ...['cur', 'new', 'tmp'].map((part) => path.join(folder, part)),
  ]) {
    fs.mkdirSync(dir, { recursive: true, mode: 0o700 })
    fs.chownSync(dir, owner.uid, owner.gid)
  }
  if (name !== 'INBOX') subscribe(maildir, encoded, owner)
  return folder
}

function subscribe(maildir, encoded, owner) {
  const file = path.join(maildir, 'subscriptions')
  const known = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : 'V\t2\n\n'
  const line = encoded.split('/').join('\t')
  if (known.split('\n').includes(line)) return
  fs.writeFileSync(file, `${known}${line}\n`, { mode: 0o600 })
  fs.chownSync(file, owner.uid, owner.gid)
}

/** IMAP's modified UTF-7: "Entwürfe" becomes "Entw&APw-rfe". */
export function encodeFolder(name) {
  return name.replace(/&|[^\x20-\x7e]+/g, (part) => {
    if (part === '&') return '&-'
    const bytes = Buffer.from(part, 'utf16le').swap16()
    return `&${bytes.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`
  })
}
