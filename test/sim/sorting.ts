import type { Writer } from '../../src-main/store/file/database'
import { allFolders, resetFolder, syncFolders } from '../../src-main/store/mail/folders'
import { createMailbox } from '../../src-main/store/mail/mailboxes'
import { ingestPage } from '../../src-main/store/mail/messages'
import { Acts } from '../../src-main/store/conversations/acts'
import { addNote } from '../../src-main/store/conversations/notes'
import { moveToMailbox } from '../../src-main/store/conversations/move-mailbox'
import { survivorOf } from '../../src-main/store/threads/threads'
import { merge, split, takeBackThreadAct } from '../../src-main/store/threads/thread-acts'
import { createTeam } from '../../src-main/store/team/roster'
import { PosternError } from '../../src-preload/contract/errors'
import { parsed, settings } from '../store/helpers'
import { Console } from './console'
import { drawSteps, type Outcome, type Plan, type Step } from './plan'
import { Random } from './random'
import { Server } from './server'
import { join, receive, sendAll } from './team'

/**
 * Random runs of consoles that hold mail: conversations are put together, taken apart, taken back and moved to another
 * mailbox while mail and events come in any order. At the end the same mail must lie in the same conversations everywhere.
 */

/** What is broken on purpose, to see that the promise notices. */
export const sortingSabotages = ['no-waiting', 'own-order', 'takes-answers-along'] as const
export type SortingSabotage = 'none' | (typeof sortingSabotages)[number]

const acts = [
  'mail',
  'mail',
  'merge',
  'merge',
  'split',
  'back',
  'move',
  'note',
  'send',
  'send',
  'receive',
  'receive',
  'receive',
]

export function planSorting(seed: number): Plan {
  const random = new Random(seed)
  const agents = 2 + random.below(2)
  const steps = drawSteps(random, agents, 8 + random.below(30), () => random.pick(acts))
  return { seed, agents, steps }
}

interface Mail {
  readonly name: string
  readonly message: ReturnType<typeof parsed>
}

/** Three conversations by their headers, of up to four messages each. */
function mailOf(random: Random): Mail[] {
  const all: Mail[] = []
  for (const thread of ['a', 'b', 'c']) {
    const names: string[] = []
    for (let n = 0; n < 1 + random.below(4); n++) {
      const name = `${thread}${n}`
      const answered = names.length > 0 ? random.pick(names) : null
      all.push({
        name,
        message: parsed({
          from: `${thread}@x.test`,
          subject: thread,
          id: `${name}@x.test`,
          date: Date.UTC(2026, 5, 1) + all.length * 60_000,
          inReplyTo: answered === null ? [] : [`${answered}@x.test`],
          references: answered === null ? [] : [`${answered}@x.test`],
        }),
      })
      names.push(name)
    }
  }
  return all
}

const pool: Desk[] = []

/** A console with two mailboxes that are filled again for each run. */
class Desk {
  inbox = 0
  readonly has = new Set<string>()
  readonly read = new Set<string>()
  mailboxes: number[] = []
  readonly acts: Acts
  private constructor(readonly console: Console) {
    this.acts = new Acts(console.workspace, () => undefined)
  }

  static async make(index: number): Promise<Desk> {
    const desk = new Desk(new Console(index))
    const { workspace } = desk.console
    for (const address of ['support@acme.test', 'sales@acme.test']) {
      const { id } = createMailbox(workspace, settings(address, address.split('@')[0]))
      desk.mailboxes.push(id)
      await syncFolders(workspace, id, [{ path: 'INBOX', delimiter: '/', role: 'inbox' }])
      const [inbox] = allFolders(workspace.db.read, id).folders
      if (!inbox) throw new Error('no folder')
      resetFolder(workspace, inbox.folderId, '1')
      if (desk.inbox === 0) desk.inbox = inbox.folderId
    }
    return desk
  }

  reset(now: number): void {
    const { db } = this.console.workspace
    db.write((tx) => {
      tx.run('PRAGMA defer_foreign_keys = ON')
      for (const { name } of tx.all<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('meta', 'settings', 'mailboxes', 'folders', 'access_log', 'access_chains', 'grants', 'migrations')",
      ))
        tx.run(`DELETE FROM ${name}`)
    })
    this.console.time.now = now
    this.console.skew = 0
    this.has.clear()
    this.read.clear()
  }
}

export async function runSorting({ agents, steps, seed }: Plan, sabotage: SortingSabotage = 'none'): Promise<Outcome> {
  const world = await World.make(agents, seed, sabotage)
  for (const step of steps) await world.step(step)
  await world.settle()
  return { violation: world.check(), events: world.acts }
}

class World {
  acts = 0
  /** Whether everybody hears of everything at once; then no two acts are done without knowing of each other. */
  private inTouch = false
  private broken: string | null = null
  private now = Date.UTC(2026, 5, 2)
  private readonly server = new Server()
  private constructor(
    private readonly desks: readonly Desk[],
    private readonly mail: readonly Mail[],
    private readonly sabotage: SortingSabotage,
  ) {}

  static async make(agents: number, seed: number, sabotage: SortingSabotage): Promise<World> {
    const random = new Random(seed ^ 0x2545f491)
    while (pool.length < agents) pool.push(await Desk.make(20 + pool.length))
    const desks = pool.slice(0, agents)
    const world = new World(desks, mailOf(random), sabotage)
    for (const desk of desks) desk.reset(world.now)
    if (random.chance(0.5)) for (const desk of desks) desk.console.skew = random.below(96 * 3_600_000) - 48 * 3_600_000
    world.inTouch = random.chance(0.3)
    world.plant()
    const [owner] = desks
    if (!owner) throw new Error('no consoles')
    world.write(owner, (tx) => createTeam(tx, owner.console.workspace, owner.mailboxes[0] ?? 1, 'support@acme.test'))
    for (const { console, mailboxes } of desks.slice(1))
      join(owner.console.workspace, console.workspace, `A${console.index}`, 'agent', mailboxes[0])
    // Most mail is there before anybody begins.
    for (const desk of desks)
      for (const mail of random.shuffle(world.mail)) if (random.chance(0.7)) await world.deliver(desk, mail)
    return world
  }

  private write<T>(desk: Desk, work: (tx: Writer) => T): T {
    desk.console.time.now = this.now
    return desk.console.workspace.db.write(work, 'normal')
  }

  async step({ who, what, seed }: Step): Promise<void> {
    const desk = this.desks[who]
    if (!desk) return
    const random = new Random(seed)
    this.now += random.below(5000)
    desk.console.time.now = this.now
    if (what === 'mail') {
      const waiting = this.mail.filter(({ name }) => !desk.has.has(name))
      if (waiting.length > 0) await this.deliver(desk, random.pick(waiting))
    } else if (what === 'send') this.send(desk)
    else if (what === 'receive') this.receive(desk, random)
    else {
      if (this.inTouch) this.receive(desk, random, true)
      await this.act(desk, what, random)
      if (!this.inTouch) return
      this.send(desk)
      for (const one of this.desks) this.receive(one, random, true)
    }
  }

  private async deliver(desk: Desk, { name, message }: Mail): Promise<void> {
    desk.has.add(name)
    await ingestPage(desk.console.workspace, {
      folderId: desk.inbox,
      uidValidity: '1',
      items: [
        {
          uid: this.mail.findIndex((one) => one.name === name) + 1,
          flags: [],
          internalDate: message.date ?? 0,
          message,
        },
      ],
      cursor: {},
      backfill: true,
    })
  }

  /** What a person does in the window; what is not possible just now is not done. */
  private async act(desk: Desk, what: string, random: Random): Promise<void> {
    const { workspace } = desk.console
    const { read } = workspace.db
    const ids = read
      .all<{ id: number }>('SELECT DISTINCT conversation_id AS id FROM messages ORDER BY id')
      .map(({ id }) => id)
    if (ids.length === 0) return
    try {
      if (what === 'merge') {
        const [into, other] = random.shuffle(ids)
        if (into === undefined || other === undefined) return
        this.write(desk, (tx) => merge(tx, workspace, into, other, 'A'))
        if (new Set([into, other].map((id) => survivorOf(read, id))).size > 1)
          this.broken ??= 'P1: what was put together is not together'
      } else if (what === 'split') {
        const messages = read.all<{ id: number }>('SELECT id FROM messages ORDER BY id')
        const { id } = random.pick(messages)
        const which = random.pick(['from', 'one'] as const)
        const { conversationId } = this.write(desk, (tx) => split(tx, workspace, id, which, 'A'))
        const out = read.all<{ id: number }>('SELECT id FROM messages WHERE conversation_id = ?', conversationId)
        if (!out.some((one) => one.id === id) || (which === 'one' && out.length > 1))
          this.broken ??= 'P1: what was taken out is not what a person chose'
      } else if (what === 'back') {
        const standing = read.all<{ id: number }>('SELECT id FROM thread_acts WHERE undone = 0 ORDER BY id')
        if (standing.length === 0) return
        this.write(desk, (tx) => takeBackThreadAct(tx, workspace, random.pick(standing).id))
      } else if (what === 'move')
        await moveToMailbox(desk.acts, workspace, [random.pick(ids)], random.pick(desk.mailboxes), 'A')
      else this.write(desk, (tx) => addNote(tx, workspace, random.pick(ids), `note ${this.acts}`, 'A', this.now))
      this.acts++
    } catch (fault) {
      if (!(fault instanceof PosternError)) throw fault
    }
  }

  private send(desk: Desk): void {
    const { workspace } = desk.console
    desk.console.time.now = this.now
    sendAll(workspace, this.server, workspace.clock.stamp())
  }

  private receive(desk: Desk, random: Random, all = false): void {
    const fresh = this.server.list(this.now).filter((place) => !desk.read.has(place))
    const some = all ? fresh : random.shuffle(fresh).slice(0, 1 + random.below(3))
    if (some.length === 0) return
    desk.console.time.now = this.now
    receive(desk.console.workspace, this.server, some)
    for (const place of some) desk.read.add(place)
    if (this.sabotage === 'own-order')
      // As if a console told by its own clock and not by what each writer knew which act came first.
      this.write(desk, (tx) => {
        tx.run("UPDATE team_batches SET seen = '{}' WHERE device <> ?", desk.console.id)
        tx.run("UPDATE team_events SET ms = 0 WHERE device <> ? AND kind IN ('merge', 'split')", desk.console.id)
      })
  }

  /** A bug on purpose. */
  private plant(): void {
    for (const { console } of this.desks) {
      const { team } = console.workspace
      for (const method of ['doLater', 'record']) Reflect.deleteProperty(team, method)
      if (this.sabotage === 'no-waiting') team.doLater = () => undefined
      if (this.sabotage !== 'takes-answers-along') continue
      const record = team.record.bind(team)
      team.record = (tx, event) =>
        record(tx, event.kind === 'split' ? { ...event, payload: { ...event.payload, left: [] } } : event)
    }
  }

  async settle(): Promise<void> {
    const random = new Random(1)
    for (const desk of this.desks) {
      for (const mail of random.shuffle(this.mail)) if (!desk.has.has(mail.name)) await this.deliver(desk, mail)
    }
    for (let round = 0; round < 3; round++) {
      this.now += 1000
      for (const desk of this.desks) {
        this.receive(desk, random, true)
        this.send(desk)
      }
    }
  }

  /** Which messages lie together, and in which mailbox the conversation belongs. */
  private shape(desk: Desk): string[] {
    const { hashes, db } = desk.console.workspace
    const { read } = db
    const names = new Map<string, string[]>()
    for (const { name } of this.mail) {
      const row = read.get<{ id: number; moved: string | null }>(
        'SELECT m.conversation_id AS id, b.address AS moved FROM messages m JOIN conversations c ON c.id = m.conversation_id LEFT JOIN mailboxes b ON b.id = c.moved_to WHERE m.key_hash = ?',
        hashes.hash('id', `${name}@x.test`),
      )
      const key = `${row?.id} ${row?.moved ?? ''}`
      names.set(key, [...(names.get(key) ?? []), name])
    }
    for (const { text, id } of read.all<{ text: string; id: number }>('SELECT text, conversation_id AS id FROM notes'))
      for (const [key, all] of names) if (key.startsWith(`${id} `)) all.push(`(${text})`)
    return [...names]
      .map(([key, all]) => `${all.toSorted().join(' ')} in ${key.slice(key.indexOf(' ') + 1)}`)
      .toSorted()
  }

  check(): string | null {
    if (this.broken !== null) return this.broken
    const shapes = this.desks.map((desk) => this.shape(desk).join(', '))
    return new Set(shapes).size > 1 ? `P1: mail lies differently: ${[...new Set(shapes)].join(' | ')}` : null
  }
}
