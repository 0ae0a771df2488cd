import * as z from 'zod'
import { policyShape, type PolicyKey } from '../../src-preload/contract/policy'

/**
 * Policies of macOS and Windows, read from what the systems' own tools print, as the same JSON objects that Linux has in
 * files. What cannot be understood is handed on as it is: the policy reader then locks that key at its safest.
 */

/** `plutil -convert json -o - /Library/Managed Preferences/org.postern.desk.plist`: JSON already; null when it is none. */
export function fromManagedPreferences(printed: string): string | null {
  try {
    const value: unknown = JSON.parse(printed)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : null
  } catch {
    return null
  }
}

/**
 * `reg query HKLM\Software\Policies\Postern /s`. Numbers are REG_DWORD, switches too (1 is on); texts are REG_SZ; lists are
 * REG_MULTI_SZ with \0 between, or a key of their own whose values 1, 2, 3 ... are the items, as group policy writes them;
 * objects are JSON in a text.
 */
export function fromRegistry(printed: string): string {
  const found: Record<string, unknown> = {}
  let list: PolicyKey | null = null
  for (const line of printed.split(/\r?\n/)) {
    const key = /^HKEY_[^\\]+\\Software\\Policies\\Postern(?:\\([^\\]+))?$/i.exec(line.trim())
    if (key) {
      list = keyOf(key[1] ?? '')
      if (list) found[list] = []
      continue
    }
    const value = /^ {4}(.+?) {4}(REG_\w+) {4}(.*)$/.exec(line) ?? /^ {4}(.+?) {4}(REG_\w+)()$/.exec(line)
    if (!value) continue
    const [, name = '', type = '', text = ''] = value
    const items = list === null ? null : found[list]
    if (Array.isArray(items)) {
      if (/^\d+$/.test(name)) items.push(itemOf(text))
      continue
    }
    const known = keyOf(name)
    found[known ?? name] = valueOf(known, type, text)
  }
  return JSON.stringify(found)
}

const keys = Object.keys(policyShape)
/** Names of the registry do not tell upper from lower case. */
function keyOf(name: string): PolicyKey | null {
  const found = keys.find((key) => key.toLowerCase() === name.toLowerCase())
  return found !== undefined && isKey(found) ? found : null
}
const isKey = (name: string): name is PolicyKey => Object.hasOwn(policyShape, name)

function valueOf(key: PolicyKey | null, type: string, text: string): unknown {
  if (type === 'REG_DWORD' || type === 'REG_QWORD') {
    const number = Number(text)
    return key !== null && policyShape[key] instanceof z.ZodBoolean
      ? number === 1
        ? true
        : number === 0
          ? false
          : number
      : number
  }
  if (type === 'REG_MULTI_SZ')
    return text
      .split('\\0')
      .filter((item) => item !== '')
      .map(itemOf)
  return key !== null && policyShape[key] instanceof z.ZodObject ? itemOf(text) : text
}

/** Cards, clients and mailboxes are objects, written as JSON. */
function itemOf(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
