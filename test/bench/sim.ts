/**
 * npm run sim [-- runs firstSeed]: random runs of several consoles on the real log, outbox and roster, with everything that
 * can go wrong between them; then the same with bugs planted on purpose, which must be caught.
 */
import { race } from '../sim/claims'
import { plan, run, sabotages, shrink } from '../sim/run'

const [runs = 20_000, first = 1] = process.argv.slice(2).map(Number)
const out = (line: string): void => void process.stdout.write(`${line}\n`)

let events = 0
let violations = 0
let snapshots = 0
let prunings = 0
const start = performance.now()
for (let seed = first; seed < first + runs; seed++) {
  const outcome = run(plan(seed))
  events += outcome.events
  snapshots += outcome.snapshots
  prunings += outcome.prunings
  if (outcome.violation !== null) {
    violations++
    out(`seed ${seed}: ${outcome.violation}`)
    const small = shrink(plan(seed))
    out(
      `  in ${small.steps.length} steps, ${small.agents} agents: ${JSON.stringify(small.steps.map(({ who, what, seed: own }) => [who, what, own]))}`,
    )
    out(`  ${run(small).violation ?? ''}`)
    if (violations >= 5) break
  }
}
out(`figure sim.runs ${runs} runs`)
out(`figure sim.events ${events} events`)
out(`figure sim.snapshots ${snapshots} snapshots`)
out(`figure sim.prunings ${prunings} prunings`)
out(`figure sim.violations ${violations} violations`)
out(`figure sim.seconds ${((performance.now() - start) / 1000).toFixed(1)} s`)

let races = 0
let doubles = 0
for (let seed = first; seed < first + runs; seed += 4, races++) if ((await race(seed)) !== null) doubles++
out(`figure sim.claim-races ${races} races`)
out(`figure sim.claim-violations ${doubles} violations`)
violations += doubles

// Bugs on purpose, with the first slice.
if (first === 1)
  for (const sabotage of sabotages) {
    const tries = Math.min(runs, 500)
    let caught = 0
    for (let seed = first; seed < first + tries; seed++) {
      const { violation } = run(plan(seed), sabotage)
      if (violation === null) continue
      if (caught === 0) out(`planted ${sabotage}: ${violation.slice(0, 200)}`)
      caught++
    }
    out(`figure sim.caught.${sabotage} ${caught} of ${tries} runs`)
    if (caught === 0) violations++
  }
process.exit(violations > 0 ? 1 : 0)
