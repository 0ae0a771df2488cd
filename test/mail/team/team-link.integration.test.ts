import net from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { Failure } from '../../../src-preload/contract/errors'
import { TeamLinkState } from '../../../src-preload/contract/team-link'
import { TeamLink, type LinkPorts } from '../../../src-main/mail/team/team-link'
import { mailboxAt, serverAt, user } from '../harness'
import { imitate } from '../sync/imitation'

const Told = z.object({ state: TeamLinkState, error: Failure.nullable() })

interface Linked {
  readonly link: TeamLink
  readonly told: z.infer<typeof Told>[]
  readonly asked: { times: number }
}

/** A link to the mailbox on the server at `port`, what it told of itself, and how often it asked for what is due. */
function linkTo(port: number, nextDueAt: number | null = null): Linked {
  const asked = { times: 0 }
  const told: z.infer<typeof Told>[] = []
  const answers: Readonly<Record<string, object>> = {
    'team.link': { link: { mailboxId: 1, team: 'team', device: 'a'.repeat(32), carrier: { kind: 'mailbox' } } },
    'mailboxes.all': { mailboxes: [mailboxAt(serverAt(port))] },
    'team.known': { places: [], upTo: null, wholeRoster: false },
    'team.folder': { prune: [] },
    'team.outgoing': { pack: null, hashes: [], nextDueAt, summary: false },
  }
  const store: LinkPorts['store'] = {
    call: async (name, input) => {
      if (name === 'team.outgoing') asked.times++
      if (name === 'team.status') told.push(Told.parse(input))
      return (answers[name] ?? {}) as never
    },
  }
  const link = new TeamLink({
    store,
    app: { call: async () => ({ user: user.name, password: user.password }) as never },
  })
  onTestFinished(() => link.stop())
  link.start()
  return { link, told, asked }
}

test('a server that is full for a while is not told as a link that does not work, and is tried again', async () => {
  const server = await imitate('qresync', { maxConnections: 0 })
  const { told } = linkTo(server.port)
  await expect.poll(() => told.at(-1)).toMatchObject({ state: 'delayed', error: { code: 'server-busy' } })
  server.world.maxConnections = 5
  await expect.poll(() => told.at(-1)?.state).toBe('live')
  expect(told.map(({ state }) => state)).not.toContain('failed')
})

test('a server that does not answer does not hold up the end of the link', async () => {
  const mute = net.createServer(() => undefined)
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void mute.close())
  const address = mute.address()
  let asked = false
  mute.on('connection', () => (asked = true))
  const { link } = linkTo(typeof address === 'object' && address ? address.port : 0)
  await expect.poll(() => asked).toBe(true)
  const from = performance.now()
  await link.stop()
  // Long before it gives up on the connection.
  expect(performance.now() - from).toBeLessThan(10_000)
})

test('what is due by another clock than this computer’s is not asked for a hundred times a second', async () => {
  const server = await imitate('qresync', {})
  // The store goes by the server's time, which a computer's own clock may be ahead of.
  const { told, asked } = linkTo(server.port, Date.now() - 120_000)
  await expect.poll(() => told.at(-1)?.state).toBe('live')
  const before = asked.times
  await new Promise((resolve) => setTimeout(resolve, 2000))
  expect(asked.times - before).toBeLessThan(10)
})
