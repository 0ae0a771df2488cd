import { existsSync, readdirSync, readFileSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import type { PolicyState } from '../../src-preload/contract/policy'
import { logger } from '../shared/log'
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
export const linuxPolicies = '/etc/postern/policies/managed'

/** Linux: every `*.json` of a folder that only root may write, in the order of their names; later ones win. */
export function policyFolder(dir: string): PolicyPlace {
  return {
    name: dir,
    read: () => (existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.json')).toSorted() : []).map((name) => {
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
        watcher = watch(dir, () => changed())
        watcher.on('error', () => { watcher?.close(); watcher = null })
      }
      look()
      // Some editors and file systems tell nothing; and a folder that is not there yet cannot be watched.
      const timer = setInterval(() => { look(); changed() }, 5000)
      timer.unref()
      return () => {
        clearInterval(timer)
        watcher?.close()
      }
    },
  }
}

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

  private async look(): Promise<void> {
    if (!this.place) return
    let texts: PolicyText[]
    try {
      texts = await this.place.read()
    } catch {
      texts = [{ file: this.place.name, text: null }]
    }
    const seen = JSON.stringify(texts)
    if (seen === this.last) return
    this.last = seen
    this.current = readPolicies(texts)
    for (const fault of this.current.faults) log.error('a policy cannot be used', fault)
    log.info('policy', { source: this.current.source, locked: this.current.locked })
    for (const listener of this.listeners) listener(this.current)
  }
}
