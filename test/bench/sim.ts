/**
 * npm run sim [-- runs firstSeed]: random runs of several consoles on the real log, outbox and roster, with everything that
 * can go wrong between them; then the same with bugs planted on purpose, which must be caught. A tenth as many runs sort
 * conversations, a tenth give support access with clocks that are wrong, a quarter claim answers. Runs on all processors but
 * prints what one would.
 */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { accessSabotages, planAccess, runAccess } from '../sim/access'
import { race } from '../sim/claims'
import { shrink, type Outcome, type Plan } from '../sim/plan'
import { plan, run } from '../sim/run'
import { planSorting, runSorting, sortingSabotages } from '../sim/sorting'
import { sabotages } from '../sim/world'

const properties = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P10']
const [runs = 20_000, first = 1, part = -1, parts = 1] = process.argv.slice(2).map(Number)
const out = (line: string): void => void process.stdout.write(`${line}\n`)
/** Planted bugs are tried on so many runs. */
const planted = 500
const plantedFew = 100
/** After so many faults of a kind there is enough to look at. */
const mostFaults = 5

if (part < 0) await all()
else await onePart()

/** Every processor takes every so-manieth seed; sums are printed as figures. */
async function all(): Promise<never> {
  const count = Math.max(1, availableParallelism())
  const started = performance.now()
  const sums = new Map<string, number>(properties.map((name) => [`sim.${name}.violations`, 0]))
  const script = process.argv[1] ?? ''
  const codes = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const child = spawn(process.execPath, [script, ...[runs, first, index, count].map(String)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let rest = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const [, name, value] = /^sum (\S+) (\d+)$/.exec(line) ?? []
          if (name === undefined) out(line)
          else sums.set(name, (sums.get(name) ?? 0) + Number(value))
        }
      })
      return new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)))
    }),
  )
  for (const [name, value] of sums) out(`figure ${name} ${value} ${name.split('.').at(-1)}`)
  out(`figure sim.seconds ${((performance.now() - started) / 1000).toFixed(1)} s`)
  const quiet = [...sums].every(([name, value]) => !name.endsWith('.violations') || value === 0)
  const missed = [...sums].some(([name, value]) => name.endsWith('.caught') && value === 0)
  process.exit(quiet && !missed && codes.every((code) => code === 0) ? 0 : 1)
}

function* seeds(from: number, count: number, step: number): Generator<number> {
  for (let seed = from + part * step; seed < from + count; seed += parts * step) yield seed
}

async function each<T extends Outcome>(
  what: string,
  count: number,
  planOf: (seed: number) => Plan,
  go: (plan: Plan) => T | Promise<T>,
  step = 1,
): Promise<T[]> {
  const outcomes: T[] = []
  let broken = 0
  for (const seed of seeds(first, count, step)) {
    if (broken >= mostFaults) break
    const outcome = await go(planOf(seed))
    outcomes.push(outcome)
    if (outcome.violation === null) continue
    broken++
    fault(outcome.violation)
    out(`${what} seed ${seed}: ${outcome.violation}`)
    const small = await shrink(planOf(seed), async (fewer) => (await go(fewer)).violation !== null)
    out(
      `  in ${small.steps.length} steps, ${small.agents} agents: ${JSON.stringify(small.steps.map(({ who, what: act, seed: own }) => [who, act, own]))}`,
    )
    out(`  ${(await go(small)).violation ?? ''}`)
  }
  sum(`${what}.runs`, outcomes.length)
  sum(
    `${what}.events`,
    outcomes.reduce((total, { events }) => total + events, 0),
  )
  return outcomes
}

function sum(name: string, value: number): void {
  out(`sum ${name} ${value}`)
}
function fault(violation: string): void {
  sum(`sim.${/^P\d+/.exec(violation)?.[0] ?? 'other'}.violations`, 1)
}

/** Bugs on purpose, with the first slice. */
async function caught(
  what: string,
  count: number,
  planOf: (seed: number) => Plan,
  go: (plan: Plan) => Outcome | Promise<Outcome>,
): Promise<void> {
  let found = 0
  for (const seed of seeds(1, count, 1)) {
    const { violation } = await go(planOf(seed))
    if (violation !== null && found++ === 0 && part === 0) out(`planted ${what}: ${violation.slice(0, 200)}`)
  }
  sum(`sim.planted.${what}.caught`, found)
}

async function onePart(): Promise<void> {
  const outcomes = await each('sim', runs, plan, (one) => run(one))
  sum(
    'sim.snapshots',
    outcomes.reduce((total, { snapshots }) => total + snapshots, 0),
  )
  sum(
    'sim.prunings',
    outcomes.reduce((total, { prunings }) => total + prunings, 0),
  )
  await each('sim.sorting', Math.ceil(runs / 10), planSorting, (one) => runSorting(one))
  await each('sim.access', Math.ceil(runs / 10), planAccess, (one) => runAccess(one))
  let races = 0
  for (const seed of seeds(first, runs, 4)) {
    races++
    const violation = await race(seed)
    if (violation !== null) fault(violation)
  }
  sum('sim.claims.races', races)
  if (first !== 1) return
  for (const sabotage of sabotages) await caught(sabotage, planted, plan, (one) => run(one, sabotage))
  for (const sabotage of sortingSabotages)
    await caught(sabotage, plantedFew, planSorting, (one) => runSorting(one, sabotage))
  for (const sabotage of accessSabotages) await caught(sabotage, planted, planAccess, (one) => runAccess(one, sabotage))
}
