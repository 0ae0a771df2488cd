import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'

/** Beside each built file lies what V8 made of it, put there by `build/lib/compile.mjs`. */
export const compiledOf = (file: string): string => `${file}.compiled`

/**
 * From here on this process runs our built files as V8 compiled them when the program was built. V8 refuses what another V8
 * made, or what was made of a source of another length; such a file, and one without a compiled form, is compiled as ever.
 * @param keep told of each file that was run; for the build, which asks the scripts for their compiled form
 */
export function runCompiled(keep?: (file: string, script: Script) => void): void {
  const { extensions } = createRequire(import.meta.url)
  // The build was here first.
  if (extensions['.cjs']) return
  extensions['.cjs'] = (module, file) => {
    if (dirname(file) !== import.meta.dirname) {
      extensions['.js'](module, file)
      return
    }
    const script = scriptOf(file)
    const run: unknown = script.runInThisContext()
    if (typeof run !== 'function') throw new TypeError('a built file is no module')
    Reflect.apply(run, module.exports, [
      module.exports,
      (name: string): unknown => module.require(name),
      module,
      file,
      import.meta.dirname,
    ])
    keep?.(file, script)
  }
}

/** A built file as Node's modules are: a function of what they see. */
export function scriptOf(file: string): Script {
  // All our built files are ASCII.
  const source = readFileSync(file, 'latin1')
  const cachedData = compiledForm(file)
  return new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
    filename: file,
    ...(cachedData ? { cachedData } : {}),
  })
}

function compiledForm(file: string): Buffer | undefined {
  try {
    return readFileSync(compiledOf(file))
  } catch {
    return undefined
  }
}

let isLate = false

/** Calls after which V8's last and dearest compiler takes up a function; 3,000 where nobody says otherwise. */
const manyCalls = 200_000

/**
 * From here on V8 compiles for the last time only what runs as often as in a long sync: in a first sync of 20,000 messages that took
 * longer than it saved. Whatever file of ours is loaded after this is compiled anew: V8 takes no compiled form under other switches.
 */
export function lastCompilerLate(): void {
  if (isLate) return
  isLate = true
  process.getBuiltinModule('node:v8').setFlagsFromString(`--invocation-count-for-turbofan=${manyCalls}`)
}
