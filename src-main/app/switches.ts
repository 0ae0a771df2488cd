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

/** Switches that would open the program to another one; a shipped build does not start with them (R3). */
const unsafe =
  /^--(remote-debugging-(port|pipe|address)|inspect(-brk|-port)?|no-sandbox|disable-web-security|load-extension|js-flags|proxy-(server|pac-url)|host-(resolver-)?rules|renderer-cmd-prefix|utility-cmd-prefix|gpu-launcher|allow-file-access-from-files|ignore-certificate-errors\S*)(=|$)/

/** Ends the program with one sentence when it was packaged for users and started with such a switch. */
export function refuseUnsafeSwitches(packaged: boolean, argv: readonly string[]): void {
  const found = argv.slice(1).find((argument) => unsafe.test(argument))
  if (!packaged || found === undefined) return
  process.stderr.write(
    `Postern does not start with ${found.split('=')[0] ?? found}: it would let another program read your mail.\n`,
  )
  process.exit(1)
}
