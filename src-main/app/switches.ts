import { resolve } from 'node:path'

export interface CommandLine {
  readonly userDataDir: string | null
  readonly provisionFile: string | null
  readonly sampleDir: string | null
  /** Where policy is read from instead; heard in development only. */
  readonly policyDir: string | null
}

/** `--user-data-dir=DIR`, `--provision=FILE`, `--import-sample=DIR`, `--policy-dir=DIR`; paths relative to where it was started. */
export function commandLine(argv: readonly string[]): CommandLine {
  const value = (name: string): string | null => {
    const found = argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3)
    return found === undefined || found === '' ? null : resolve(found)
  }
  return {
    userDataDir: value('user-data-dir'),
    provisionFile: value('provision'),
    sampleDir: value('import-sample'),
    policyDir: value('policy-dir'),
  }
}

/**
 * Switches that would open the program to another one, or lay what it holds in memory into files (`disable-dev-shm-usage`: shared
 * memory becomes files in the temporary folder); a shipped build does not start with them (R3, R43).
 */
const unsafe = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'inspect',
  'inspect-brk',
  'inspect-port',
  'no-sandbox',
  'disable-dev-shm-usage',
  'disable-web-security',
  'load-extension',
  'js-flags',
  'proxy-server',
  'proxy-pac-url',
  'host-rules',
  'host-resolver-rules',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'gpu-launcher',
  'ignore-certificate-errors',
  'ignore-certificate-errors-spki-list',
]

/**
 * Ends the program with one sentence when it was packaged for users and started with such a switch.
 * @param given whether Chromium took it as a switch: it does with one dash too, and with a space before it
 */
export function refuseUnsafeSwitches(packaged: boolean, given: (name: string) => boolean): void {
  const found = unsafe.find(given)
  if (!packaged || found === undefined) return
  process.stderr.write(`Postern does not start with --${found}: it would let another program read your mail.\n`)
  process.exit(1)
}
