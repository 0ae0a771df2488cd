import { TeamLink, type LinkPorts } from '../../../src-main/mail/team/team-link'
import { drawSnapshot, keepSnapshot, standingSnapshot } from '../../../src-main/store/team/snapshot'
import { finish } from '../../../src-main/store/team/snapshot-draw'
import type { Trouble } from '../../../src-preload/contract/calls/team'
import { Harness, settings } from '../helpers'

export const password = 'right-password'
export const shared = { name: 'support@acme.test', password }

/** A console as it is on a laptop, store and link, on a real mail server; without window and sync of mail. */
export class TeamConsole {
  private link: TeamLink | null = null
  private constructor(
    readonly store: Harness,
    readonly mailboxId: number,
  ) {}

  static async make(name: string, port: number): Promise<TeamConsole> {
    const store = await Harness.make()
    const server = { host: '127.0.0.1', port, security: 'none' as const, user: shared.name }
    const { id } = await store.app.call('mailbox.create', {
      settings: { ...settings(shared.name), imap: server, smtp: server },
    })
    await store.call('settings.set', { agentName: name })
    const console = new TeamConsole(store, id)
    console.connect()
    return console
  }

  /** @param store what the link asks instead of the store itself */
  connect(store: LinkPorts['store'] = this.store.mail): TeamLink {
    const link = (this.link = new TeamLink({
      store,
      app: {
        call: async (_name, input) => ({ user: shared.name, password, ...('server' in input ? {} : {}) }) as never,
      },
    }))
    this.store.onTeamWake = (changed) => link.wake(changed)
    link.start()
    return link
  }
  async disconnect(): Promise<void> {
    this.store.onTeamWake = () => undefined
    await this.link?.stop()
    this.link = null
  }

  get device(): string {
    return this.store.service.open.workspace.device.id
  }
  state(): ReturnType<Harness['call']> & Promise<import('../../../src-preload/contract/calls/team').TeamState> {
    return this.store.call('team.state', {}) as never
  }
  async trouble(): Promise<Trouble[]> {
    return (await this.state()).trouble
  }
  /** What all consoles must agree on. */
  digest(): string {
    return JSON.stringify(
      this.store.db.read.all(
        "SELECT owner, field, element, rank, value, device, seq, idx FROM team_state WHERE owner NOT LIKE 'snapshot:%' ORDER BY owner, field, element, rank",
      ),
    )
  }
  note(entity: string, name: string, text: string): void {
    const { workspace } = this.store.service.open
    this.store.db.write((tx) => workspace.team.record(tx, { kind: 'note', entity, payload: { note: name, text } }))
  }
  tag(entity: string, tag: string, on = true): void {
    const { workspace } = this.store.service.open
    this.store.db.write((tx) => workspace.team.record(tx, { kind: 'tag', entity, payload: { tag, on } }))
  }
  assign(entity: string, member: string): void {
    const { workspace } = this.store.service.open
    this.store.db.write((tx) => workspace.team.record(tx, { kind: 'assign', entity, payload: { to: { member } } }))
  }
  /** What is recorded from here on goes as another blob. */
  closeBatch(): void {
    const { workspace } = this.store.service.open
    this.store.db.write((tx) => workspace.team.closeBatch(tx))
  }
  /** Waits until everything that was recorded has left. */
  async sendNow(): Promise<void> {
    this.link?.wake(false)
    for (
      const end = Date.now() + 20_000;
      (await this.state()).waiting > 0 || this.store.db.read.get('SELECT 1 FROM team_blobs WHERE send_at IS NOT NULL');
    ) {
      if (Date.now() > end) throw new Error('it does not leave')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  /** Makes the summary that is made once there is enough for one. */
  sumUp(places: readonly string[]): void {
    const { workspace } = this.store.service.open
    const drawn = finish(drawSnapshot(workspace))
    const generation =
      this.store.db.read.get<{ generation: string }>('SELECT generation FROM team_places LIMIT 1')?.generation ?? ''
    if (drawn) this.store.db.write((tx) => keepSnapshot(tx, workspace, drawn, generation, places))
  }
  coveredUpTo(): string {
    return standingSnapshot(this.store.db.read)?.place ?? '0'
  }
  logBlobs(): number {
    return this.store.db.read.get<{ n: number }>("SELECT count(*) AS n FROM team_blobs WHERE kind = 'log'")?.n ?? 0
  }
  async stop(): Promise<void> {
    await this.disconnect()
    await this.store.stop()
  }
}
