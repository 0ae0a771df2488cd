import { Harness } from '../helpers'

/** Consoles of one team whose messages are carried by hand: no server, no waiting. */
export class PumpedTeam {
  private next = 1
  private readonly places: { from: Harness; place: string; pack: Uint8Array }[] = []
  private constructor(
    readonly consoles: readonly Harness[],
    readonly inboxes: readonly number[],
  ) {}

  /** The first is the owner. Each has the mailbox support@acme.test and nothing in it. */
  static async make(...names: readonly string[]): Promise<PumpedTeam> {
    const consoles: Harness[] = []
    const inboxes: number[] = []
    for (const name of names) {
      const one = await Harness.make()
      await one.call('settings.set', { agentName: name })
      inboxes.push((await one.mailbox()).folders['INBOX'] ?? 0)
      consoles.push(one)
    }
    const team = new PumpedTeam(consoles, inboxes)
    const [owner, ...others] = consoles
    await owner?.call('team.create', { mailboxId: 1 })
    for (const [index, joiner] of others.entries()) {
      const asked = await owner?.call('team.invite', { name: names[index + 1] ?? '', role: 'agent' })
      await joiner.call('team.join', { code: asked?.code ?? '', mailboxId: 1 })
      await team.pump()
      await owner?.call('team.approve', { id: asked?.id ?? '' })
      await team.pump()
    }
    return team
  }

  /** The owner and who joined first. */
  get two(): [Harness, Harness] {
    const [owner, other] = this.consoles
    if (!owner || !other) throw new Error('no team of two')
    return [owner, other]
  }

  /** The owner gives `one` another role, and everybody hears of it. */
  async setRole(one: Harness, role: 'admin' | 'agent', permissions?: string[]): Promise<void> {
    const { you } = await one.call('team.state', {})
    await this.consoles[0]?.call('team.setRole', { member: you ?? '', role, ...(permissions && { permissions }) })
    await this.pump()
  }

  /** The same mail comes to all of them. */
  async put(sent: Parameters<Harness['put']>[1], options?: Parameters<Harness['put']>[2]): Promise<void> {
    for (const [index, one] of this.consoles.entries()) await one.put(this.inboxes[index] ?? 0, sent, options)
  }

  /** Carries everything that is due to everybody, until nothing is. `but`: those that are cut off. */
  async pump(but: readonly Harness[] = []): Promise<void> {
    const reached = this.consoles.filter((one) => !but.includes(one))
    for (let more = true; more;) {
      more = false
      for (const from of reached) {
        const { pack, hashes } = await from.mail.call('team.outgoing', {})
        if (pack === null) continue
        more = true
        const place = String(this.next++)
        this.places.push({ from, place, pack })
        await from.mail.call('team.sent', { hashes, generation: 'g', place })
      }
      for (const to of reached) {
        const known = new Set((await to.mail.call('team.known', { generation: 'g' })).places)
        const messages = this.places
          .filter(({ from, place }) => from !== to && !known.has(place))
          .map(({ place, pack }) => ({ place, pack }))
        if (messages.length > 0) await to.mail.call('team.arrived', { generation: 'g', messages })
      }
    }
  }

  /** Where messages lie. */
  lie(): string[] {
    return this.places.map(({ place }) => place)
  }

  /** A console that knows less than before reads what lies there, its own words too. */
  async readAgain(one: Harness, places = this.lie()): Promise<void> {
    const known = new Set((await one.mail.call('team.known', { generation: 'g' })).places)
    const messages = this.places
      .filter(({ place }) => places.includes(place) && !known.has(place))
      .map(({ place, pack }) => ({ place, pack }))
    await one.mail.call('team.arrived', { generation: 'g', messages })
  }

  async stop(): Promise<void> {
    await Promise.all(this.consoles.map((one) => one.stop()))
  }
}
