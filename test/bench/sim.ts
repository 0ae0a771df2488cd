/**
 * npm run sim [-- runs firstSeed]: random runs of several consoles on the real log, outbox and roster, with everything that
 * can go wrong between them; then the same with bugs planted on purpose, which must be caught. A tenth as many runs sort conversations.
 */
import { race } from '../sim/claims'
import { shrink, type Outcome, type Plan } from '../sim/plan'
import { plan, run, sabotages } from '../sim/run'
import { planSorting, runSorting, sortingSabotages } from '../sim/sorting'

const [runs = 20_000, first = 1] = process.argv.slice(2).map(Number)
const out = (line: string): void => void process.stdout.write(`${line}\n`)
const planted = 500
const plantedSortings = 100
let violations = 0

async function each<T extends Outcome>(
  what: string,
  count: number,
  planOf: (seed: number) => Plan,
  go: (plan: Plan) => T | Promise<T>,
): Promise<T[]> {
  const outcomes: T[] = []
  let broken = 0
  const start = performance.now()
  for (let seed = first; seed < first + count && broken < 5; seed++) {
    const outcome = await go(planOf(seed))
    outcomes.push(outcome)
    if (outcome.violation === null) continue
    broken++
    out(`${what} seed ${seed}: ${outcome.violation}`)
    const small = await shrink(planOf(seed), async (fewer) => (await go(fewer)).violation !== null)
    out(
      `  in ${small.steps.length} steps, ${small.agents} agents: ${JSON.stringify(small.steps.map(({ who, what: act, seed: own }) => [who, act, own]))}`,
    )
    out(`  ${(await go(small)).violation ?? ''}`)
  }
  violations += broken
  out(`figure ${what}.runs ${outcomes.length} runs`)
  out(`figure ${what}.events ${outcomes.reduce((sum, { events }) => sum + events, 0)} events`)
  out(`figure ${what}.violations ${broken} violations`)
  out(`figure ${what}.seconds ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return outcomes
}

async function caught(
  what: string,
  count: number,
  planOf: (seed: number) => Plan,
  go: (plan: Plan) => Outcome | Promise<Outcome>,
): Promise<void> {
  const tries = Math.min(runs, count)
  let found = 0
  for (let seed = first; seed < first + tries; seed++) {
    const { violation } = await go(planOf(seed))
    if (violation !== null && found++ === 0) out(`planted ${what}: ${violation.slice(0, 200)}`)
  }
  out(`figure sim.caught.${what} ${found} of ${tries} runs`)
  if (found === 0) violations++
}

const outcomes = await each('sim', runs, plan, (one) => run(one))
out(`figure sim.snapshots ${outcomes.reduce((sum, { snapshots }) => sum + snapshots, 0)} snapshots`)
out(`figure sim.prunings ${outcomes.reduce((sum, { prunings }) => sum + prunings, 0)} prunings`)
await each('sim.sorting', Math.ceil(runs / 10), planSorting, (one) => runSorting(one))

let races = 0
let doubles = 0
for (let seed = first; seed < first + runs; seed += 4, races++) if ((await race(seed)) !== null) doubles++
out(`figure sim.claim-races ${races} races`)
out(`figure sim.claim-violations ${doubles} violations`)
violations += doubles

// Bugs on purpose, with the first slice.
if (first === 1) {
  for (const sabotage of sabotages) await caught(sabotage, planted, plan, (one) => run(one, sabotage))
  for (const sabotage of sortingSabotages)
    await caught(sabotage, plantedSortings, planSorting, (one) => runSorting(one, sabotage))
}
process.exit(violations > 0 ? 1 : 0)
