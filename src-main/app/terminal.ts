import type { Terminal } from './cli'

/** The terminal that a command was started in. A secret is read without being shown. */
export function systemTerminal(profile: string, version: string): Terminal {
  return {
    profile,
    version,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    secret: (question) => (process.stdin.isTTY ? readSecret(question) : Promise.resolve(null)),
  }
}

function readSecret(question: string): Promise<string | null> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.resume()
  stdin.setEncoding('utf8')
  return new Promise((resolve) => {
    let text = ''
    const end = (answer: string | null): void => {
      stdin.setRawMode(false)
      stdin.pause()
      stdin.off('data', hear)
      stderr.write('\n')
      resolve(answer)
    }
    const hear = (chunk: string): void => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return end(text)
        // Ctrl C and Ctrl D give up.
        if (key === '\u0003' || key === '\u0004') return end(null)
        text = key === '\u007f' ? text.slice(0, -1) : text + key
      }
    }
    stdin.on('data', hear)
  })
}
