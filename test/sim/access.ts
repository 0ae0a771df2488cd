import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { CorrectedClock } from '../../src-main/crypto/clock'
import { newSupportIdentity, type KeyFile } from '../../src-main/crypto/support-identity'
import { Database, type Writer } from '../../src-main/store/file/database'
import { endGrant, grantorLeft, grantRow, makeGrant, stateOf, sweepGrants } from '../../src-main/store/privacy/grants'
import { addIdentity } from '../../src-main/store/privacy/support-identities'
import { SupportSession } from '../../src-main/store/privacy/support-session'
import { cutOff } from '../../src-main/store/team/cut-off'
import { createTeam } from '../../src-main/store/team/roster'
import { Workspace } from '../../src-main/store/workspace'
import { PosternError } from '../../src-preload/contract/errors'
import { tempFolder } from '../servers/process.mjs'
import { tables } from './console'
import { drawSteps, type Outcome, type Plan, type Step } from './plan'
import { Random } from './random'
import { Server } from './server'
import { join, receive, sendAll } from './team'

/**
 * Random runs of laptops that give support access while their clocks are set, up to two days wrong, while they sleep, are started again
 * and hear of each other late (P6): nobody looks after the end, nobody looks unlogged, and what has ended stays so.
 */

/** What is broken on purpose, to see that the promise notices. */
export const accessSabotages = ['deaf-clock', 'forgetful-clock', 'unlogged', 'revoke-unheard'] as const
export type AccessSabotage = 'none' | (typeof accessSabotages)[number]

const hour = 3_600_000
const day = 24 * hour
/** Clocks that are this far apart agree. */
const agreeMs = 2 * 60_000
const widest = 48 * hour
const ana = { kind: 'agent', name: 'Ana' } as const
const acts = [
  'grant',
  'look',
  'look',
  'look',
  'look',
  'look',
  'look',
  'pass',
  'pass',
  'pass',
  'set',
  'right',
  'start',
  'set-while-off',
  'hear',
  'sleep',
  'send',
  'receive',
]
const rare = ['long', 'revoke', 'revoke', 'remove', 'sweep']

export function planAccess(seed: number): Plan {
  const random = new Random(seed)
  const agents = 2 + random.below(2)
  const steps = drawSteps(random, agents, 30 + random.below(50), () => random.pick(random.chance(0.2) ? rare : acts))
  return { seed, agents, steps }
}

let staff: KeyFile | undefined
const pool: Laptop[] = []

export async function runAccess(plan: Plan, sabotage: AccessSabotage = 'none'): Promise<Outcome> {
  // Its passphrase is stretched for long on purpose.
  staff ??= await newSupportIdentity('Idris Vaughan', 'Postern support', 'a passphrase of the staff')
  while (pool.length < plan.agents) pool.push(new Laptop(pool.length))
  const world = new World(pool.slice(0, plan.agents), staff, sabotage, new Random(plan.seed ^ 0x2545f491))
  let violation: string | null = null
  for (const step of plan.steps) violation ??= world.step(step)
  violation ??= world.end()
  return { violation, events: world.looks }
}

/** The name that a grant has on its own console; on the others that console stands before it. */
const ownName = "substr(name, instr(name, '.') + 1)"

interface Given {
  readonly id: number
  readonly at: Laptop
  session: SupportSession | null
  /** It was refused as ended once. */
  over: boolean
  /** Its console has read that somebody ended it, or that who gave it was taken out. */
  known: boolean
}

/** A laptop with a database of its own, whose clock people set; the true time goes on. */
class Laptop {
  readonly dir = tempFolder('sim-access')
  readonly key = Buffer.alloc(32, 7)
  private readonly db = Database.open(this.dir, this.key, () => undefined).database
  workspace: Workspace
  /** How far the system's clock is off, ms. */
  offset = 0
  mono = 0
  /** Whether it has heard a server since it could last have missed time. */
  heard = false
  constructor(readonly index: number) {
    this.workspace = this.boot(0, () => 0)
    process.once('exit', () => rmSync(this.dir, { recursive: true, force: true }))
  }

  boot(seen: number, time: () => number): Workspace {
    this.mono = 0
    this.heard = false
    const device = Buffer.alloc(64)
    createHash('sha512').update(`laptop ${this.index}`).digest().copy(device)
    const clock = new CorrectedClock(seen, { system: () => time() + this.offset, monotonic: () => this.mono })
    return (this.workspace = new Workspace(this.db, { device, mail: () => null, app: () => null }, clock))
  }
  write<T>(work: (tx: Writer) => T): T {
    return this.db.write(work, 'normal')
  }
  reset(): void {
    this.write((tx) => {
      for (const trigger of ['grants_kept', 'access_log_kept', 'access_chains_kept'])
        tx.run(`DROP TRIGGER IF EXISTS ${trigger}`)
      for (const table of [...tables, 'access_notices', 'grants', 'support_identities', 'access_log', 'access_chains'])
        tx.run(`DELETE FROM ${table}`)
      tx.run("DELETE FROM meta WHERE key LIKE 'log_heads%' OR key = 'time_seen'")
    })
    this.offset = 0
  }
  get logged(): number {
    return this.workspace.db.read.get<{ n: number }>('SELECT count(*) AS n FROM access_log')?.n ?? 0
  }
}

class World {
  readonly server = new Server()
  readonly given: Given[] = []
  looks = 0
  private now = Date.UTC(2026, 5, 1)
  private readonly out = new Set<Laptop>()
  /** What was sent so far: who has read all of it knows what it says. */
  private readonly said: { place: number; grant: Given }[] = []

  constructor(
    private readonly laptops: readonly Laptop[],
    private readonly file: KeyFile,
    private readonly sabotage: AccessSabotage,
    random: Random,
  ) {
    const [owner, ...others] = laptops
    if (!owner) throw new Error('no laptops')
    for (const one of laptops) {
      one.reset()
      // Wrong from the beginning: nothing here has ever seen the right time.
      if (random.chance(0.4)) one.offset = random.below(2 * widest) - widest
      one.boot(0, () => this.now)
    }
    owner.write((tx) => createTeam(tx, owner.workspace, 1, 'support@acme.test'))
    for (const one of others) join(owner.workspace, one.workspace, `A${one.index}`, 'admin')
    for (let round = 0; round < 2; round++) for (const one of laptops) this.exchange(one)
  }

  private exchange(one: Laptop): void {
    sendAll(one.workspace, this.server, Number.MAX_SAFE_INTEGER)
    receive(one.workspace, this.server, this.server.list(Number.POSITIVE_INFINITY))
  }

  step({ who, what, seed }: Step): string | null {
    const one = this.laptops[who]
    if (!one) return null
    const random = new Random(seed)
    this.pass(random.below(60_000))
    if (what === 'look') return this.look(random)
    if (what === 'grant') this.grant(one, random)
    else if (what === 'revoke') this.revoke(one, random)
    else if (what === 'remove') this.remove(random)
    else if (what === 'pass') this.pass(random.below(12 * hour))
    else if (what === 'long') this.pass(random.below(60 * day))
    else if (what === 'set') one.offset = random.below(2 * widest) - widest
    else if (what === 'right') one.offset = 0
    else if (what === 'start') this.start(one)
    else if (what === 'set-while-off') {
      one.offset = random.below(2 * widest) - widest
      this.start(one)
    } else if (what === 'hear') this.hear(one)
    else if (what === 'send') this.send(one)
    else if (what === 'receive') this.receive(one)
    else if (what === 'sweep') sweepGrants(one.workspace, {})
    else {
      // Its counter stands while it sleeps.
      const slept = random.below(day)
      this.pass(slept)
      one.mono -= slept
      one.heard = false
    }
    return null
  }

  private pass(ms: number): void {
    this.now += ms
    for (const one of this.laptops) one.mono += ms
  }

  private start(one: Laptop): void {
    for (const grant of this.given)
      if (grant.at === one) {
        grant.session?.close('restarted')
        grant.session = null
      }
    one.boot(this.sabotage === 'forgetful-clock' ? 0 : one.workspace.clock.now(), () => this.now)
  }

  private hear(one: Laptop): void {
    if (this.sabotage !== 'deaf-clock') one.workspace.clock.heardServer(this.now)
    one.heard = true
  }

  private grant(one: Laptop, random: Random): void {
    if (this.out.has(one)) return
    const { workspace } = one
    try {
      const id = makeGrant(
        workspace,
        {},
        {
          identityId: addIdentity(workspace, {}, JSON.stringify(this.file.card), ana),
          kind: 'support',
          scope: 'full',
          mailboxIds: null,
          reason: 'Search skips subjects',
          reference: '',
          endsAt: workspace.clock.now() + hour + random.below(random.chance(0.7) ? day : 180 * day - hour),
        },
        ana,
      )
      this.given.push({ id, at: one, session: null, over: false, known: false })
    } catch (fault) {
      // A clock in doubt, or a role that was taken away.
      if (!['time-doubtful', 'not-allowed'].includes(PosternError.from(fault).code)) throw fault
    }
  }

  /** Mostly the last that was given, so that one grant lives through much. */
  private some(random: Random): Given {
    return random.pick(random.chance(0.7) ? this.given.slice(-1) : this.given)
  }

  /** Somebody of the team ends a grant that they know of, on whatever laptop it opens. */
  private revoke(one: Laptop, random: Random): void {
    if (this.given.length === 0 || this.out.has(one)) return
    const grant = this.some(random)
    const name = grantRow(grant.at.workspace.db.read, grant.id).name
    const known = one.workspace.db.read.get<{ id: number }>(`SELECT id FROM grants WHERE ${ownName} = ?`, name)
    if (!known) return
    try {
      if (!one.write((tx) => endGrant(tx, one.workspace, known.id, ana, 'revoked'))) return
    } catch (fault) {
      if (PosternError.from(fault).code !== 'not-allowed') throw fault
      return
    }
    if (one === grant.at) grant.known = true
    else {
      this.send(one)
      this.said.push({ place: this.last(), grant })
    }
  }

  private remove(random: Random): void {
    const [owner, ...others] = this.laptops
    const here = others.filter((one) => !this.out.has(one))
    if (!owner || here.length === 0 || random.chance(0.7)) return
    const one = random.pick(here)
    owner.write((tx) => cutOff(tx, owner.workspace, { device: one.workspace.device.id }))
    this.out.add(one)
    this.send(owner)
    for (const grant of this.given) if (grant.at === one) this.said.push({ place: this.last(), grant })
  }

  private last(): number {
    return Number(this.server.list(Number.POSITIVE_INFINITY).at(-1) ?? 0)
  }
  private send(one: Laptop): void {
    sendAll(one.workspace, this.server, Number.MAX_SAFE_INTEGER)
  }
  private receive(one: Laptop): void {
    const { workspace } = one
    receive(workspace, this.server, this.server.list(Number.POSITIVE_INFINITY))
    if (this.sabotage === 'revoke-unheard')
      one.write((tx) => {
        tx.run('DROP TRIGGER IF EXISTS grants_stay_ended')
        tx.run("UPDATE grants SET ended_at = NULL, ended_by = NULL, ended_why = NULL WHERE ended_by <> 'Ana'")
      })
    for (const { grant } of this.said) if (grant.at === one) grant.known = true
  }

  /** The staff member looks, on the laptop where a grant opens. */
  private look(random: Random): string | null {
    if (this.given.length === 0) return null
    const grant = this.some(random)
    const { at: one, id } = grant
    const { workspace } = one
    const before = one.logged
    const row = grantRow(workspace.db.read, id)
    grant.session ??= new SupportSession(workspace, id, this.file.card, one, (now) =>
      stateOf(now, this.file.card, {}, workspace.clock, grantorLeft(workspace.db.read, now, workspace.device.id)),
    )
    if (this.sabotage === 'unlogged') Object.assign(workspace.accessLog, { append: () => 0 })
    let seen = false
    try {
      grant.session.look('look-conversation', { kind: 'conversation', id: 1 }, () => {
        seen = true
      })
    } catch (fault) {
      const { code } = PosternError.from(fault)
      if (code !== 'grant-ended' && code !== 'time-doubtful') throw fault
      grant.over ||= code === 'grant-ended'
      if (seen) return 'P6: something was read and then refused'
      return one.logged === before ? null : 'P6: a refused look is in the log as one that was had'
    }
    this.looks++
    const where = `grant ${id} of laptop ${one.index}, ${((this.now - row.ends_at) / hour).toFixed(1)} h after its end, clock off by ${(one.offset / hour).toFixed(1)} h`
    if (one.logged !== before + 1) return `P6: a look is not in the log: ${where}`
    if (grant.over) return `P6: what had ended opens again: ${where}`
    if (grant.known) return `P6: what was ended by a person opens: ${where}`
    if (this.now > row.ends_at + widest) return `P6: a look after the end, by the widest clock: ${where}`
    if (one.heard && this.now > row.ends_at + agreeMs)
      return `P6: a look after the end, with the server's time: ${where}`
    return null
  }

  /** All is quiet: every console of the team knows the same grants as ended. */
  end(): string | null {
    for (const grant of this.given) grant.session?.close('over')
    for (let round = 0; round < 3; round++) for (const one of this.laptops) this.exchange(one)
    const present = this.laptops.filter((one) => !this.out.has(one))
    for (const { name } of present.flatMap((one) =>
      one.workspace.db.read.all<{ name: string }>(`SELECT ${ownName} AS name FROM grants WHERE ended_why = 'revoked'`),
    ))
      for (const one of present)
        if (one.workspace.db.read.get(`SELECT 1 FROM grants WHERE ${ownName} = ? AND ended_at IS NULL`, name))
          return `P6: what was revoked on one console has not ended on laptop ${one.index}`
    return null
  }
}
