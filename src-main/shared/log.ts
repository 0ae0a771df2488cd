import { redact, redactText } from './redact'

export type Level = 'debug' | 'info' | 'warn' | 'error'
export interface LogLine {
  readonly at: number
  readonly level: Level
  readonly area: string
  readonly message: string
  readonly facts?: unknown
}
export type LogSink = (line: LogLine) => void

let sink: LogSink = () => undefined
let lowest: Level = 'info'
const order: readonly Level[] = ['debug', 'info', 'warn', 'error']

/** `POSTERN_LOG` names the lowest level that is written, in all processes. Redaction is the same at every level. */
function wantedLevel(): Level {
  return order.find((level) => level === process.env['POSTERN_LOG']) ?? 'info'
}

/** Where lines go in this process: a file in app, the port to app in store and mail. */
export function setLogSink(next: LogSink, level: Level = wantedLevel()): void {
  sink = next
  lowest = level
}

export interface Log {
  debug(message: string, facts?: unknown): void
  info(message: string, facts?: unknown): void
  warn(message: string, facts?: unknown): void
  error(message: string, facts?: unknown): void
}

/** The one logger. Every line passes the redaction; never hand it subjects, addresses, bodies or secrets anyway. */
export function logger(area: string): Log {
  const write =
    (level: Level) =>
    (message: string, facts?: unknown): void => {
      if (order.indexOf(level) < order.indexOf(lowest)) return
      sink({
        at: Date.now(),
        level,
        area,
        message: redactText(message),
        ...(facts === undefined ? {} : { facts: redact(facts) }),
      })
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
