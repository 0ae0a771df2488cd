import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import * as z from 'zod'
import { readWire, wireOf, wiresEach } from '../servers/wire.mjs'
import { tempFolder } from '../servers/process.mjs'
import { ask } from './harness'

/** What the tests' network (test/servers/wire.mjs) writes down; none where it could not be made, nor in one that a test made for itself. */
const log = process.env['POSTERN_TEST_WORLD'] === undefined ? process.env['POSTERN_TEST_WIRE'] : undefined
const worker = Number(process.env['TEST_PARALLEL_INDEX'] ?? 0)

interface Profile {
  /** Its ledger cannot be whole: a process was killed, or another database was put in its place. */
  torn: boolean
  readonly forgiven: Set<string>
}
const profiles = new Map<string, Profile>()

/** One run of the program on a wire; what comes over it from then on is this run's, until the next one begins. */
interface Run {
  readonly of: Profile
  readonly begun: number
  ended: boolean
}
const wires = Array.from({ length: log === undefined ? 0 : wiresEach }, (_, n) => ({
  ...wireOf(log ?? '', worker, n),
  runs: new Array<Run>(),
}))

/** The network of one run of the program. */
export interface Wire {
  /** For the program's environment. */
  readonly env: Record<string, string>
  /** What the wire saw and the ledger does not say, and the other way round; null where the ledger cannot be asked. */
  difference(page: Page): Promise<string[] | null>
  /** Throws unless both say the same; the ledger is half a second behind. */
  agree(page: Page): Promise<void>
  /** The ledger of this profile is no longer whole. */
  tear(): void
  /** A test made this connection (address:port) past the ledger on purpose. */
  forgive(to: string): void
  /** The program is gone. */
  leave(): void
}

/** Joins a run on this profile; null where the tests have no network of their own. */
export function joinWire(profile: string): Wire | null {
  if (log === undefined) return null
  // The one that has been free for longest: a process of the run before may still be on its way out.
  const [wire] = wires
    .filter(({ runs }) => runs.every(({ ended }) => ended))
    .toSorted((a, b) => (a.runs.at(-1)?.begun ?? 0) - (b.runs.at(-1)?.begun ?? 0))
  if (wire === undefined) throw new Error(`More than ${wiresEach} programs are open at once.`)
  const of = profiles.get(profile) ?? { torn: false, forgiven: new Set<string>() }
  profiles.set(profile, of)
  const run: Run = { of, begun: Date.now(), ended: false }
  wire.runs.push(run)
  const at = (name: string, time: number): Run | undefined =>
    wires.find((one) => one.name === name)?.runs.findLast(({ begun }) => begun <= time)
  const difference = async (page: Page): Promise<string[] | null> => {
    const rows = await ledgerOf(page)
    const seen = readWire(log, (name, time) => at(name, time)?.of === of)
    return rows && compare(rows, { ...seen, to: seen.to.filter((to) => !of.forgiven.has(to)) }, of.torn)
  }
  return {
    env: { POSTERN_TEST_NETWORK: wire.namespace },
    difference,
    agree: async (page) => {
      const end = Date.now() + 20_000
      let found = await difference(page)
      while (found !== null && found.length > 0 && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        found = await difference(page)
      }
      const seen = readWire(log, (name, time) => at(name, time) === run).to.length
      appendFileSync(`${log}.runs`, `${found === null ? 'unread' : of.torn ? 'torn' : 'whole'} ${seen}\n`)
      if (found !== null && found.length > 0) throw new Error(`Network and ledger differ: ${found.join('; ')}`)
    },
    tear: () => {
      of.torn = true
    },
    forgive: (to) => void of.forgiven.add(to),
    leave: () => {
      run.ended = true
    },
  }
}

const Ledger = z.object({
  value: z.object({
    rows: z.array(
      z.object({
        host: z.string(),
        port: z.int(),
        addresses: z.array(z.string()),
        use: z.string(),
        begun: z.int(),
        blocked: z.int(),
        failed: z.int(),
      }),
    ),
  }),
})
type LedgerRow = z.infer<typeof Ledger>['value']['rows'][number]

async function ledgerOf(page: Page): Promise<LedgerRow[] | null> {
  try {
    // A store that is locked away answers nobody.
    const state = z.object({ value: z.object({ phase: z.string() }) }).safeParse(await ask(page, 'app.state', {}))
    if (state.data?.value.phase !== 'ready') return null
    return Ledger.safeParse(await ask(page, 'ledger.list', { days: null })).data?.value.rows ?? null
  } catch {
    // The window is gone.
    return null
  }
}

const isAddress = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host)

/**
 * Connections count by address and port; names by the hosts that the ledger has. A try whose host is a name may end before
 * it sends anything.
 */
export function compare(
  rows: readonly LedgerRow[],
  seen: { to: string[]; names: string[]; other: string[] },
  torn: boolean,
): string[] {
  const told = new Map<string, { least: number; most: number }>()
  for (const row of rows) {
    const address = isAddress(row.host) ? row.host : row.host === 'localhost' ? '127.0.0.1' : row.addresses[0]
    if (row.use === 'look-up' || address === undefined) continue
    const { least, most } = told.get(`${address}:${row.port}`) ?? { least: 0, most: 0 }
    const tries = row.begun - row.blocked
    told.set(`${address}:${row.port}`, {
      least: least + (isAddress(row.host) ? tries : Math.max(0, tries - row.failed)),
      most: most + tries,
    })
  }
  const made = new Map<string, number>()
  for (const to of seen.to) made.set(to, (made.get(to) ?? 0) + 1)
  const hosts = rows.map(({ host }) => host.toLowerCase())
  return [
    ...[...new Set([...told.keys(), ...made.keys()])].flatMap((to) => {
      const packets = made.get(to) ?? 0
      const { least, most } = told.get(to) ?? { least: 0, most: 0 }
      const same = torn ? packets === 0 || most > 0 : packets >= least && packets <= most
      return same ? [] : [`${to}: ${packets} connections, ${most} in the ledger`]
    }),
    ...[...new Set(seen.names)]
      .filter((name) => !hosts.some((host) => name === host || name.startsWith(`${host}.`)))
      .map((name) => `${name}: asked for, not in the ledger`),
    ...seen.other.map((packet) => `no TCP: ${packet}`),
  ]
}

let launcher: string | undefined
/** An Electron that starts in the network that POSTERN_TEST_NETWORK names. */
export function onItsWire<T extends { path: string; official: boolean }>(electron: T): T {
  if (log === undefined) return electron
  if (launcher === undefined) {
    const dir = tempFolder('electron')
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    launcher = join(dir, 'electron')
    // Whoever is not root had rights over the network; the program starts without them, as it does for a person.
    const plain = process.getuid?.() === 0 ? '' : 'setpriv --inh-caps=-all --ambient-caps=-all '
    const lines = [
      '#!/bin/sh',
      'set -- nsenter "--net=$POSTERN_TEST_NETWORK" ' + `${plain}"${electron.path}" "$@"`,
      // With the name server of a test's own, for this program alone.
      '[ -z "$POSTERN_TEST_RESOLVER" ] || exec unshare --mount --propagation private sh -c \'mount --bind "$POSTERN_TEST_RESOLVER" /etc/resolv.conf && exec "$@"\' sh "$@"',
      'exec "$@"',
    ]
    writeFileSync(launcher, `${lines.join('\n')}\n`, { mode: 0o755 })
  }
  return { ...electron, path: launcher, official: false }
}
