import { execFile } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, watch, type FSWatcher } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import type { PolicyState } from '../../src-preload/contract/policy'
import { logger } from '../shared/log'
import { fromManagedPreferences, fromRegistry } from '../shared/policy-sources'
import { readPolicies, type PolicyText } from '../shared/policy-reader'

const log = logger('policy')

/** Where a platform keeps what IT has set; each gives JSON-like values by key. */
export interface PolicyPlace {
  readonly name: string
  /** Throws when the place is there and cannot be read. */
  read(): Promise<PolicyText[]> | PolicyText[]
  watch(changed: () => void): () => void
}

/** Only root may write there. */
const linuxPolicies = '/etc/postern/policies/managed'

/** The way to a folder that is not there ends at a link whose target is missing: somebody set it up, and it is not mounted or moved away. */
function leadsAstray(dir: string): boolean {
  const found = lstatSync(dir, { throwIfNoEntry: false })
  return found ? found.isSymbolicLink() && !existsSync(dir) : dirname(dir) !== dir && leadsAstray(dirname(dir))
}

/** Its policies; none where it is not there. Throws for one that may not be read, or whose way may not be gone: what it says is not known then. */
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT' && !leadsAstray(dir)) return []
    throw fault
  }
}

/** Linux: every `*.json` of a folder that only root may write, in the order of their names; later ones win. */
export function policyFolder(dir: string): PolicyPlace {
  return {
    name: dir,
    read: () =>
      namesIn(dir).map((name) => {
        try {
          return { file: join(dir, name), text: readFileSync(join(dir, name), 'utf8') }
        } catch {
          return { file: join(dir, name), text: null }
        }
      }),
    watch: (changed) => {
      let watcher: FSWatcher | null = null
      const look = (): void => {
        if (watcher || !existsSync(dir)) return
        try {
          watcher = watch(dir, () => changed())
        } catch {
          // It may not be read, or the system watches no more: the timer looks all the same.
          return
        }
        watcher.on('error', () => {
          watcher?.close()
          watcher = null
        })
      }
      look()
      // Some editors and file systems tell nothing; and a folder that is not there yet cannot be watched.
      const timer = setInterval(() => {
        look()
        changed()
      }, 5000)
      timer.unref()
      return () => {
        clearInterval(timer)
        watcher?.close()
      }
    },
  }
}

/** What a tool of the system prints; null when it says that it cannot. Throws where it did not come to an end: nothing is known then. */
type Tool = (file: string, args: readonly string[]) => Promise<string | null>
const everyMs = 60_000

const tool: Tool = (file, args) =>
  new Promise((resolve, reject) => {
    execFile(file, args, { timeout: 10_000, windowsHide: true, maxBuffer: 2 ** 20 }, (error, out) => {
      if (!error) resolve(out)
      else if (typeof error.code === 'number') resolve(null)
      else reject(error)
    })
  })

function looked(name: string, read: () => Promise<PolicyText[]>): PolicyPlace {
  return {
    name,
    read,
    watch: (changed) => {
      const timer = setInterval(changed, everyMs)
      timer.unref()
      return () => clearInterval(timer)
    },
  }
}

/**
 * macOS: the preferences that a profile manages, for the computer and for the person; the computer's win. One that is there and that
 * plutil cannot say as JSON (it holds a date, or is damaged) is a policy that cannot be read.
 */
export function managedPreferences(
  user: string,
  run: Tool = tool,
  isThere: (file: string) => boolean = existsSync,
): PolicyPlace {
  const files = [
    `/Library/Managed Preferences/${user}/org.postern.desk.plist`,
    '/Library/Managed Preferences/org.postern.desk.plist',
  ]
  return looked('managed preferences', async () => {
    const found = await Promise.all(
      files.map(async (file) => ({
        file,
        printed: await run('/usr/bin/plutil', ['-convert', 'json', '-o', '-', file]),
      })),
    )
    return found.flatMap(({ file, printed }) => {
      if (printed !== null) return [{ file, text: fromManagedPreferences(printed) }]
      return isThere(file) ? [{ file, text: null }] : []
    })
  })
}

/**
 * A key that could not be asked is there all the same: what is above it lists it. `reg` ends alike for one that is closed and one that
 * is missing, and says which in the system's language only.
 */
async function isListed(run: Tool, key: string): Promise<boolean> {
  const [, above = '', name = ''] = /^(.+)\\([^\\]+)$/.exec(key) ?? []
  if (above === '') return false
  const printed = await run('reg.exe', ['query', above])
  if (printed === null) return isListed(run, above)
  return printed.split(/\r?\n/).some((line) => line.trim().toLowerCase().endsWith(`\\${name.toLowerCase()}`))
}

/** Windows: the registry's policies, the person's first; the computer's win. One that is closed to the program cannot be read. */
export function registryPolicies(run: Tool = tool): PolicyPlace {
  return looked('registry', async () => {
    const found = await Promise.all(
      ['HKCU', 'HKLM'].map(async (hive) => {
        const file = `${hive}\\Software\\Policies\\Postern`
        const printed = await run('reg.exe', ['query', file, '/s'])
        if (printed !== null) return [{ file, text: fromRegistry(printed) }]
        return (await isListed(run, file)) ? [{ file, text: null }] : []
      }),
    )
    return found.flat()
  })
}

/** Where policy is on this platform. */
export function systemPolicies(): PolicyPlace {
  if (process.platform === 'darwin') return managedPreferences(userInfo().username)
  return process.platform === 'win32' ? registryPolicies() : policyFolder(linuxPolicies)
}

/** What is set in a place; one that is there and cannot be read is a policy that cannot be read. */
export async function policiesIn(place: PolicyPlace): Promise<PolicyText[]> {
  try {
    return await place.read()
  } catch {
    return [{ file: place.name, text: null }]
  }
}

const settleMs = 1000

/** Reads policy at start and whenever it changes. */
export class PolicyWatch {
  private current: PolicyState = { source: null, managedBy: null, locked: [], faults: [], policy: {} }
  private last = ''
  private readonly listeners: ((state: PolicyState) => void)[] = []

  constructor(private readonly place: PolicyPlace | null) {}

  get state(): PolicyState {
    return this.current
  }

  async start(): Promise<void> {
    await this.look()
    this.place?.watch(() => void this.look())
  }

  onChange(listener: (state: PolicyState) => void): void {
    this.listeners.push(listener)
  }

  /** @param settled it was looked at a moment ago already */
  private async look(settled = false): Promise<void> {
    if (!this.place) return
    const texts = await policiesIn(this.place)
    const seen = JSON.stringify(texts)
    if (seen === this.last) return
    const read = readPolicies(texts)
    // A file that is just being written is read half: what cannot be used is looked at once more before it counts.
    if (read.faults.length > 0 && this.last !== '' && !settled) {
      setTimeout(() => void this.look(true), settleMs).unref()
      return
    }
    this.last = seen
    this.current = read
    for (const fault of this.current.faults) log.error('a policy cannot be used', fault)
    log.info('policy', { source: this.current.source, locked: this.current.locked })
    for (const listener of this.listeners) listener(this.current)
  }
}
