/**
 * bench:access [-- ENTRIES MESSAGES]: what a look costs, how long a log of ENTRIES (1,000,000) takes to verify, and a support
 * session's reads beside the agent's own on the same database.
 */
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import path from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { DeviceKeys, newDeviceSecret } from '../../src-main/crypto/device-keys'
import { ChainCheck, chainStart, linkHash, logPurpose, type ChainLink } from '../../src-main/crypto/hash-chain'
import { serveStoreThread } from '../../src-main/store/thread-jobs'
import { getConversation } from '../../src-main/store/conversations/conversations'
import { listConversations } from '../../src-main/store/conversations/conversation-list'
import { openScoped } from '../../src-main/store/privacy/support-views'
import { tempFolder } from '../servers/process.mjs'
import { figure, openBigStore, p95, say } from './big-store'

const entries = Number(process.argv[2] ?? 1_000_000)
const messages = Number(process.argv[3] ?? 20_000)
const looks = 500
const rounds = 5

async function main(): Promise<void> {
  const dir = tempFolder('access')
  const store = await openBigStore(dir, messages, new URL(import.meta.url))
  try {
    await store.grow(messages)
    const { workspace } = store
    const scoped = openScoped(dir, readFileSync(path.join(dir, 'bench.key')), 'full', null)
    const ids = listConversations(workspace.db.read, {
      view: 'closed',
      mailboxId: null,
      order: 'newest',
      unreadOnly: false,
      tag: null,
      offset: 0,
      limit: 200,
    }).rows.map(({ id }) => id)
    say(`${messages} messages, ${ids.length} conversations looked at`)

    // A look as a session does it, without the read: the entry, and the commit to the disk. The floor: the same number of bytes to a
    // file and to the disk, which a look must wait for. Turn about in runs of fifty, so that a busy disk meets both.
    const log: number[] = []
    const floor: number[] = []
    const file = openSync(path.join(dir, 'floor'), 'w')
    const who = { kind: 'support', name: 'Idris Vaughan', fingerprint: '7F3A 91C4 0D2E B865 1A77 E0C9' } as const
    for (let n = 0; n < 2 * looks; n++) {
      const isLook = Math.floor(n / 50) % 2 === 0
      const from = performance.now()
      if (isLook)
        workspace.db.write((tx) =>
          workspace.accessLog.append(tx, {
            who,
            act: 'look-conversation',
            grant: 1,
            object: { kind: 'conversation', id: ids[n % ids.length] ?? 1 },
          }),
        )
      else {
        writeSync(file, Buffer.alloc(8192, n))
        fsyncSync(file)
      }
      ;(isLook ? log : floor).push(performance.now() - from)
    }
    closeSync(file)
    figure('access.log-look-p95', p95(log), 'ms')
    figure('access.fsync-floor-p95', p95(floor), 'ms')

    // Turn about, so that a noisy moment meets both.
    const own: number[] = []
    const session: number[] = []
    for (let round = 0; round < rounds; round++) {
      for (const [read, into] of round % 2 === 0
        ? ([
            [workspace.db.read, own],
            [scoped.read, session],
          ] as const)
        : ([
            [scoped.read, session],
            [workspace.db.read, own],
          ] as const)) {
        const from = performance.now()
        for (let offset = 0; offset < 1000; offset += 100)
          listConversations(read, {
            view: 'closed',
            mailboxId: null,
            order: 'newest',
            unreadOnly: false,
            tag: null,
            offset,
            limit: 50,
          })
        for (const id of ids) getConversation(read, id)
        into.push(performance.now() - from)
      }
    }
    const median = (values: readonly number[]): number =>
      values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
    say(`the agent's own reads ${median(own).toFixed(0)} ms, the session's ${median(session).toFixed(0)} ms`)
    figure('access.session-reads-vs-agent', median(session) / median(own), 'x')
    scoped.close()
  } finally {
    store.close()
    rmSync(dir, { recursive: true, force: true })
  }

  const keys = new DeviceKeys(newDeviceSecret())
  const links: ChainLink[] = []
  let prev: Uint8Array = chainStart(keys.signKey)
  for (let seq = 1; seq <= entries; seq++) {
    const body = JSON.stringify({
      v: 1,
      seq,
      at: 1_700_000_000_000 + seq,
      device: keys.id,
      who: { kind: 'support', name: 'Idris Vaughan', fingerprint: '7F3A 91C4 0D2E B865 1A77 E0C9' },
      act: 'look-conversation',
      grant: 1,
      object: { kind: 'conversation', id: seq },
    })
    const hash = linkHash(prev, body)
    links.push({ body, prev, hash, signature: keys.sign(logPurpose, hash) })
    prev = hash
  }
  const from = performance.now()
  const check = new ChainCheck(keys.signKey, { entries, hash: prev })
  for (const link of links) if (!check.add(link)) break
  if (check.finish(() => links) !== null) throw new Error('a good log was found bad')
  const seconds = (performance.now() - from) / 1000
  say(`${entries} entries verified in ${seconds.toFixed(1)} s`)
  figure('access.verify-1m', seconds * (1_000_000 / entries), 's')
}

if (isMainThread) await main()
else serveStoreThread()
