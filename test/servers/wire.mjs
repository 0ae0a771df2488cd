/**
 * A network for tests in which every packet of Postern is seen. The tests and their servers share one namespace with no way
 * out; each run of the program has one of its own, joined by a wire. Both call 127.0.0.1 their own: which side a port is
 * on is a matter of its number. So nothing that is tested knows of it, and what comes over the wire is Postern's alone.
 * All wires are laid before anything starts and serve one run after the other: Chromium drops its page when an interface
 * appears or goes.
 *
 * `node wire.mjs LOG WIRES COMMAND ARGS...` runs a command in such a network, with every first packet of a connection and every
 * other packet that is no TCP written to LOG. It needs root or user namespaces, iproute2, util-linux and tcpdump.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findProgram, isRoot, tempFolder, waitFor } from './process.mjs'

const self = fileURLToPath(import.meta.url)
/** How many workers have wires, and how many programs each may have open at once. */
const workers = 4
export const wiresEach = 6
/** Ports from here on belong to programs, `portsEach` to each wire; those of the servers are below. */
const firstPort = 45_000
const portsEach = 800
/** 127.0.0.1 may lie on the other side of a wire; without IPv6 there is one way fewer to watch. */
const settings = [
  ['net/ipv6/conf/all/disable_ipv6', '1'],
  // Every name is refused at once, not one a second: a question that waits holds up those for other hosts.
  ['net/ipv4/icmp_ratelimit', '0'],
  ...['all', 'default'].flatMap((of) => [
    [`net/ipv4/conf/${of}/rp_filter`, '0'],
    [`net/ipv4/conf/${of}/route_localnet`, '1'],
    [`net/ipv4/conf/${of}/accept_local`, '1'],
  ]),
]
/** A network of one's own; for others than root, who stay who they are, with the rights over it. */
const unshare = [
  'unshare',
  ...(isRoot ? [] : ['--user', '--map-current-user', '--keep-caps']),
  '--net',
  '--mount',
  '--propagation',
  'private',
]

/** Why such a network cannot be made here; undefined when it can. */
export function whyNoWire() {
  if (process.platform !== 'linux') return 'it needs Linux'
  const missing = ['tcpdump', 'ip', 'unshare', 'nsenter'].find((name) => !findProgram(name))
  if (missing) return `${missing} is not installed`
  // Some machines let everybody make namespaces and then allow nothing in them: only one with all that belongs to it, and one wire, shows
  // that it can be.
  const dir = tempFolder('wire')
  const [command = '', ...args] = onWire(path.join(dir, 'log'), ['true'], 1)
  const { status } = spawnSync(command, args, { stdio: 'ignore' })
  fs.rmSync(dir, { recursive: true, force: true })
  return status === 0 ? undefined : 'this machine allows no network namespaces'
}

/**
 * The command that runs `command` in a network of its own.
 * @param {string} log
 * @param {string[]} command
 * @param {number} [wires] how many programs there can be in it, of all workers
 * @returns {string[]}
 */
export function onWire(log, command, wires = workers * wiresEach) {
  // Namespaces with a name are mounts: in a mount namespace of their own they end with it, however that ends.
  return [...unshare, process.execPath, self, log, String(wires), ...command]
}

/**
 * The wire that a worker of the test runner uses as its `n`th.
 * @param {string} log
 * @param {number} worker 0 to 3
 * @param {number} n 0 to wiresEach - 1
 * @returns {{ name: string, namespace: string }} name: as in the log; namespace: a file for `nsenter --net=`
 */
export function wireOf(log, worker, n) {
  if (worker >= workers || n >= wiresEach) throw new Error(`There is no wire for program ${n} of worker ${worker}.`)
  const name = `wire${worker * wiresEach + n}`
  return { name, namespace: path.join(`${log}.networks`, name) }
}

/** Lays a wire between this network and a new one. @param {string} namespace file @param {string} name @param {number} n */
function layWire(namespace, name, n) {
  const [from, to] = [firstPort + n * portsEach, firstPort + n * portsEach + portsEach - 1]
  const [outer, inner] = [`10.78.${n}.1`, `10.78.${n}.2`]
  const table = 1000 + n
  const [outerMac, innerMac] = ['02:00:00:00:00:01', '02:00:00:00:00:02']
  const ours = `to 127.0.0.0/8 ipproto tcp dport ${from}-${to}`
  fs.writeFileSync(namespace, '')
  execFileSync('unshare', [`--net=${namespace}`, 'true'])
  batch(
    [],
    [
      `link add ${name} mtu 65535 address ${outerMac} type veth peer name wire netns ${namespace} mtu 65535 address ${innerMac}`,
      `address add ${outer}/30 dev ${name}`,
      `link set ${name} up`,
      // Known beforehand, so that not even the question for it is a packet.
      `neigh replace ${inner} lladdr ${innerMac} dev ${name} nud permanent`,
    ],
  )
  const inside = `--net=${namespace}`
  const limits = [
    ...settings,
    ['net/ipv4/ip_local_port_range', `${from} ${to}`],
    // A port that served the run before serves this one too.
    ['net/ipv4/tcp_tw_reuse', '1'],
  ]
  const write = limits.map(([key, value]) => `echo ${value} > /proc/sys/${key}`).join('; ')
  execFileSync('nsenter', [inside, '/bin/sh', '-ec', write])
  batch(
    ['nsenter', inside],
    [
      'link set lo up',
      `address add ${inner}/30 dev wire`,
      'link set wire up',
      `neigh replace ${outer} lladdr ${outerMac} dev wire nud permanent`,
      `route add default via ${outer}`,
      `route add 127.0.0.0/8 via ${outer} dev wire src 127.0.0.1 table 100`,
      `rule add pref 5 ${ours} lookup local`,
      'rule add pref 10 iif lo to 127.0.0.0/8 lookup 100',
      'rule add pref 100 lookup local',
      'rule del pref 0',
    ],
  )
  batch(
    [],
    [
      `route replace 127.0.0.0/8 via ${inner} dev ${name} src 127.0.0.1 table ${table}`,
      `rule add pref ${table} iif lo ${ours} lookup ${table}`,
    ],
  )
}

/**
 * What came over wires so far.
 * @param {string} log
 * @param {(wire: string, at: number) => boolean} mine at: ms since 1970
 * @returns {{ to: string[], names: string[], other: string[] }} to: address:port of each TCP connection that was begun;
 *   names: what name servers were asked for; other: packets that are neither
 */
export function readWire(log, mine) {
  const seen = {
    to: /** @type {string[]} */ ([]),
    names: /** @type {string[]} */ ([]),
    other: /** @type {string[]} */ ([]),
  }
  const known = new Set()
  for (const line of fs.readFileSync(log, 'utf8').split('\n')) {
    const [, at = '', wire = '', packet = ''] = /^(\S+) (\S+) +In +(.*)$/.exec(line) ?? []
    if (!mine(wire, Number(at) * 1000)) continue
    const syn = /^IP (\S+) > (\S+)\.(\d+): Flags \[S[^\]]*\], seq (\d+)/.exec(packet)
    const question = /^IP \S+ > \S+\.53: .*? [A-Z0-9]+\? (\S+)\. \(\d+\)$/.exec(packet)
    if (syn) {
      // A packet that was sent again is no other connection.
      const connection = `${wire} ${syn[1]} ${syn[2]} ${syn[3]} ${syn[4]}`
      if (!known.has(connection)) seen.to.push(`${syn[2]}:${syn[3]}`)
      known.add(connection)
    } else if (question) seen.names.push((question[1] ?? '').toLowerCase())
    else seen.other.push(packet)
  }
  return seen
}

/**
 * One line about the runs whose ledger was held against their packets.
 * @param {string} log
 */
export function wireSummary(log) {
  const runs = fs.existsSync(`${log}.runs`) ? fs.readFileSync(`${log}.runs`, 'utf8').trim().split('\n') : []
  const count = (/** @type {string} */ kind) => runs.filter((run) => run.startsWith(kind)).length
  const connections = runs.reduce((sum, run) => sum + Number(run.split(' ')[1]), 0)
  return `network: ${connections} connections of ${runs.length} runs held against the ledger (${count('torn')} after a kill, by destination only; ${count('unread')} ended where it cannot be asked)`
}

/** Runs lines of `ip`, in another network when `inside` says how to get there. @param {string[]} inside @param {string[]} lines */
function batch(inside, lines) {
  const [command, ...args] = [...inside, 'ip', '-batch', '-']
  execFileSync(command, args, { input: lines.join('\n'), stdio: ['pipe', 'ignore', 'inherit'] })
}

/** Makes the network that this process was born into the one of tests and servers. */
function closeNetwork() {
  for (const [key, value] of [...settings, ['net/ipv4/ip_local_port_range', `32768 ${firstPort - 1}`]])
    fs.writeFileSync(`/proc/sys/${key}`, `${value}\n`)
  // No way out: every address is this namespace's own, so that who tries one is refused at once.
  batch(
    [],
    [
      'link set lo up',
      'route add local default dev lo',
      'rule add pref 9000 lookup main',
      'rule add pref 10000 lookup local',
      'rule del pref 0',
    ],
  )
}

/** @param {string} log @param {number} wires @param {string[]} command */
async function main(log, wires, [command = '', ...args]) {
  if (isRoot) {
    // Tests that make namespaces by name leave none behind.
    fs.mkdirSync('/run/netns', { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', 'none', '/run/netns'])
  }
  closeNetwork()
  fs.mkdirSync(`${log}.networks`)
  for (let n = 0; n < wires; n++) {
    const { name, namespace } = wireOf(log, Math.floor(n / wiresEach), n % wiresEach)
    layWire(namespace, name, n)
  }
  const filter = 'tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn or (not tcp and not arp)'
  const file = fs.openSync(log, 'a')
  const sniffer = spawn(
    'tcpdump',
    ['-i', 'any', '-Z', 'root', '-nn', '-tt', '-l', '-s', '256', '-B', '16384', '--immediate-mode', filter],
    {
      stdio: ['ignore', file, 'pipe'],
    },
  )
  let said = ''
  sniffer.stderr.on('data', (chunk) => (said += chunk))
  await waitFor(() => said.includes('listening on') || sniffer.exitCode !== null, { what: 'tcpdump to listen' })
  if (sniffer.exitCode !== null) throw new Error(`tcpdump did not start: ${said}`)
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, POSTERN_TEST_WIRE: log } })
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
  process.on('SIGTERM', forward).on('SIGHUP', forward).on('SIGINT', forward)
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(127))
    child.on('exit', (value) => resolve(value ?? 1))
  })
  const gone = new Promise((resolve) => sniffer.once('close', resolve))
  sniffer.kill('SIGINT')
  await gone
  const lost = Number(/(\d+) packets? dropped by kernel/.exec(said)?.[1] ?? 0)
  if (lost > 0) console.error(`postern: ${lost} packets came too fast to be seen, so network and ledger may differ.`)
  return code
}

if (process.argv[1] && path.resolve(process.argv[1]) === self) {
  const [log = '', wires, ...command] = process.argv.slice(2)
  process.exitCode = await main(log, Number(wires), command)
}
