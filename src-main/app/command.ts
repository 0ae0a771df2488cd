import { existsSync, statSync } from 'node:fs'

const commands = ['verify-log', 'policy', 'support-id', 'recover', 'doctor', 'help'] as const
export type Command = (typeof commands)[number]

/** The command among the program's arguments, if it was started for one. Switches of Electron may stand before it. */
export function commandOf(argv: readonly string[]): { command: Command; rest: string[] } | null {
  const at = argv.findIndex((argument) => commands.some((name) => name === argument))
  const command = commands.find((name) => name === argv[at])
  // From the sources the folder of the program stands before it.
  const first = argv
    .slice(1, Math.max(1, at))
    .every((before) => before.startsWith('-') || (existsSync(before) && statSync(before).isDirectory()))
  return command !== undefined && first ? { command, rest: argv.slice(at + 1) } : null
}
