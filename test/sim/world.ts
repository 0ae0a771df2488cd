import { PosternError } from '../../src-preload/contract/errors'
import type { Role } from '../../src-preload/contract/team'
import type { Cover } from '../../src-main/store/team/cover'
import { cutOff } from '../../src-main/store/team/cut-off'
import { folderIs } from '../../src-main/store/team/healing'
import { applyWaiting, arrived } from '../../src-main/store/team/incoming'
import type { KindName, KindPayload } from '../../src-main/store/team/kinds'
import { nextDue, nextPack, sealOwn, sent } from '../../src-main/store/team/outgoing'
import { newestKey } from '../../src-main/store/team/passing'
import { packOld, superfluous } from '../../src-main/store/team/pruning'
import { createTeam, setRole } from '../../src-main/store/team/roster'
import {
  checkSnapshot,
  confirmSnapshot,
  drawSnapshot,
  keepSnapshot,
  standingSnapshot,
} from '../../src-main/store/team/snapshot'
import { finish } from '../../src-main/store/team/snapshot-draw'
import { teamInfo } from '../../src-main/store/team/team-info'
import { consoles, type Console } from './console'
import { hasSpoken, junk, replay, speakTwice } from './lies'
import type { Step } from './plan'
import { dotOf, type Books, type Written } from './promises'
import { Random } from './random'
import { Server } from './server'
import { join } from './team'

/** What is broken on purpose, to see that a property notices. */
export const sabotages = [
  'no-cut-off',
  'open-batch',
  'claims-too-much',
  'no-healing',
  'snapshot-drops',
  'cover-too-far',
  'tells-the-key',
] as const
export type Sabotage = 'none' | (typeof sabotages)[number]

/** A laptop that is set up only at the very end and reads what lies there then. */
const late = 1

/** One run on the real log, outbox and roster, and its books of what really happened. */
export class World implements Books {
  readonly server = new Server()
  readonly written: Written[] = []
  private now = Date.UTC(2026, 5, 1)
  readonly all: Console[]
  readonly owner: Console
  private readonly atWork: Console[]
  readonly roles = new Map<string, { from: number; role: Role }[]>()
  readonly cutOffs = new Map<string, number>()
  readonly gone = new Map<Console, { epoch: number; erase: boolean }>()
  readonly forks = new Map<string, { seq: number; lie: string }>()
  private readonly partitioned = new Set<Console>()
  appendsBudget = 40

  constructor(
    agents: number,
    private readonly sabotage: Sabotage,
    seed: number,
  ) {
    this.all = consoles(agents + late, this.now)
    this.atWork = this.all.slice(0, agents)
    const random = new Random(seed ^ 0x5bd1e995)
    for (const one of this.all) if (random.chance(0.3)) one.skew = random.below(96 * 3_600_000) - 48 * 3_600_000
    const [owner] = this.all
    if (!owner) throw new Error('no consoles')
    this.owner = owner
    this.in(owner, (tx) => createTeam(tx, owner.workspace, 1, 'support@acme.test'))
    this.roles.set(owner.id, [{ from: 1, role: 'owner' }])
    for (const one of this.all.slice(1)) {
      const role: Role = random.chance(0.2) ? 'light' : 'agent'
      join(owner.workspace, one.workspace, `A${one.index}`, role)
      this.roles.set(one.id, [{ from: 1, role }])
    }
    for (const { workspace } of this.all) Reflect.deleteProperty(workspace.team, 'judge')
    if (sabotage === 'no-cut-off') for (const { workspace } of this.all) workspace.team.judge = () => () => 0
  }

  private in<T>(one: Console, work: Parameters<typeof one.workspace.db.write<T>>[0]): T {
    one.time.now = this.now
    return one.workspace.db.write(work, 'normal')
  }

  step({ who, what, seed }: Step): void {
    const one = this.atWork[who]
    if (!one) return
    const random = new Random(seed)
    this.now += random.below(5000)
    if (what === 'record') this.record(one, random)
    else if (what === 'send') this.send(one, random)
    else if (what === 'receive') this.receive(one, random)
    else if (what === 'wipe') this.upset(() => this.server.wipe())
    else if (what === 'renumber') this.upset(() => this.server.renumber())
    else if (what === 'lose') this.upset(() => this.server.remove(random.pick([...this.server.list(this.now), '0'])))
    else if (what === 'skew') one.skew = random.below(96 * 3_600_000) - 48 * 3_600_000
    else if (what === 'pass') this.now += random.below(3 * 86_400_000)
    else if (what === 'crash') this.crash(one, random)
    else if (what === 'remove') this.remove(random)
    else if (what === 'role') this.changeRole(random)
    else if (what === 'equivocate') this.equivocate(random)
    else if (what === 'junk') junk(this.server, teamInfo(this.owner.workspace.db.read)?.team ?? '', this.all, random)
    else if (what === 'replay') replay(this.server, random)
    else if (what === 'snapshot') this.snapshot(random)
    else if (what === 'long') this.now += 50 * 86_400_000
    else if (this.partitioned.delete(one)) return
    else this.partitioned.add(one)
  }

  private upset(act: () => void): void {
    act()
    this.appendsBudget += this.all.length * 12
  }

  // ---- acts

  private record(one: Console, random: Random): void {
    const notes = this.written.filter(({ kind }) => kind === 'note')
    const entity = random.chance(0.8)
      ? `c:${'conversation'.padEnd(21, '0')}${random.below(3)}`
      : `tag:tagtagtag${random.below(2)}`
    let event: { kind: KindName; payload: unknown }
    if (entity.startsWith('tag:')) event = { kind: 'tag-define', payload: { name: `t${random.below(4)}` } }
    else {
      const kind = random.pick([
        'status',
        'assign',
        'assign',
        'tag',
        'tag',
        'note',
        'note-edit',
        'title',
        'snooze',
      ] as const)
      const note = notes.length > 0 ? (random.pick(notes).payload as { note: string }).note : 'note00000'
      if (kind === 'status') event = { kind, payload: { status: random.pick(['open', 'pending', 'closed']) } }
      else if (kind === 'assign')
        event = { kind, payload: { to: random.chance(0.2) ? null : { member: `member00${random.below(5)}` } } }
      else if (kind === 'tag') event = { kind, payload: { tag: `tagtagtag${random.below(3)}`, on: random.chance(0.6) } }
      else if (kind === 'note')
        event = { kind, payload: { note: `note0000${this.written.length}`, text: `text ${random.below(1000)}` } }
      else if (kind === 'note-edit') event = { kind, payload: { note, text: `edited ${random.below(1000)}` } }
      else if (kind === 'title') event = { kind, payload: { title: `title ${random.below(3)}` } }
      else event = { kind, payload: { until: random.below(1000) } }
    }
    const known = new Set(
      one.workspace.db.read
        .all<{ device: string; seq: number; idx: number }>('SELECT device, seq, idx FROM team_events')
        .map(dotOf),
    )
    let dot
    try {
      dot = this.in(one, (tx) =>
        one.workspace.team.record(tx, { kind: event.kind, entity, payload: event.payload as KindPayload<KindName> }),
      )
    } catch (fault) {
      if (PosternError.from(fault).code === 'not-allowed') return
      throw fault
    }
    const stamp = one.workspace.db.read.get<{ ms: number; ctr: number }>(
      'SELECT ms, ctr FROM team_events WHERE device = ? AND seq = ? AND idx = ?',
      dot.device,
      dot.seq,
      dot.idx,
    )
    this.written.push({
      ...dot,
      ...event,
      entity,
      ms: stamp?.ms ?? 0,
      ctr: stamp?.ctr ?? 0,
      seen: {},
      known,
      member: one.index,
    })
    if (this.sabotage === 'claims-too-much') {
      // As if it counted the highest number that it ever heard of instead of those without a gap.
      const highest = Object.fromEntries(
        this.all
          .filter((other) => other !== one)
          .map((other) => [
            other.id,
            other.workspace.db.read.get<{ n: number | null }>(
              'SELECT max(seq) AS n FROM team_blobs WHERE device = ?',
              other.id,
            )?.n ?? 0,
          ]),
      )
      this.in(one, (tx) =>
        tx.run(
          'UPDATE team_batches SET seen = ? WHERE device = ? AND seq = ?',
          JSON.stringify(highest),
          one.id,
          dot.seq,
        ),
      )
    }
  }

  private send(one: Console, random: Random, calm = false): void {
    if (!calm && this.partitioned.has(one)) return
    this.look(one)
    this.in(one, (tx) => sealOwn(tx, one.workspace))
    for (let n = 0; n < 5; n++) {
      const pack = nextPack(one.workspace.db.read, one.workspace.clock.stamp())
      if (!pack) return
      const fate = calm ? 1 : random.next()
      if (fate < 0.1) return
      const place = this.server.append(
        pack.pack,
        calm ? 0 : this.now + (random.chance(0.2) ? random.below(60_000) : 0),
        pack.summary,
      )
      this.appendsBudget++
      // Taken, and the answer was lost: it goes again later, and is the same blob.
      if (fate < 0.2) return
      this.in(one, (tx) => sent(tx, pack.hashes, this.server.generation, fate < 0.3 ? null : place))
    }
  }

  /** What the link does when it opens the folder: a new generation, or messages that are gone. */
  private look(one: Console): void {
    const { generation } = this.server
    if (one.generation !== generation) {
      one.generation = generation
      one.read = new Set()
    }
    const there = this.server.list(Number.POSITIVE_INFINITY)
    // Only a folder that was read to its end says what is missing.
    if (this.sabotage === 'no-healing' || !there.every((place) => one.read.has(place))) return
    this.in(one, (tx) => {
      folderIs(tx, one.workspace, generation, there, () => 0.5)
      packOld(tx, one.workspace, generation)
      confirmSnapshot(tx, one.workspace, finish(checkSnapshot(one.workspace)))
    })
    const gone = superfluous(one.workspace.db.read, one.workspace, generation)
    for (const place of gone) this.server.remove(place)
    if (gone.length > 0) this.pruned++
  }

  /** The owner's console sums up, as it does now and then once it has read everything. */
  private snapshot(random: Random): void {
    const { owner } = this
    if (!this.partitioned.has(owner)) this.receive(owner, random, true)
    const { generation } = this.server
    const there = this.server.list(Number.POSITIVE_INFINITY)
    if (owner.generation !== generation || !there.every((place) => owner.read.has(place))) return
    const drawn = finish(drawSnapshot(owner.workspace))
    if (!drawn) return
    // A lie that the owner has not heard is settled by it; which of the two stands is then the owner's word, and not in these books.
    for (const [device, { seq }] of this.forks) if (seq <= (drawn.cover[device]?.seq ?? 0)) return
    if (this.sabotage === 'snapshot-drops') drawn.kept.splice(random.below(drawn.kept.length), 1)
    if (this.sabotage === 'cover-too-far') {
      const device = random.pick(Object.keys(drawn.cover))
      drawn.cover[device] = { seq: (drawn.cover[device]?.seq ?? 0) + 1, hash: 'ff'.repeat(16) }
    }
    this.in(owner, (tx) => keepSnapshot(tx, owner.workspace, drawn, generation, there))
    this.settled = drawn.cover
    this.appendsBudget += 10 + this.all.length * 4
    this.snapshots++
  }
  /** What the last one reaches over. */
  private settled: Cover = {}
  snapshots = 0
  pruned = 0

  private receive(one: Console, random: Random, calm = false): void {
    if (!calm && this.partitioned.has(one)) return
    this.look(one)
    const fresh = this.server.list(calm ? Number.POSITIVE_INFINITY : this.now).filter((place) => !one.read.has(place))
    let some = calm ? fresh : random.shuffle(fresh).slice(0, 1 + random.below(6))
    if (calm) {
      // As the link does it: summaries first, and then only what they do not say.
      const first = this.server.summaries().filter((place) => !one.read.has(place))
      this.in(one, (tx) =>
        arrived(
          tx,
          one.workspace,
          one.generation,
          first.map((place) => ({ place, pack: this.server.pack(place) })),
        ),
      )
      const standing = standingSnapshot(one.workspace.db.read)
      if (standing?.generation === one.generation)
        for (const place of fresh) if (Number(place) <= Number(standing.place)) one.read.add(place)
      some = fresh.filter((place) => !one.read.has(place))
    }
    if (some.length === 0) return
    const messages = some.map((place) => ({ place, pack: this.server.pack(place) }))
    const { team } = one.workspace
    if (this.sabotage === 'open-batch') team.closeBatch = () => undefined
    this.in(one, (tx) => arrived(tx, one.workspace, one.generation, messages))
    Reflect.deleteProperty(team, 'closeBatch')
    if (!calm && random.chance(0.1))
      this.in(one, (tx) => arrived(tx, one.workspace, one.generation, random.shuffle(messages)))
    for (const place of some) if (calm || random.chance(0.9)) one.read.add(place)
  }

  /** The process dies before the commit: nothing of it may be there. */
  private crash(one: Console, random: Random): void {
    const places = random.shuffle(this.server.list(this.now)).slice(0, 3)
    try {
      this.in(one, (tx) => {
        arrived(
          tx,
          one.workspace,
          this.server.generation,
          places.map((place) => ({ place, pack: this.server.pack(place) })),
        )
        one.workspace.team.record(tx, {
          kind: 'title',
          entity: `c:${'conversation'.padEnd(22, '0')}`,
          payload: { title: 'never' },
        })
        sealOwn(tx, one.workspace)
        throw new Error('crash')
      })
    } catch (fault) {
      if (!(fault instanceof Error) || (fault.message !== 'crash' && PosternError.from(fault).code !== 'not-allowed'))
        throw fault
    }
  }

  private member(console: Console): string {
    return (
      this.owner.workspace.db.read.get<{ member: string }>(
        'SELECT member FROM team_devices WHERE device = ?',
        console.id,
      )?.member ?? ''
    )
  }

  private seenByOwner(console: Console): number {
    return (
      this.owner.workspace.db.read.get<{ seq: number }>('SELECT seq FROM team_frontier WHERE device = ?', console.id)
        ?.seq ?? 0
    )
  }

  private remove(random: Random): void {
    const candidates = this.atWork.slice(1).filter((one) => !this.cutOffs.has(one.id))
    if (candidates.length < 2) return
    const one = random.pick(candidates)
    const erase = random.chance(0.5)
    this.gone.set(one, { epoch: newestKey(this.owner.workspace.db.read)?.epoch ?? 0, erase })
    this.in(this.owner, (tx) => cutOff(tx, this.owner.workspace, { member: this.member(one) }, erase))
    if (this.sabotage === 'tells-the-key') {
      const key = newestKey(this.owner.workspace.db.read)
      this.in(one, (tx) => tx.run('INSERT INTO team_keys(epoch, key) VALUES(?, ?)', key?.epoch ?? 0, key?.key ?? null))
    }
    this.cutOffs.set(one.id, this.seenByOwner(one))
    one.left = true
  }

  private changeRole(random: Random): void {
    const candidates = this.atWork.slice(1).filter((one) => !this.cutOffs.has(one.id))
    if (candidates.length === 0) return
    const one = random.pick(candidates)
    const role = random.pick(['agent', 'light', 'admin'] as const)
    this.in(this.owner, (tx) => setRole(tx, this.owner.workspace, this.member(one), role, []))
    this.roles.get(one.id)?.push({ from: this.seenByOwner(one) + 1, role })
  }

  /** A console that was brought back from a backup, or lies. */
  private equivocate(random: Random): void {
    const liars = this.atWork.slice(1).filter((one) => !this.forks.has(one.id) && hasSpoken(one))
    if (liars.length === 0 || random.chance(0.5)) return
    const one = random.pick(liars)
    // What a snapshot reaches over is settled; see there.
    const fork = speakTwice(one, this.server, random, this.now, this.settled[one.id]?.seq ?? 0)
    if (fork) this.forks.set(one.id, fork)
  }

  // ---- the end

  /** Everybody is connected and all is quiet: what can be known is known to all. */
  settle(): void {
    this.partitioned.clear()
    const random = new Random(1)
    for (let round = 0; round < 6; round++) {
      const { appends } = this.server
      for (const one of this.all) {
        this.receive(one, random, true)
        this.send(one, random, true)
      }
      this.now += 61_000
      // Nobody has anything to say or to put back any more.
      if (this.server.appends === appends && !this.all.some((one) => nextDue(one.workspace.db.read) !== null)) break
    }
    for (const one of this.all) this.receive(one, random, true)
    for (const one of this.all) this.in(one, (tx) => applyWaiting(tx, one.workspace))
  }
}
