/** Mail of the imitated IMAP server, in memory: folders with UIDs and MODSEQ, and Gmail's labels over one store. */

/**
 * @typedef {object} Letter what is one message in all folders that show it
 * @property {Buffer} raw
 * @property {Date} date
 * @property {Set<string>} flags
 * @property {Set<string>} labels Gmail only; system labels begin with a backslash
 * @property {bigint} gmailId
 * @property {bigint} threadId
 * @property {bigint} modSeq
 *
 * @typedef {{ uid: number, letter: Letter }} Entry
 *
 * @typedef {object} Folder
 * @property {string} path
 * @property {string | null} specialUse such as "\\Sent"
 * @property {number} uidValidity
 * @property {number} uidNext
 * @property {Entry[]} entries ascending by UID
 * @property {{ uid: number, modSeq: bigint }[]} gone
 * @property {string | null} label Gmail: entries are the letters with this label
 */

let lastValidity = 1_700_000_000
let lastId = 1_000_000n

export class MailState {
  /** @param {boolean} gmail */
  constructor(gmail = false) {
    this.gmail = gmail
    /** @type {Map<string, Folder>} */
    this.folders = new Map()
    this.modSeq = 10n
    /** Told of every change: (folder path, what). @type {Set<(path: string, change: { kind: 'exists' } | { kind: 'expunge', seq: number, uid: number } | { kind: 'flags', uid: number }) => void>} */
    this.listeners = new Set()
    if (!gmail) {
      this.create('INBOX')
      return
    }
    this.create('INBOX', null, '\\Inbox')
    this.create('[Gmail]/All Mail', '\\All')
    this.create('[Gmail]/Sent Mail', '\\Sent', '\\Sent')
    this.create('[Gmail]/Drafts', '\\Drafts', '\\Draft')
    this.create('[Gmail]/Starred', '\\Flagged', '\\Starred')
    this.create('[Gmail]/Important', '\\Important', '\\Important')
    this.create('[Gmail]/Spam', '\\Junk')
    this.create('[Gmail]/Trash', '\\Trash')
  }

  /**
   * @param {string} path @param {string | null} specialUse @param {string | null} label
   * @returns {Folder}
   */
  create(path, specialUse = null, label = null) {
    const folder = {
      path,
      specialUse,
      label: label ?? (this.gmail && specialUse === null ? path : null),
      uidValidity: ++lastValidity,
      uidNext: 1,
      entries: [],
      gone: [],
    }
    this.folders.set(path, folder)
    return folder
  }

  /** @returns {Folder} */
  folder(path) {
    const found = this.folders.get(path.toUpperCase() === 'INBOX' ? 'INBOX' : path)
    if (!found) throw new Error(`no folder ${path}`)
    return found
  }

  /** As a delivery would: one new message. With Gmail `path` is a label's folder, and All Mail has it too. */
  add(
    path,
    raw,
    {
      flags = /** @type {string[]} */ ([]),
      date = new Date(Date.UTC(2026, 10, 20, 9)),
      threadId = /** @type {bigint | undefined} */ (undefined),
    } = {},
  ) {
    const gmailId = ++lastId
    const letter = {
      raw: Buffer.from(raw),
      date,
      flags: new Set(flags),
      labels: new Set(),
      gmailId,
      threadId: threadId ?? gmailId,
      modSeq: ++this.modSeq,
    }
    const folder = this.folder(path)
    if (this.gmail && !['\\Junk', '\\Trash'].includes(folder.specialUse ?? '')) {
      this.enter(this.folder('[Gmail]/All Mail'), letter)
      if (folder.label !== null) this.label(letter, folder.label, true)
      return this.entryOf(this.folder('[Gmail]/All Mail'), letter)
    }
    return this.enter(folder, letter)
  }

  enter(folder, letter) {
    const entry = { uid: folder.uidNext++, letter }
    folder.entries.push(entry)
    this.tell(folder.path, { kind: 'exists' })
    return entry
  }

  entryOf(folder, letter) {
    const found = folder.entries.find((entry) => entry.letter === letter)
    if (!found) throw new Error('no such entry')
    return found
  }

  /** Sets or takes a Gmail label; the label's folder gains or loses the message. */
  label(letter, label, on) {
    if (letter.labels.has(label) === on) return
    if (on) letter.labels.add(label)
    else letter.labels.delete(label)
    letter.modSeq = ++this.modSeq
    const folder =
      [...this.folders.values()].find((one) => one.label === label) ?? (on ? this.create(label) : undefined)
    if (folder && on) this.enter(folder, letter)
    else if (folder)
      this.drop(
        folder,
        folder.entries.filter((entry) => entry.letter === letter).map(({ uid }) => uid),
      )
    this.flagsChanged(letter)
  }

  setFlags(letter, flags) {
    letter.flags = new Set(flags)
    letter.modSeq = ++this.modSeq
    this.flagsChanged(letter)
  }

  flagsChanged(letter) {
    for (const folder of this.folders.values())
      for (const { uid, letter: other } of folder.entries)
        if (other === letter) this.tell(folder.path, { kind: 'flags', uid })
  }

  /** Takes UIDs out of one folder. */
  drop(folder, uids) {
    for (const uid of uids) {
      const index = folder.entries.findIndex((entry) => entry.uid === uid)
      if (index === -1) continue
      folder.entries.splice(index, 1)
      folder.gone.push({ uid, modSeq: ++this.modSeq })
      this.tell(folder.path, { kind: 'expunge', seq: index + 1, uid })
    }
  }

  /** EXPUNGE: with Gmail, out of All Mail is out of everywhere, out of a label's folder takes the label. */
  expunge(path, uids) {
    const folder = this.folder(path)
    const letters = folder.entries.filter(({ uid }) => uids.includes(uid)).map(({ letter }) => letter)
    if (this.gmail && folder.label !== null) for (const letter of letters) this.label(letter, folder.label, false)
    else if (this.gmail && folder.specialUse === '\\All') for (const letter of letters) this.everywhere(letter)
    else this.drop(folder, uids)
  }

  everywhere(letter) {
    for (const folder of this.folders.values())
      this.drop(
        folder,
        folder.entries.filter((entry) => entry.letter === letter).map(({ uid }) => uid),
      )
  }

  /** MOVE. @returns {[number, number][]} old and new UIDs */
  move(path, uids, target) {
    const from = this.folder(path)
    const to = this.folder(target)
    return uids.flatMap((uid) => {
      const entry = from.entries.find((one) => one.uid === uid)
      if (!entry) return []
      const { letter } = entry
      if (!this.gmail) {
        this.drop(from, [uid])
        letter.modSeq = ++this.modSeq
        return [[uid, this.enter(to, letter).uid]]
      }
      if (['\\Junk', '\\Trash'].includes(to.specialUse ?? '')) {
        this.everywhere(letter)
        letter.labels.clear()
        return [[uid, this.enter(to, letter).uid]]
      }
      const all = this.folder('[Gmail]/All Mail')
      if (['\\Junk', '\\Trash'].includes(from.specialUse ?? '')) {
        this.drop(from, [uid])
        this.enter(all, letter)
      } else if (from.label !== null) this.label(letter, from.label, false)
      if (to.label !== null) this.label(letter, to.label, true)
      return [[uid, this.entryOf(to, letter).uid]]
    })
  }

  rename(path, target) {
    const folder = this.folder(path)
    this.folders.delete(path)
    folder.path = target
    this.folders.set(target, folder)
  }

  /** A restore from a backup, or a move to another machine: other UIDs for the same mail. */
  newValidity(path) {
    const folder = this.folder(path)
    folder.uidValidity = ++lastValidity
    folder.uidNext = 1
    folder.gone = []
    for (const entry of folder.entries) entry.uid = folder.uidNext++
  }

  highestModSeq(folder) {
    return [...folder.entries.map(({ letter }) => letter.modSeq), ...folder.gone.map(({ modSeq }) => modSeq)].reduce(
      (most, one) => (one > most ? one : most),
      1n,
    )
  }

  tell(path, change) {
    for (const listener of this.listeners) listener(path, change)
  }
}
