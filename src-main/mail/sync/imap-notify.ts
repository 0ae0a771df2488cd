import type { ImapFlow } from 'imapflow'
import { errorField } from '../network-error'
import { atom, hasRawCommands } from './imap-raw'

/** Changes are told of the open folder as without NOTIFY, of all others by a STATUS line each. */
const [opened, others] = [
  ['MessageNew', 'MessageExpunge', 'FlagChange'],
  ['MessageNew', 'MessageExpunge', 'FlagChange', 'MailboxName'],
]

/**
 * Asks the server to tell of changes in every folder of this person (NOTIFY, RFC 5465), which the library knows by no name of its own. The connection must not idle now.
 * @param tell gets the folder's name, null where it is about the list of folders
 * @param tooMuch the server tells of none any more (5.8)
 * @returns whether the server does
 */
export async function askToHearOfAll(
  client: ImapFlow,
  tell: (path: string | null) => void,
  tooMuch: () => void,
): Promise<boolean> {
  if (!client.capabilities.has('NOTIFY') || !hasRawCommands(client)) return false
  client.sectionHandlers['NOTIFICATIONOVERFLOW'] = async () => tooMuch()
  try {
    const done = await client.exec('NOTIFY', [
      atom('SET'),
      [atom('SELECTED-DELAYED'), opened.map(atom)],
      [atom('PERSONAL'), others.map(atom)],
    ])
    done.next()
  } catch (error) {
    // An event that it does not know, or too many folders: it is looked at them by the clock, as everywhere else.
    if (['NO', 'BAD'].includes(String(errorField(error, 'responseStatus')))) return false
    throw error
  }
  client.untaggedHandlers['STATUS'] = async (answer) => tell(nameIn(answer))
  client.untaggedHandlers['LIST'] = async () => tell(null)
  return true
}

/** The folder that an untagged STATUS is about. */
function nameIn(answer: unknown): string | null {
  const attributes = errorField(answer, 'attributes')
  const name = Array.isArray(attributes) ? errorField(attributes[0], 'value') : undefined
  return typeof name === 'string' ? name : null
}

/** A folder's name out of modified UTF-7 (RFC 3501 5.1.3). What is none stays as it is. */
export function folderName(encoded: string): string {
  return encoded.replace(/&([A-Za-z0-9+,]*)-/g, (whole, text: string) => {
    const bytes = Buffer.from(text.replaceAll(',', '/'), 'base64')
    return text === '' ? '&' : bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : whole
  })
}
