import type { AppForMail, StoreForMail } from '../../../src-preload/contract/internal'
import type { NatsServer, TeamCarrier, TeamLinkState } from '../../../src-preload/contract/team-link'
import type { Mailbox } from '../../../src-preload/contract/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'
import { logger } from '../../shared/log'
import { onErrand } from '../../shared/network-gate'
import type { Rpc } from '../../shared/port-rpc'
import { Backoff, Sleeper, withDeadline } from '../sync/backoff'
import { withCredentials } from '../accounts/credentials'
import { ImapSession } from '../sync/imap-session'
import { Openings } from '../sync/openings'
import { loginCodes, probeMs, refusedTryMs } from '../sync/sync-timing'
import type { LogCarrier } from './team-carrier'
import { ImapCarrier } from './team-imap'

const log = logger('team')

/** IDLE may sleep (a folder that was deleted and made anew, Microsoft 365): this often the server is asked, ms. */
const pokeMs = 20_000
/** When something is due the store says by its own corrected clock, and it was asked a moment ago; what is due at once wakes the link. ms */
const leastMs = 1000
/** How often the whole folder is compared, ms. */
const compareMs = 30 * 60_000
const pageMessages = 200
/** Fewer unread messages are read as they are. */
const fewMessages = 20
/** A claim ends by itself: the console that made it may have gone. */
const claimMs = 90_000
/** Longer than this an answer does not wait for it. */
const claimPatienceMs = 8_000
const pageBytes = 512 * 1024

export interface LinkPorts {
  readonly store: Pick<Rpc<StoreForMail>, 'call'>
  readonly app: Pick<Rpc<AppForMail>, 'call'>
}

/** Carries the team's messages between the store and the carrier. Idle and without a connection while there is no team. */
export class TeamLink {
  private readonly sleeper = new Sleeper()
  private readonly backoff = new Backoff(5_000, 15 * 60_000)
  private running: Promise<void> | null = null
  private stopped = false
  private linkChanged = false
  private askedFor = false
  private carrier: LogCarrier | null = null
  private readonly openings = new Openings()
  private comparedAt = -Infinity
  private less = false
  /** All that lay there when this connection was made has been taken in. */
  private caughtUp = false
  /** Mailboxes that were taken off this computer; the store may not have heard of it yet. Their numbers are not used again. */
  private readonly removed = new Set<number>()
  private who: { mailboxId: number; device: string; team: string } | null = null

  constructor(private readonly ports: LinkPorts) {}

  start(): void {
    this.running ??= this.loop()
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.sleeper.wake()
    // A server that does not answer would hold up whoever waits for the end.
    this.openings.giveUp(new PosternError('cancelled', 'stopped'))
    await this.carrier?.close()
    await this.running
  }

  /** Something is to go out; `changed`: the way it goes is another. */
  wake(changed: boolean): void {
    if (changed) this.linkChanged = true
    this.backoff.reset()
    this.sleeper.wake()
  }

  /** A person asked: what was refused is tried again too. */
  tryAgain(): void {
    this.askedFor = true
    this.wake(false)
  }

  /** A mailbox was taken off this computer: a team over it is carried no more. */
  leave(mailboxId: number): void {
    this.removed.add(mailboxId)
    if (this.who === null || this.who.mailboxId === mailboxId) this.wake(true)
  }

  /** A mailbox that was to be taken off this computer is still there. */
  stay(mailboxId: number): void {
    this.removed.delete(mailboxId)
  }

  /**
   * Claims something for this console, so that of two who do the same one stops. Null: there is no team here, or no connection to it.
   * @throws PosternError `catching-up`: what others did, answers that they sent too, is still coming in
   */
  async claim(mailboxId: number, key: string): Promise<{ won: boolean } | null> {
    const { carrier, who } = this
    if (carrier === null || who === null || mailboxId !== who.mailboxId) return null
    if (!this.caughtUp) throw new PosternError('catching-up', 'the team log is being read')
    return withDeadline(
      carrier.claim(key, who.device, claimMs),
      claimPatienceMs,
      () => new PosternError('timeout', 'a claim'),
    )
  }

  /** Awake after sleep, or another network: the carrier may be dead without knowing, and what failed may work now. */
  networkChanged(): void {
    void this.carrier?.probe(probeMs)
    this.openings.networkChanged(probeMs)
    this.wake(false)
  }

  networkLost(): void {
    void this.carrier?.close()
    this.openings.networkLost()
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      try {
        this.linkChanged = false
        const worked = await this.session()
        if (!worked) await this.sleeper.sleep(2 ** 31 - 1)
      } catch (thrown) {
        const failure = PosternError.from(thrown)
        if (failure.code === 'internal') log.error('the link failed', thrown)
        else log.info('the link ended', { code: failure.code })
        await this.carrier?.close()
        this.carrier = null
        if (this.stopped) return
        await this.report(stateAfter(failure), failure)
        if (loginCodes.has(failure.code)) await this.untilChanged(refusedTryMs)
        else if (!this.linkChanged) await this.sleeper.sleep(this.backoff.next())
      }
    }
  }

  /** After a refused login: whatever wants to go out meanwhile must not try it again, since servers lock accounts. */
  private async untilChanged(ms: number): Promise<void> {
    const until = performance.now() + ms
    this.askedFor = false
    while (!this.stopped && !this.linkChanged && !this.askedFor && performance.now() < until)
      await this.sleeper.sleep(until - performance.now())
  }

  /** From connecting to the end of the connection. @returns false when there is nothing to carry */
  private async session(): Promise<boolean> {
    const { link } = await this.ports.store.call('team.link', {})
    if (!link) {
      await this.report('off', null)
      return false
    }
    await this.report('connecting', null)
    const mailbox = (await this.ports.store.call('mailboxes.all', {})).mailboxes.find(({ id }) => id === link.mailboxId)
    if (!mailbox || mailbox.paused || this.removed.has(mailbox.id)) {
      await this.report('offline', null)
      return false
    }
    const carrier = (this.carrier = await this.open(mailbox, link.carrier))
    this.who = { mailboxId: mailbox.id, device: link.device, team: link.team }
    let open = true
    carrier.onClose(() => {
      open = false
      this.sleeper.wake()
    })
    let more = false
    carrier.onChange((what) => {
      if (what === 'less') this.less = true
      more = true
      this.sleeper.wake()
    })
    this.caughtUp = false
    await this.report('catching-up', null)
    let lastPlace = await this.compare(carrier)
    this.caughtUp = true
    await this.report('live', null)
    let pokedAt = performance.now()
    while (!this.stopped && !this.linkChanged) {
      if (!open) throw new PosternError('connection-lost', 'the carrier closed')
      const due = await this.flush(carrier)
      if (performance.now() - pokedAt >= pokeMs) {
        await carrier.poke()
        pokedAt = performance.now()
        more = true
      }
      if (this.less || performance.now() - this.comparedAt >= compareMs) lastPlace = await this.compare(carrier)
      if (more) {
        more = false
        const fresh = await carrier.list(lastPlace)
        lastPlace = fresh.at(-1) ?? lastPlace
        await this.take(carrier, fresh)
        this.backoff.reset()
        continue
      }
      await this.sleeper.sleep(Math.max(leastMs, Math.min(pokeMs, (due ?? Number.POSITIVE_INFINITY) - Date.now())))
    }
    await carrier.close()
    this.carrier = null
    return true
  }

  private async open(mailbox: Mailbox, over: TeamCarrier): Promise<LogCarrier> {
    if (over.kind === 'nats') return openNats(over, mailbox.id)
    const server = mailbox.imap
    const session = await withCredentials(this.ports.app, mailbox, 'imap', (auth) =>
      onErrand({ use: 'team-log', host: server.host, mailboxId: mailbox.id }, () =>
        ImapSession.open({ ...server, user: auth.user }, auth, true, this.openings.signal),
      ),
    )
    try {
      return await ImapCarrier.open(session, mailbox.address, server.host)
    } catch (fault) {
      await session.close()
      throw fault
    }
  }

  /** Reads what is new in the whole folder and says what is there, so that what got lost is put back. @returns the last place */
  private async compare(carrier: LogCarrier): Promise<string> {
    this.less = false
    const { generation } = carrier
    const there = await carrier.list()
    const asked = (): Promise<{ places: string[]; upTo: string | null; wholeRoster: boolean }> =>
      this.ports.store.call('team.known', { generation })
    const unread = ({ places, upTo }: { places: string[]; upTo: string | null }): string[] => {
      const known = new Set(places)
      return there.filter((place) => !known.has(place) && !(upTo !== null && Number(place) <= Number(upTo)))
    }
    let known = await asked()
    // A folder that began anew under the same name holds other messages at the places that are known: then none of them is.
    const noted = new Set(known.places)
    const still = there.filter((place) => noted.has(place))
    if (still.length > 0) {
      await this.take(carrier, [...new Set([...still.slice(0, 1), ...still.slice(-1)])])
      known = await asked()
    }
    if (unread(known).length > fewMessages) {
      // A summary stands for everything before it: who is new here, or was away for long, reads it first, and what came after it.
      const summaries = await carrier.summaries()
      const last = Number(summaries.at(-1) ?? Number.POSITIVE_INFINITY)
      await this.take(
        carrier,
        unread(known).filter((place) => summaries.includes(place) || Number(place) > last),
      )
      known = await asked()
      // Until one is let in nothing else could be read; but whom no record there is for may find one elsewhere, or none at all.
      if (summaries.length > 0 && this.who?.team === '' && known.wholeRoster) return there.at(-1) ?? '0'
    }
    await this.take(carrier, unread(known))
    const { prune } = await this.ports.store.call('team.folder', { generation, places: there })
    if (prune.length > 0) await carrier.prune(prune)
    this.comparedAt = performance.now()
    return there.at(-1) ?? '0'
  }

  /** One page is on its way from the server while the store takes in the one before. */
  private async take(carrier: LogCarrier, places: readonly string[]): Promise<void> {
    const { generation } = carrier
    let given: Promise<unknown> = Promise.resolve()
    let page: { place: string; pack: Uint8Array }[] = []
    let size = 0
    const hand = async (more: boolean): Promise<void> => {
      await given
      if (page.length === 0 && more) return
      given = this.ports.store.call('team.arrived', { generation, messages: page, more })
      // Who waits for it hears of a failure; until then it is nobody's.
      given.catch(() => undefined)
      page = []
      size = 0
    }
    if (places.length === 0) return
    for (let from = 0; from < places.length; from += pageMessages) {
      for await (const message of carrier.fetch(places.slice(from, from + pageMessages))) {
        page.push(message)
        size += message.pack.byteLength
        if (size > pageBytes || page.length >= pageMessages) await hand(true)
      }
    }
    await hand(false)
    await given
  }

  /** Sends what is due. @returns when more is */
  private async flush(carrier: LogCarrier): Promise<number | null> {
    for (;;) {
      const { pack, hashes, nextDueAt, summary } = await this.ports.store.call('team.outgoing', {})
      if (pack === null) return nextDueAt
      const { place, serverAt } = await carrier.append(pack, summary)
      const { prune } = await this.ports.store.call('team.sent', { hashes, generation: carrier.generation, place })
      if (prune.length > 0) await carrier.prune(prune)
      if (serverAt !== null) await this.ports.store.call('team.time', { serverAt })
    }
  }

  private async report(state: TeamLinkState, failure: PosternError | null): Promise<void> {
    await this.ports.store
      .call('team.status', { state, error: failure && { code: failure.code, detail: failure.detail }, messages: 0 })
      .catch(() => undefined)
  }
}

function openNats(server: NatsServer, mailboxId: number): Promise<LogCarrier> {
  return onErrand({ use: 'team-log', host: new URL(server.url).hostname, mailboxId }, async () => {
    // Few teams have such a server: the others need not keep its library in memory.
    const { NatsCarrier } = await import('./team-nats')
    return NatsCarrier.open(server)
  })
}

/** Whether a server can carry a team, before one is made over it. @throws PosternError why not */
export async function tryNats(server: NatsServer, mailboxId: number): Promise<void> {
  await (await openNats(server, mailboxId)).close()
}

/** A server that does not take us now may the next time: that is no failure that a person could mend. */
function stateAfter({ code }: PosternError): TeamLinkState {
  if (offlineCodes.has(code)) return 'offline'
  return code === 'server-refused' || code === 'server-busy' ? 'delayed' : 'failed'
}

const offlineCodes: ReadonlySet<string> = new Set([
  'offline',
  'host-not-found',
  'connection-refused',
  'connection-lost',
  'timeout',
  'cancelled',
  'service-stopped',
])
