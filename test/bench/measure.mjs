/** What the benchmarks share: medians, the closing lines, memory of a process tree, a picture of the screen. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** @param {number[]} values @param {number} share 0.95 for the 95th percentile */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

/** The line by which figures are compared from day to day. */
export function figure(name, value, unit) {
  console.log(`figure ${name} ${value.toFixed(value < 10 ? 2 : 0)} ${unit}`)
}

export const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** All processes below `pid`, itself included. */
export function processTree(pid) {
  const children = new Map()
  for (const line of execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number)
    if (child && parent) children.set(parent, [...(children.get(parent) ?? []), child])
  }
  const all = [pid]
  for (let at = 0; at < all.length; at += 1) all.push(...(children.get(all[at]) ?? []))
  return all
}

/** Sum of the proportional set sizes of a process tree in MiB: shared pages are counted once over all. */
export function pssMiB(pid) {
  let kib = 0
  for (const one of processTree(pid)) {
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // Ended meanwhile.
    }
  }
  return kib / 1024
}

/** What a process of Electron is: mail, store, renderer, gpu-process or main. */
function kindOf(pid) {
  const args = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]/)
  const type = args.find((arg) => arg.startsWith('--type='))?.slice('--type='.length) ?? 'main'
  if (type !== 'utility') return type
  // Both services look alike from outside; each has its own script.
  const open = fs.readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return fs.readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      return ''
    }
  })
  if (open.some((file) => /postern.*\.db/.test(file))) return 'store'
  return args.some((arg) => arg.includes('node.mojom.NodeService')) ? 'mail' : 'utility'
}

/** The same by process, largest first, for finding where memory goes. */
export function pssByProcess(pid) {
  return processTree(pid)
    .flatMap((one) => {
      try {
        const kib = Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
        return [{ kind: kindOf(one), mib: kib / 1024 }]
      } catch {
        return []
      }
    })
    .sort((a, b) => b.mib - a.mib)
}

/**
 * Processor time of each process of a tree in seconds, without what `before` (an earlier answer) had; most first.
 * @param {{ pid: number, name: string, cpu: number }[]} before
 */
export function cpuByProcess(pid, before = []) {
  return processTree(pid)
    .flatMap((one) => {
      try {
        const stat = fs.readFileSync(`/proc/${one}/stat`, 'utf8')
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const cpu =
          (Number(fields[11]) + Number(fields[12])) / 100 - (before.find((other) => other.pid === one)?.cpu ?? 0)
        return [{ pid: one, name: kindOf(one), cpu }]
      } catch {
        return []
      }
    })
    .filter(({ cpu }) => cpu >= 0.05 || before.length === 0)
    .sort((a, b) => b.cpu - a.cpu)
}

/** Bytes of all files below a folder. */
export function folderBytes(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .reduce((sum, entry) => sum + (entry.isFile() ? fs.statSync(`${entry.parentPath}/${entry.name}`).size : 0), 0)
}

/**
 * Reads Xvfb's own framebuffer file and compares it in bands of 8 rows.
 * @param {string} file `Xvfb_screen0` of the server's -fbdir
 * @param {{ width?: number, height?: number, columns?: number }} [options] columns: only so many from the left count, so that
 *   a scrollbar that fades away later is not taken for content
 */
export function screenWatcher(file, { width = 1280, height = 800, columns = width } = {}) {
  const rowBytes = width * 4
  const bandRows = 8
  const read = () => {
    const all = fs.readFileSync(file)
    return all.subarray(all.length - width * height * 4)
  }
  /** Share of bands that differ, 0 to 1. */
  const changed = (a, b) => {
    let differing = 0
    for (let top = 0; top < height; top += bandRows) {
      for (let row = top; row < top + bandRows; row += 1) {
        const from = row * rowBytes
        if (a.compare(b, from, from + columns * 4, from, from + columns * 4) !== 0) {
          differing += 1
          break
        }
      }
    }
    return differing / (height / bandRows)
  }
  return {
    read,
    /**
     * @param {Buffer} before the screen when nothing was there
     * @param {number} t0 Date.now() before the start
     * @returns {Promise<{ appeared: number, rest: number }>} ms to the first large change (30% of the bands), and to the last
     *   sizeable one (6%) before `quiet` ms without any
     */
    async settle(before, t0, { quiet = 2500, limit = 40_000 } = {}) {
      let last = before
      let appeared = Number.NaN
      let rest = Number.NaN
      while (Date.now() - t0 < limit) {
        const now = read()
        const at = Date.now() - t0
        if (Number.isNaN(appeared) && changed(before, now) >= 0.3) appeared = at
        if (changed(last, now) >= 0.06) rest = at
        last = now
        if (!Number.isNaN(appeared) && at - rest > quiet) break
        await sleep(15)
      }
      return { appeared, rest }
    },
  }
}
