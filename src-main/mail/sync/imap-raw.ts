import { errorField } from '../network-error'

/** What the library has for its own commands. */
interface RawCommands {
  exec: (command: string, attributes: unknown, options?: unknown) => Promise<{ next: () => void }>
  untaggedHandlers: Record<string, (answer: unknown) => Promise<void>>
}

export function hasRawCommands(client: object): client is RawCommands {
  return typeof errorField(client, 'exec') === 'function' && typeof errorField(client, 'untaggedHandlers') === 'object'
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
