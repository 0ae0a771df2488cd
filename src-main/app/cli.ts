import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { PosternError } from '../../src-preload/contract/errors'
import { ExportCheck } from '../crypto/log-export'
import {
  fingerprintOf,
  newSupportIdentity,
  readCard,
  readKeyFile,
  signChallenge,
  wordsOf,
} from '../crypto/support-identity'
import { readPolicies } from '../shared/policy-reader'
import type { Command } from './command'
import { doctor } from './doctor'
import { Keys } from './keys'

/** What a command needs of the world, so that tests can give another one. */
export interface Terminal {
  out(line: string): void
  err(line: string): void
  /** Asks for a secret that is not shown; null when there is nobody to ask. */
  secret(question: string): Promise<string | null>
  readonly profile: string
  readonly version: string
}

const usage = `postern verify-log FILE [--proof=FILE]     checks an exported access log, without the program's data
postern policy check FILE...                checks policy files; later ones win
postern support-id make FILE --name=NAME --organisation=NAME
postern support-id card KEYFILE [FILE]      prints or writes the public card of a key file
postern support-id show FILE                fingerprint and words of a card or key file
postern support-id sign KEYFILE CHALLENGE   answers the challenge of a computer where you sign in
postern recover KEYFILE                     opens this computer's profile for whom policy names as its recovery key
postern doctor                              keychain, database, network, versions`

/** Runs a command. @returns the exit code: 0 all is well, 1 something is wrong with what was checked, 2 it could not be checked */
export async function runCommand(command: Command, rest: readonly string[], terminal: Terminal): Promise<number> {
  const given = rest.filter((argument) => !argument.startsWith('--'))
  const option = (name: string): string | null =>
    rest.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null
  try {
    if (command === 'verify-log') return await verifyLog(given, option('proof'), terminal)
    if (command === 'policy')
      return given[0] === 'check' && given.length > 1 ? checkPolicies(given.slice(1), terminal) : misuse(terminal)
    if (command === 'support-id') return await supportId(given, option, terminal)
    if (command === 'recover') return await recover(given, terminal)
    if (command === 'doctor') return await doctor(terminal)
    terminal.out(usage)
    return 0
  } catch (fault) {
    const error = PosternError.from(fault)
    terminal.err(sentences[error.code] ?? `Could not be done: ${error.code}.`)
    return 2
  }
}

const sentences: Readonly<Record<string, string>> = {
  'file-not-found': 'The file cannot be read.',
  unreadable: 'This is not a support card or key file, or it was changed.',
  'key-missing':
    'Nothing that opens this profile was sealed for recovery. A policy with a recovery key must have been in force when Postern last ran here.',
  'wrong-passphrase': 'The passphrase does not open this key file.',
  'disk-error': 'The file cannot be written.',
  cancelled: 'No passphrase was given. Set POSTERN_PASSPHRASE or run this in a terminal.',
  'invalid-input': 'The passphrase needs at least 8 characters.',
}

function misuse(terminal: Terminal): number {
  terminal.err(usage)
  return 2
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new PosternError('file-not-found', 'cannot be read')
  }
}

/** No entry of a log is as long, in characters: what is, is another file and must not fill the memory. */
const longestLine = 1_000_000

/** The lines of a file. They end with a line feed only: other marks that some readers end them with may stand in names. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield line.replace(/\r$/, '')
      if (rest.length > longestLine) break
    }
  } catch {
    throw new PosternError('file-not-found', 'cannot be read')
  }
  yield rest
}

async function verifyLog([path]: readonly string[], proofPath: string | null, terminal: Terminal): Promise<number> {
  if (path === undefined) return misuse(terminal)
  if (!existsSync(path)) throw new PosternError('file-not-found')
  const beside = `${path}.proof.json`
  const proof = proofPath ?? (existsSync(beside) ? beside : null)
  const check = new ExportCheck(proof === null ? null : text(proof))
  for await (const line of linesOf(path)) if (!check.add(line)) break
  const verdict = check.finish()
  if (verdict.fault) {
    terminal.err(
      `Broken: ${verdict.fault.entry === 0 ? 'the proof was not made by the device it names' : `entry ${verdict.fault.entry} is ${verdict.fault.why}`}.`,
    )
    return 1
  }
  if (verdict.entries === 0) {
    terminal.err('The file holds no entry.')
    return 2
  }
  terminal.out(
    `The chain holds: ${verdict.entries} entries${verdict.device === null ? '' : `, signed by device ${verdict.device}`}.`,
  )
  if (!verdict.proven)
    terminal.out(
      'No proof was given: signatures and a cut tail could not be checked. Put the .proof.json beside the file.',
    )
  return verdict.proven ? 0 : 2
}

function checkPolicies(paths: readonly string[], terminal: Terminal): number {
  const state = readPolicies(paths.map((path) => ({ file: path, text: text(path) })))
  for (const fault of state.faults)
    terminal.err(`${fault.file}: ${fault.key === '' ? 'the file' : fault.key} ${fault.why}`)
  if (state.faults.length > 0) {
    terminal.err('Postern locks what these would set at its safest until they are mended.')
    return 1
  }
  terminal.out(
    state.locked.length === 0
      ? 'Good, and locks nothing.'
      : `Good. Locked${state.managedBy === null ? '' : ` by ${state.managedBy}`}: ${state.locked.join(', ')}.`,
  )
  const defaults = Object.keys(state.policy.defaults ?? {})
  if (defaults.length > 0) terminal.out(`People begin with, and may change: ${defaults.join(', ')}.`)
  return 0
}

async function passphraseOf(question: string, terminal: Terminal): Promise<string> {
  const found = process.env['POSTERN_PASSPHRASE'] ?? (await terminal.secret(question))
  if (found === null || found === '') throw new PosternError('cancelled')
  return found
}

/** Postern must not run meanwhile. The profile is the usual one, or that of --user-data-dir. */
async function recover([path]: readonly string[], terminal: Terminal): Promise<number> {
  if (path === undefined) return misuse(terminal)
  const by = readKeyFile(text(path))
  const passphrase = await passphraseOf('Passphrase of the key file: ', terminal)
  const next =
    process.env['POSTERN_NEW_PASSPHRASE'] ?? (await terminal.secret('New passphrase for this profile: ')) ?? ''
  if (next.length < 8) throw new PosternError('invalid-input')
  await new Keys(terminal.profile).recover(by, passphrase, next)
  terminal.out('Done. Postern opens with the new passphrase.')
  return 0
}

async function supportId(
  [act, path, more]: readonly string[],
  option: (name: string) => string | null,
  terminal: Terminal,
): Promise<number> {
  if (path === undefined) return misuse(terminal)
  if (act === 'make') {
    const [name, organisation] = [option('name'), option('organisation')]
    if (name === null || organisation === null) return misuse(terminal)
    const passphrase = await passphraseOf('New passphrase: ', terminal)
    if (passphrase.length < 8) throw new PosternError('invalid-input')
    const file = await newSupportIdentity(name, organisation, passphrase)
    write(path, `${JSON.stringify(file, null, 2)}\n`)
    show(file.card, terminal)
    return 0
  }
  const given = text(path)
  if (act === 'card') {
    const { card } = readKeyFile(given)
    const written = `${JSON.stringify(card, null, 2)}\n`
    if (more === undefined) terminal.out(written.trimEnd())
    else write(more, written)
    return 0
  }
  if (act === 'show') {
    show(given.includes('"wrapped"') ? readKeyFile(given).card : readCard(given), terminal)
    return 0
  }
  if (act === 'sign' && more !== undefined) {
    terminal.out(await signChallenge(readKeyFile(given), await passphraseOf('Passphrase: ', terminal), more))
    return 0
  }
  return misuse(terminal)
}

function show(
  card: Parameters<typeof fingerprintOf>[0] & { name: string; organisation: string },
  terminal: Terminal,
): void {
  terminal.out(`${card.name}, ${card.organisation}\n${fingerprintOf(card)}\n${wordsOf(card)}`)
}

/** Never over a file that is there: it may be somebody's only key. */
function write(path: string, content: string): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 })
  } catch {
    throw new PosternError('disk-error')
  }
}

export { systemTerminal } from './terminal'
