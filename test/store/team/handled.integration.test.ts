import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { LinkPorts } from '../../../src-main/mail/team/team-link'
import { startCutProxy } from '../../servers/cut-proxy.mjs'
import { startDovecot } from '../../servers/dovecot.mjs'
import { awaitRoster, enrol } from '../../sim/team'
import { codeOf } from '../helpers'
import { shared, TeamConsole } from './consoles'

/** What servers, cables and others do to the team's messages. */

let dovecot: Awaited<ReturnType<typeof startDovecot>>
let proxy: Awaited<ReturnType<typeof startCutProxy>>
beforeAll(async () => {
  dovecot = await startDovecot({ users: [shared], config: 'mail_max_userip_connections = 100\n' })
  proxy = await startCutProxy({ port: dovecot.port })
})
afterAll(async () => {
  await proxy.stop()
  await dovecot.stop()
})

const consoles: TeamConsole[] = []
afterEach(async () => {
  await proxy.restore()
  await Promise.all(consoles.splice(0).map((one) => one.stop()))
  dovecot.doveadm('mailbox', 'delete', '-u', shared.name, 'Postern')
})

const wait = { interval: 50 }
const conversation = 'c:AAAAAAAAAAAAAAAAAAAAAA'

/** The first is the owner, and hangs on the cable that can be cut. */
async function makeTeam(...names: string[]): Promise<TeamConsole[]> {
  const all: TeamConsole[] = []
  for (const name of names) {
    const one = await TeamConsole.make(name, all.length === 0 ? proxy.port : dovecot.port)
    all.push(one)
    consoles.push(one)
  }
  const [owner, ...others] = all
  if (!owner) throw new Error('no owner')
  await owner.store.call('team.create', { mailboxId: owner.mailboxId })
  const { workspace } = owner.store.service.open
  for (const [index, other] of others.entries()) {
    enrol(workspace, other.store.service.open.workspace, names[index + 1] ?? '')
    other.store.db.write((tx) => awaitRoster(tx, workspace, other.mailboxId))
    await other.disconnect()
    other.connect()
  }
  await owner.sendNow()
  for (const other of others) await expect.poll(async () => (await other.state()).membership, wait).toBe('member')
  return all
}

const headers = (): string[] =>
  dovecot.doveadm('fetch', '-u', shared.name, 'hdr.message-id', 'mailbox', 'Postern', 'all').match(/<[^>]+>/g) ?? []
const files = (): string[] => {
  const folder = path.join(dovecot.maildirOf(shared.name), '.Postern')
  return ['cur', 'new'].flatMap((part) =>
    readdirSync(path.join(folder, part)).map((name) => path.join(folder, part, name)),
  )
}
const same = (all: readonly TeamConsole[], text: string): boolean =>
  new Set(all.map((one) => one.digest())).size === 1 && all.every((one) => one.digest().includes(text))

test(
  'a partial append leaves nothing half and goes again whole; one whose answer got lost counts once; no two uploads share a Message-ID (R60)',
  { timeout: 120_000 },
  async () => {
    const team = await makeTeam('Ana', 'Ben')
    const [ana] = team
    if (!ana) throw new Error('no team')
    for (const [round, bytes] of [30, 400, 1200].entries()) {
      await expect.poll(async () => (await ana.state()).link, wait).toBe('live')
      // In the command, in the explanation, in the attachment.
      proxy.cutAfterBytes(bytes, 'toServer')
      ana.note(conversation, `note0000${round}`, `cut after ${bytes}`)
      await proxy.untilCut()
      await proxy.restore()
      await ana.store.call('team.lookAgain', {})
      await expect.poll(() => same(team, `cut after ${bytes}`), wait).toBe(true)
    }
    await ana.sendNow()
    // The server has heard it, or all of it, and what it says of that never comes.
    for (const [round, bytes] of [40, 90].entries()) {
      await expect.poll(async () => (await ana.state()).link, wait).toBe('live')
      proxy.cutAfterBytes(bytes, 'toClient')
      ana.note(conversation, `note0001${round}`, `answer cut after ${bytes}`)
      await proxy.untilCut()
      await proxy.restore()
      await ana.store.call('team.lookAgain', {})
      await expect.poll(() => same(team, `answer cut after ${bytes}`), wait).toBe(true)
    }
    for (const one of team) expect(await one.trouble()).toEqual([])
    expect(new Set(headers()).size).toBe(headers().length)
    for (const one of team)
      expect(one.store.db.read.get("SELECT count(*) AS n FROM team_state WHERE field = 'notes'")).toEqual({ n: 5 })
  },
)

test(
  'a UIDVALIDITY that changed under everybody brings nothing back twice and loses nothing (R35, R60)',
  { timeout: 60_000 },
  async () => {
    const team = await makeTeam('Ana', 'Ben')
    const [ana, ben] = team
    if (!ana || !ben) throw new Error('no team')
    ana.note(conversation, 'note00001', 'before')
    await expect.poll(() => same(team, 'before'), wait).toBe(true)
    await ana.sendNow()
    const lying = headers().toSorted()
    dovecot.doveadm('mailbox', 'update', '-u', shared.name, '--uid-validity', '77777', 'Postern')
    for (const one of team) {
      await one.disconnect()
      one.connect()
    }
    const generations = (one: TeamConsole): unknown =>
      one.store.db.read.all('SELECT DISTINCT generation FROM team_places')
    for (const one of team) await expect.poll(() => generations(one), wait).toEqual([{ generation: '77777' }])
    expect(headers().toSorted()).toEqual(lying)
    ben.note(conversation, 'note00002', 'after')
    await expect.poll(() => same(team, 'after'), wait).toBe(true)
    for (const one of team) expect(await one.trouble()).toEqual([])
  },
)

test(
  'no answer is claimed, and so none leaves, before what colleagues did meanwhile has come in (R41)',
  { timeout: 60_000 },
  async () => {
    const [, ben] = await makeTeam('Ana', 'Ben')
    if (!ben) throw new Error('no team')
    await ben.disconnect()
    let go: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    let reading = false
    const slow: LinkPorts['store'] = {
      call: async (name, input) => {
        if (name === 'team.folder') {
          reading = true
          await held
        }
        return ben.store.mail.call(name, input)
      },
    }
    const link = ben.connect(slow)
    await expect.poll(() => reading, wait).toBe(true)
    expect(await codeOf(link.claim(ben.mailboxId, 'answer'))).toBe('catching-up')
    go()
    await expect.poll(() => link.claim(ben.mailboxId, 'answer').catch(() => null), wait).toMatchObject({ won: true })
  },
)

test(
  'a message that was damaged on the server before one could read it is asked for there, and sent again by who has it (R60)',
  { timeout: 60_000 },
  async () => {
    const team = await makeTeam('Ana', 'Ben', 'Cy')
    const [ana, ben, cy] = team
    if (!ana || !ben || !cy) throw new Error('no team')
    await cy.disconnect()
    const before = new Set(files())
    ben.note(conversation, 'note00001', 'damaged on its way')
    ben.closeBatch()
    await ben.sendNow()
    await expect.poll(() => ana.digest().includes('damaged on its way'), wait).toBe(true)
    const [file] = files().filter((one) => !before.has(one))
    if (file === undefined) throw new Error('nothing lies there')
    // As long as before: the folder shows no difference, so nobody puts anything back by himself.
    const text = readFileSync(file, 'latin1')
    const at = text.search(/\n[A-Za-z0-9+/]{76}\r?\n[A-Za-z0-9+/]/) + 20
    writeFileSync(file, `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`, 'latin1')
    ben.note(conversation, 'note00002', 'what follows')
    await ben.sendNow()
    cy.connect()
    const waits = "SELECT 1 FROM team_blobs WHERE state = 'waiting' AND device = ?"
    await expect.poll(() => cy.store.db.read.get(waits, ben.device), wait).toBeTruthy()
    expect(cy.digest()).not.toContain('what follows')
    // A person does not wait the ten minutes.
    await cy.store.call('team.lookAgain', {})
    await expect.poll(() => same(team, 'damaged on its way') && same(team, 'what follows'), wait).toBe(true)
    expect((await cy.trouble()).map(({ kind }) => kind)).toEqual(['refused'])
  },
)
