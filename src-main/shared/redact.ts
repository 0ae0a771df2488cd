const secretKeys =
  /pass(word|phrase)?|secret|token|authorization|cookie|^key$|subject|snippet|^text$|html|body|address|^from$|^to$|^cc$|^bcc$|^user$|^name$/i
const emailAddress = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g
const longSecret = /\b[A-Za-z0-9+/_-]{24,}={0,2}(?![A-Za-z0-9])/g
const homeFolder = /(\/home\/|\/Users\/|[A-Z]:\\Users\\)[^/\\\s]+/g

/** Takes mail addresses, tokens and home folders out of a text that goes to the log. */
export function redactText(text: string): string {
  return text
    .replace(emailAddress, '[address]')
    .replace(longSecret, '[secret]')
    .replace(homeFolder, '$1[user]')
    .slice(0, 2000)
}

/** A message without what it quotes: the system names files, which bear a sender's words, and JSON that cannot be read may be a secret. */
function ownWords(error: Error): string {
  if (error instanceof SyntaxError && error.message.endsWith('is not valid JSON')) return 'not valid JSON'
  return ['path', 'dest']
    .map((name): unknown => Reflect.get(error, name))
    .reduce<string>(
      (text, path) => (typeof path === 'string' && path !== '' ? text.replaceAll(path, '[path]') : text),
      error.message,
    )
}

/** The same for structured facts: values under telling keys go, text is cleaned, depth and size are bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) return value
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  if (depth > 4) return '[deep]'
  if (value instanceof Error) {
    // Frames hold paths and lines of code only; messages of foreign errors may hold mail, and stand in the stack once more.
    const frames = (value.stack ?? '').split('\n').filter((line) => /^ +at /.test(line))
    return {
      error: value.name,
      code: 'code' in value ? redact(value.code, depth + 1) : undefined,
      message: redactText(ownWords(value)),
      stack: redactText(frames.slice(0, 5).join(' | ')),
    }
  }
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => redact(item, depth + 1))
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, 40)
        .map(([key, item]) => [key, secretKeys.test(key) ? '[redacted]' : redact(item, depth + 1)]),
    )
  }
  return `[${typeof value}]`
}
