import { logger } from '../shared/log'
import type { openLogFile } from './log-file'
import type { Workspace } from './workspace'

const log = logger('reports')

/** At most so many lines of the log, the newest. */
const mostLines = 200

/**
 * A report for troubleshooting: what the store says of itself and, where it is switched on, what the log says of faults and
 * crashes. It is handed to the window as text and goes nowhere else; the log has no content of mail (R59).
 */
export async function makeReport(
  workspace: Workspace,
  version: string,
  logFile: ReturnType<typeof openLogFile>,
): Promise<string> {
  const { text, on } = await workspace.store.call('report.text', {})
  log.info('report made', { on })
  const head = `Postern ${version}\n${text}`
  if (!on) return `${head}\n`
  const faults = logFile.faults(mostLines)
  return `${head}\nfaults and crashes, newest last: ${faults.length}\n${faults.map((line) => `  ${line}`).join('\n')}\n`
}
