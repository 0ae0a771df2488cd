import type { ImapFlow } from 'imapflow'
import { errorField } from '../network-error'

/** What the library has for its own commands. */
export interface RawCommands {
  exec: (command: string, attributes: unknown, options?: object) => Promise<{ next: () => void }>
  untaggedHandlers: Record<string, (answer: unknown) => Promise<void>>
  /** By response code. */ sectionHandlers: Record<string, (rest: unknown) => Promise<void>>
  /** By name; what `run` may be asked for. */ commands: Map<
    string,
    (client: ImapFlow, work: () => Promise<void>) => Promise<void>
  >
  /** Ends an IDLE before the command, and lets it begin again. */ run: (
    command: string,
    work: () => Promise<void>,
  ) => Promise<unknown>
  handleResponse: (answer: Answer) => Promise<boolean>
  /** Waits so many ms at most; true: the connection was closed meanwhile. */ throttleWait: (
    ms: number,
  ) => Promise<boolean>
}

export const atom = (value: string): { type: string; value: string } => ({ type: 'ATOM', value })

/** A line of the server, the bytes of its literals beside it. */
export interface Answer {
  readonly payload: Buffer
  readonly literals: readonly Buffer[]
}
/** Takes a line in that needs no parser. null: it does; else what to wait for before the next one. */
type PlainReader = (answer: Answer) => { readonly room: Promise<void> | undefined } | null

export function hasRawCommands(client: object): client is RawCommands {
  return (
    ['exec', 'run', 'handleResponse', 'throttleWait'].every((name) => typeof errorField(client, name) === 'function') &&
    ['untaggedHandlers', 'sectionHandlers'].every((name) => typeof errorField(client, name) === 'object') &&
    errorField(client, 'commands') instanceof Map
  )
}

/** Tells why a command failed: of STORE, COPY, MOVE and EXPUNGE the library says only that they did, also where the connection broke. */
export function hearFailures(client: object, tell: (error: unknown) => void): void {
  if (!hasRawCommands(client)) return
  const exec = client.exec.bind(client)
  client.exec = (...command) => {
    const answer = exec(...command)
    answer.catch(tell)
    return answer
  }
}

/** By the options of the command that they are for, which the library keeps with it while it is under way. */
const plainReaders = new WeakMap<object, PlainReader>()

/** Lets the command that is under way take in plain lines before the library's parser does. */
export function hearPlainLines(client: object): void {
  if (!hasRawCommands(client)) return
  const parsed = client.handleResponse.bind(client)
  client.handleResponse = async (answer) => {
    const options = errorField(errorField(client, 'currentRequest'), 'options')
    const heard = typeof options === 'object' && options !== null ? plainReaders.get(options)?.(answer) : null
    if (!heard) return await parsed(answer)
    if (heard.room) await heard.room
    return true
  }
}

/**
 * UID FETCH. Resolves at the server's OK; throws the library's errors.
 * @param plain is shown each line first
 * @param parsed gets the items of what it did not take: names and values in turn
 */
export async function fetchRaw(
  client: ImapFlow & RawCommands,
  uids: string,
  items: readonly object[],
  plain: PlainReader,
  parsed: (items: unknown) => Promise<void>,
): Promise<void> {
  const options = {
    untagged: {
      FETCH: async (answer: unknown): Promise<void> => {
        const attributes = errorField(answer, 'attributes')
        await parsed(Array.isArray(attributes) ? attributes[1] : null)
      },
    },
  }
  plainReaders.set(options, plain)
  // The library runs by name what its table has, which all clients share; this one gets a table of its own, with our work in it.
  if (!client.commands.has('RAW')) client.commands = new Map(client.commands).set('RAW', (_client, work) => work())
  await client.run('RAW', async () => {
    const done = await client.exec('UID FETCH', [{ type: 'SEQUENCE', value: uids }, items], options)
    done.next()
  })
}
