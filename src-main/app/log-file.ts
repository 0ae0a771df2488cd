import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from '../shared/log'

const largest = 5 * 1024 * 1024
const kept = 3

/**
 * The log of all processes: one JSON line each in `<profile>/logs/postern.log`, readable by the owner only.
 * Lines have passed the redaction of the process that wrote them. A log that cannot be written never stops the program.
 */
export function openLogFile(profile: string): {
  dir: string
  write(process: string, line: LogLine): void
  faults(most: number): string[]
} {
  const dir = join(profile, 'logs')
  const file = join(dir, 'postern.log')
  let size = 0
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  } catch {
    // A read-only or full disk: the program says so elsewhere.
  }

  function rotate(): void {
    rmSync(`${file}.${kept}`, { force: true })
    for (let n = kept - 1; n >= 1; n--) {
      if (statSync(`${file}.${n}`, { throwIfNoEntry: false })) renameSync(`${file}.${n}`, `${file}.${n + 1}`)
    }
    renameSync(file, `${file}.1`)
    size = 0
  }

  return {
    dir,
    /** The newest warnings and errors, crashes among them, as they stand in the log. */
    faults(most) {
      const found: string[] = []
      for (const part of [file, `${file}.1`]) {
        try {
          for (const line of readFileSync(part, 'utf8').split('\n').toReversed())
            if (/"level":"(warn|error)"/.test(line) && found.push(line) >= most) return found.toReversed()
        } catch {
          // Not there yet, or cannot be read: then it has nothing to tell.
        }
      }
      return found.toReversed()
    },
    write(process, line) {
      const text = `${JSON.stringify({ ...line, at: new Date(line.at).toISOString(), process })}\n`
      try {
        if (size + text.length > largest) rotate()
        const fresh = size === 0
        appendFileSync(file, text, { mode: 0o600 })
        if (fresh) chmodSync(file, 0o600)
        size += text.length
      } catch {
        // See above.
      }
    },
  }
}
