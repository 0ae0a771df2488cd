/** The commands of the imitated IMAP server: as much of RFC 3501 and its extensions as a mail program asks for. */

/** @typedef {import('./imap-imitation.mjs').Session} Session */
/** @typedef {import('./imap-imitation.mjs').Command} Command */

const has = (world, capability) => world.caps.split(' ').includes(capability)

/** @param {Command} command @param {Session} session */
export async function answer(command, session, world) {
  const { tag, name } = command
  const does = commands[name]
  const ok = (text = 'done') => {
    for (const line of session.pending.splice(0)) session.send(line)
    session.send(`${tag} OK ${text}\r\n`)
  }
  const no = (text) => session.send(`${tag} NO ${text}\r\n`)
  if (!does) return session.send(`${tag} BAD unknown command ${name}\r\n`)
  if (!session.authenticated && !['CAPABILITY', 'LOGIN', 'AUTHENTICATE', 'LOGOUT', 'NOOP', 'ID'].includes(name))
    return no('log in first')
  await does({ ...command, session, world, mail: world.mail, ok, no })
}

/** Quoted strings, atoms and one level of parentheses. */
function words(text) {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|\(([^()]*)\)|([^\s()]+)/g)].map((match) =>
    match[1] !== undefined ? match[1].replace(/\\(.)/g, '$1') : (match[2] ?? match[3] ?? ''),
  )
}

/** @returns {(n: number) => boolean} */
function inSet(set, most) {
  const ranges = set.split(',').map((part) => part.split(':').map((end) => (end === '*' ? most : Number(end))))
  return (n) => ranges.some(([a = 0, b = a]) => n >= Math.min(a, b) && n <= Math.max(a, b))
}

const entriesIn = (folder, set) => {
  const fits = inSet(set, folder.entries.at(-1)?.uid ?? 0)
  return folder.entries.filter(({ uid }) => fits(uid))
}

function login(user, password, { session, world, ok, no }) {
  world.seen.logins += 1
  if (password !== world.password) return no('[AUTHENTICATIONFAILED] Invalid credentials (Failure)')
  if (world.sessions.size > world.maxConnections) return no('[ALERT] Too many simultaneous connections. (Failure)')
  session.authenticated = true
  return ok(`[CAPABILITY ${world.caps}] ${user} authenticated`)
}

const commands = {
  CAPABILITY: ({ session, world, ok }) => {
    session.send(`* CAPABILITY ${world.caps}\r\n`)
    ok()
  },
  NOOP: ({ ok }) => ok(),
  ID: ({ session, ok }) => {
    session.send('* ID NIL\r\n')
    ok()
  },
  NAMESPACE: ({ session, ok }) => {
    session.send('* NAMESPACE (("" "/")) NIL NIL\r\n')
    ok()
  },
  LOGOUT: ({ session, ok }) => {
    session.send('* BYE\r\n')
    ok()
    session.close()
  },
  ENABLE: ({ session, world, args, ok }) => {
    const on = args
      .toUpperCase()
      .split(' ')
      .filter((one) => has(world, one))
    for (const one of on) session.enabled.add(one)
    session.send(`* ENABLED ${on.join(' ')}\r\n`)
    ok()
  },
  LOGIN: (call) => {
    const [user = '', password = ''] = words(call.args)
    login(user, password, call)
  },
  AUTHENTICATE: (call) => {
    const [mechanism = '', first = ''] = call.args.split(' ')
    if (first === '') {
      call.session.proof = { tag: call.tag, mechanism }
      return call.session.send('+ \r\n')
    }
    const text = Buffer.from(first, 'base64').toString()
    const token = /auth=Bearer ([^\u0001]*)/.exec(text)?.[1]
    if (mechanism.toUpperCase() === 'PLAIN') login(text.split('\0')[1], text.split('\0')[2], call)
    else login('token', token ?? '', call)
  },
  LIST: listing,
  XLIST: listing,
  LSUB: listing,
  STATUS: ({ session, world, mail, args, ok, no }) => {
    const [path = '', items = ''] = words(args)
    const folder = mail.folders.get(path)
    if (!folder) return no('[NONEXISTENT] no such folder')
    session.send(`* STATUS "${path}" (${statusOf(folder, items, world)})\r\n`)
    return ok()
  },
  SELECT: select,
  EXAMINE: select,
  CLOSE: ({ session, ok }) => {
    session.folder = null
    ok()
  },
  UNSELECT: ({ session, ok }) => {
    session.folder = null
    ok()
  },
  CREATE: ({ mail, args, ok, no }) => {
    const [path = ''] = words(args)
    if (mail.folders.has(path)) return no('[ALREADYEXISTS] it is there')
    mail.create(path)
    return ok()
  },
  'UID SEARCH': ({ session, args, ok }) => {
    const { folder } = session
    const text = args.replace(/^CHARSET \S+ /i, '').replace(/^RETURN \([^)]*\) /i, '')
    const header = /HEADER (\S+) "?([^"]*)"?/i.exec(text)
    const set = /(?:^|\s)(?:UID )([\d:*,]+)/i.exec(text)?.[1]
    const places = /^([\d:*,]+)(?:\s|$)/.exec(text)?.[1]
    const placed = places === undefined ? () => true : inSet(places, folder.entries.length)
    const at = folder.entries.filter((_, index) => placed(index + 1))
    const found = (set === undefined ? at : entriesIn({ entries: at }, set)).filter(({ letter }) => {
      if (/\bUNSEEN\b/i.test(text) && letter.flags.has('\\Seen')) return false
      if (/\bDELETED\b/i.test(text) && !letter.flags.has('\\Deleted')) return false
      return !header || letter.raw.toString('latin1').toLowerCase().includes(`${header[1]}: ${header[2]}`.toLowerCase())
    })
    session.send(
      /^RETURN/i.test(args)
        ? `* ESEARCH (TAG "x") UID${found.length > 0 ? ` ALL ${found.map(({ uid }) => uid).join(',')}` : ''}\r\n`
        : `* SEARCH${found.map(({ uid }) => ` ${uid}`).join('')}\r\n`,
    )
    ok()
  },
  'UID FETCH': ({ session, world, args, ok }) => {
    const [, set = '', items = ''] = /^(\S+) (.*)$/s.exec(args) ?? []
    const since = /CHANGEDSINCE (\d+)/i.exec(items)?.[1]
    const { folder } = session
    if (since !== undefined && /VANISHED/i.test(items)) {
      const fits = inSet(set, folder.uidNext)
      const gone = folder.gone.filter(({ uid, modSeq }) => modSeq > BigInt(since) && fits(uid)).map(({ uid }) => uid)
      if (gone.length > 0) session.send(`* VANISHED (EARLIER) ${gone.join(',')}\r\n`)
    }
    for (const entry of entriesIn(folder, set)) {
      if (since !== undefined && entry.letter.modSeq <= BigInt(since)) continue
      session.send(fetchLine(folder, entry, items, session, world))
    }
    ok()
  },
  'UID STORE': ({ session, mail, args, ok }) => {
    const [, set = '', sign = '', what = '', list = ''] =
      /^(\S+) ([+-]?)(FLAGS|X-GM-LABELS)(?:\.SILENT)? (.*)$/is.exec(args) ?? []
    const values = words(list.replace(/^\(|\)$/g, ''))
    for (const { letter } of entriesIn(session.folder, set)) {
      if (what.toUpperCase() === 'X-GM-LABELS') for (const value of values) mail.label(letter, value, sign !== '-')
      else
        mail.setFlags(
          letter,
          sign === '+' ? [...letter.flags, ...values] : [...letter.flags].filter((flag) => !values.includes(flag)),
        )
    }
    ok()
  },
  'UID MOVE': ({ session, world, mail, args, ok, no }) => {
    const [set = '', target = ''] = words(args)
    const to = mail.folders.get(target)
    if (!to) return no('[TRYCREATE] no such folder')
    const moved = mail.move(
      session.folder.path,
      entriesIn(session.folder, set).map(({ uid }) => uid),
      target,
    )
    const code =
      has(world, 'UIDPLUS') && moved.length > 0
        ? `[COPYUID ${to.uidValidity} ${moved.map(([uid]) => uid).join(',')} ${moved.map(([, uid]) => uid).join(',')}] `
        : ''
    if (code !== '') session.send(`* OK ${code}moved\r\n`)
    return ok()
  },
  'UID COPY': ({ session, world, mail, args, ok, no }) => {
    const [set = '', target = ''] = words(args)
    const to = mail.folders.get(target)
    if (!to) return no('[TRYCREATE] no such folder')
    const copied = entriesIn(session.folder, set).map(({ uid, letter }) => [
      uid,
      mail.enter(to, { ...letter, flags: new Set(letter.flags), labels: new Set() }).uid,
    ])
    return ok(
      has(world, 'UIDPLUS') && copied.length > 0
        ? `[COPYUID ${to.uidValidity} ${copied.map(([uid]) => uid).join(',')} ${copied.map(([, uid]) => uid).join(',')}] copied`
        : 'copied',
    )
  },
  EXPUNGE: ({ session, mail, ok }) => {
    mail.expunge(
      session.folder.path,
      session.folder.entries.filter(({ letter }) => letter.flags.has('\\Deleted')).map(({ uid }) => uid),
    )
    ok()
  },
  'UID EXPUNGE': ({ session, mail, args, ok }) => {
    mail.expunge(
      session.folder.path,
      entriesIn(session.folder, args)
        .filter(({ letter }) => letter.flags.has('\\Deleted'))
        .map(({ uid }) => uid),
    )
    ok()
  },
  APPEND: ({ mail, args, literal, ok, no }) => {
    const [path = '', flags = ''] = words(args)
    const folder = mail.folders.get(path)
    if (!folder) return no('[TRYCREATE] no such folder')
    const entry = mail.add(path, literal, { flags: args.includes('(') ? flags.split(' ').filter(Boolean) : [] })
    return ok(`[APPENDUID ${folder.uidValidity} ${entry.uid}] kept`)
  },
  IDLE: ({ tag, session, world }) => {
    if (!has(world, 'IDLE')) return session.send(`${tag} BAD no IDLE\r\n`)
    session.idleTag = tag
    session.send('+ idling\r\n')
    for (const line of session.pending.splice(0)) session.send(line)
  },
}

function listing({ name, session, world, mail, args, ok }) {
  const pattern = words(args.replace(/^\(([^)]*)\) /, ''))[1] ?? '*'
  for (const { path, specialUse } of mail.folders.values()) {
    if (pattern !== '*' && pattern !== '%' && pattern !== path) continue
    const marks = [
      '\\HasNoChildren',
      ...(specialUse && (has(world, 'SPECIAL-USE') || has(world, 'XLIST')) ? [specialUse] : []),
    ]
    session.send(`* ${name} (${marks.join(' ')}) "/" "${path}"\r\n`)
    const wanted = /STATUS \(([^)]*)\)/i.exec(args)?.[1]
    if (wanted !== undefined) session.send(`* STATUS "${path}" (${statusOf(mail.folder(path), wanted, world)})\r\n`)
  }
  ok()
}

function statusOf(folder, items, world) {
  const values = {
    MESSAGES: folder.entries.length,
    RECENT: 0,
    UIDNEXT: folder.uidNext,
    UIDVALIDITY: folder.uidValidity,
    UNSEEN: folder.entries.filter(({ letter }) => !letter.flags.has('\\Seen')).length,
    HIGHESTMODSEQ: world.mail.highestModSeq(folder),
  }
  return items
    .toUpperCase()
    .split(' ')
    .filter((item) => item in values)
    .map((item) => `${item} ${values[item]}`)
    .join(' ')
}

function select({ name, session, world, mail, args, ok, no }) {
  const [path = ''] = words(args)
  session.folder = null
  session.pending = []
  const folder = mail.folders.get(path)
  if (!folder) return no('[NONEXISTENT] Unknown Mailbox')
  session.folder = folder
  session.send('* FLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen)\r\n')
  session.send(
    world.kind === 'microsoft365'
      ? '* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)] these\r\n'
      : '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft \\Deleted \\Seen \\*)] these\r\n',
  )
  session.send(
    `* ${folder.entries.length} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY ${folder.uidValidity}] ok\r\n* OK [UIDNEXT ${folder.uidNext}] ok\r\n`,
  )
  if (has(world, 'CONDSTORE')) session.send(`* OK [HIGHESTMODSEQ ${mail.highestModSeq(folder)}] ok\r\n`)
  return ok(`[${name === 'EXAMINE' ? 'READ-ONLY' : 'READ-WRITE'}] selected`)
}

function fetchLine(folder, { uid, letter }, items, session, world) {
  const wanted = items.toUpperCase()
  const parts = [`UID ${uid}`]
  if (/\bFLAGS\b/.test(wanted)) parts.push(`FLAGS (${[...letter.flags].join(' ')})`)
  if (wanted.includes('INTERNALDATE')) parts.push(`INTERNALDATE "${dateText(letter.date)}"`)
  if (wanted.includes('RFC822.SIZE')) parts.push(`RFC822.SIZE ${letter.raw.length}`)
  if (wanted.includes('MODSEQ') || session.enabled.has('CONDSTORE')) parts.push(`MODSEQ (${letter.modSeq})`)
  if (world.mail.gmail && wanted.includes('X-GM-MSGID')) parts.push(`X-GM-MSGID ${letter.gmailId}`)
  if (world.mail.gmail && wanted.includes('X-GM-THRID')) parts.push(`X-GM-THRID ${letter.threadId}`)
  // Gmail leaves the label of the folder itself out.
  if (world.mail.gmail && wanted.includes('X-GM-LABELS'))
    parts.push(
      `X-GM-LABELS (${[...letter.labels]
        .filter((label) => label !== folder.label)
        .map((label) => `"${label.replace(/[\\"]/g, '\\$&')}"`)
        .join(' ')})`,
    )
  const head = `* ${folder.entries.findIndex((entry) => entry.uid === uid) + 1} FETCH (${parts.join(' ')}`
  const body = /BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?/i.exec(items)
  if (!body) return `${head})\r\n`
  const [, section = '', from, length] = body
  const headers = letter.raw.subarray(0, Math.max(0, letter.raw.indexOf('\r\n\r\n') + 4))
  const whole = section === '' ? letter.raw : headers
  const bytes = from === undefined ? whole : whole.subarray(Number(from), Number(from) + Number(length))
  return Buffer.concat([
    Buffer.from(`${head} BODY[${section}]${from === undefined ? '' : `<${from}>`} {${bytes.length}}\r\n`),
    bytes,
    Buffer.from(')\r\n'),
  ])
}

function dateText(date) {
  const two = (n) => String(n).padStart(2, '0')
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.getUTCMonth()]
  return `${two(date.getUTCDate())}-${month}-${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`
}
