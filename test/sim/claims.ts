import { ImapCarrier, type FolderSession } from '../../src-main/mail/team/team-imap'
import { PosternError } from '../../src-preload/contract/errors'
import { Random } from './random'

/** Time that passes only when everybody waits. */
class Clock {
  now = 0
  private readonly timers: { at: number; go: () => void }[] = []

  wait(ms: number): Promise<void> {
    return new Promise((go) => {
      this.timers.push({ at: this.now + ms, go })
    })
  }
  async run(work: Promise<unknown>): Promise<void> {
    let done = false
    const end = (): void => {
      done = true
    }
    work.then(end, end)
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (done) return
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0]
      if (!next) continue
      this.timers.splice(this.timers.indexOf(next), 1)
      this.now = next.at
      next.go()
    }
  }
}

/** A folder of a server of many machines: UIDs ascend, but a message is seen by others a while after it was given one. */
class Folder {
  readonly messages: { uid: number; part: Buffer; visibleAt: number }[] = []
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly staleMs: number,
  ) {}

  /** One console's connection; each command takes its time, and an answer may be lost. */
  session(): FolderSession {
    const { clock, random, messages } = this
    const pass = (): Promise<void> => clock.wait(1 + random.below(40))
    const own = new Set<number>()
    const seen = (): typeof messages => messages.filter(({ uid, visibleAt }) => visibleAt <= clock.now || own.has(uid))
    return {
      append: async (_path, raw) => {
        await pass()
        const uid = messages.length + 1
        const body = /base64\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(Buffer.from(raw).toString('latin1'))?.[1] ?? ''
        messages.push({ uid, part: Buffer.from(body), visibleAt: clock.now + random.below(this.staleMs) })
        own.add(uid)
        await pass()
        if (random.chance(0.05)) throw new PosternError('connection-lost')
        return uid
      },
      select: async () => {
        await pass()
        return { uidValidity: '1', uidNext: 1, exists: seen().length, modSeq: null, unseen: null }
      },
      searchUids: async () => {
        await pass()
        return seen().map(({ uid }) => uid)
      },
      async *fetchSecondParts(uids) {
        await pass()
        for (const { uid, part } of seen()) if (uids.includes(uid)) yield { uid, part }
      },
      fetchSizes: () => Promise.resolve(new Map()),
      async *fetchSources() {
        /* every message has its part */
      },
      internalDate: () => Promise.resolve(null),
      expunge: () => Promise.resolve(),
      listFolders: () =>
        Promise.resolve([{ path: 'Postern', delimiter: '/', role: 'other' as const, flags: [] }] as never),
      createFolder: () => Promise.resolve(),
      onChange: () => undefined,
      onClose: () => undefined,
      takeVanished: () => [],
      probe: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }
  }
}

/**
 * Several consoles answer the same message at nearly the same moment, over the real carrier, on a server where messages are seen late.
 * @param settleMs how long a claim waits before it looks again; the real one waits longer than any message is late
 * @returns what does not hold (P4), or null
 */
export async function race(seed: number, settleMs = 2000): Promise<string | null> {
  const random = new Random(seed)
  const clock = new Clock()
  const folder = new Folder(clock, random, 1500)
  const agents = 2 + random.below(6)
  const keys = 1 + random.below(3)
  const winners = new Map<string, string[]>()
  const work = Promise.all(
    Array.from({ length: agents }, async (_, who) => {
      const carrier = await ImapCarrier.over(
        folder.session(),
        'support@acme.test',
        settleMs === 0 ? null : () => clock.wait(settleMs),
      )
      for (let key = 0; key < keys; key++) {
        await clock.wait(random.below(200))
        const won = await carrier.claim(`key${key}`, `device${who}`, 90_000).then(
          (claim) => claim.won,
          () => false,
        )
        if (won) winners.set(`key${key}`, [...(winners.get(`key${key}`) ?? []), `device${who}`])
      }
    }),
  )
  await clock.run(work)
  await work
  for (const [key, all] of winners) if (all.length > 1) return `P4: ${key} was won by ${all.join(' and ')}`
  return null
}
