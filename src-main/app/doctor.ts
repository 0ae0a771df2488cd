import { lookup } from 'node:dns/promises'
import { existsSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Terminal } from './cli'
import { fileHead } from '../shared/file-head'
import { readPolicies } from '../shared/policy-reader'
import { lastSeenFile } from './files'
import { Keys } from './keys'
import { policiesIn, systemPolicies, type PolicyPlace } from './policy'
import { keychainWorks, systemKeychain } from './secrets'

/** Less free space than this is told, bytes. */
const leastSpace = 1e9

/** What is looked at, so that tests can give another one. */
export interface Surroundings {
  readonly policies: PolicyPlace
  keychain(): Promise<boolean>
}

const real: Surroundings = { policies: systemPolicies(), keychain: () => keychainWorks(systemKeychain()) }

/** Looks at what Postern needs on this computer and changes nothing. @returns the exit code: 1 when something is wrong */
export async function doctor(terminal: Terminal, around: Surroundings = real): Promise<number> {
  let bad = 0
  const say = (good: boolean, line: string): void => {
    terminal.out(`${good ? 'ok  ' : 'BAD '} ${line}`)
    if (!good) bad += 1
  }
  say(
    true,
    `Postern ${terminal.version}, Electron ${process.versions['electron'] ?? 'none'}, ${process.platform} ${process.arch}`,
  )
  const works = await around.keychain()
  say(works, works ? 'the keychain keeps and gives secrets' : 'no keychain: Postern will ask for a passphrase')
  await lookAtProfile(terminal.profile, say)
  const policies = readPolicies(await policiesIn(around.policies))
  say(
    policies.faults.length === 0,
    policies.source === null
      ? 'nothing is managed by policy'
      : `policy from ${policies.source}: ${policies.locked.length} settings${policies.faults.length === 0 ? '' : `, ${policies.faults.length} faults, see postern policy check`}`,
  )
  for (const host of [
    'localhost',
    ...(policies.policy.allowedMailHosts ?? []).filter((name) => !name.startsWith('*')),
  ]) {
    const found = await lookup(host).then(
      () => true,
      () => false,
    )
    say(found, `${host} is ${found ? '' : 'not '}resolved`)
  }
  return bad === 0 ? 0 : 1
}

/** The folder of the profile and the database in it, without opening that. */
async function lookAtProfile(profile: string, say: (good: boolean, line: string) => void): Promise<void> {
  const folder = statSync(profile, { throwIfNoEntry: false })
  if (!folder) return say(true, 'no profile yet')
  if (process.platform !== 'win32')
    say(
      (folder.mode & 0o077) === 0,
      (folder.mode & 0o077) === 0
        ? "the profile is its owner's only"
        : 'the profile can be read by others on this computer',
    )
  const { bavail, bsize } = statfsSync(profile)
  say(bavail * bsize >= leastSpace, `${((bavail * bsize) / 1e9).toFixed(1)} GB free beside the profile`)
  const database = join(profile, 'postern.db')
  if (!existsSync(database)) return say(true, 'no database yet')
  const isPlain = fileHead(database).toString('latin1').startsWith('SQLite format 3')
  say(
    !isPlain,
    isPlain ? 'the database is not encrypted' : `database ${(statSync(database).size / 1e6).toFixed(1)} MB, encrypted`,
  )
  if (existsSync(lastSeenFile(profile))) say(true, 'what the window showed first is kept for the next start, encrypted')
  const words = {
    keychain: 'its key is in the keychain',
    passphrase: 'its key is under a passphrase',
    none: 'it has no key yet',
  }
  try {
    say(true, words[await new Keys(profile).look()])
  } catch {
    say(false, 'its key cannot be found')
  }
}
