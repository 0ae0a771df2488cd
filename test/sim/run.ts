import { drawSteps, type Outcome, type Plan } from './plan'
import { broken } from './promises'
import { Random } from './random'
import { World, type Sabotage } from './world'

export interface LogOutcome extends Outcome {
  readonly appends: number
  readonly snapshots: number
  readonly prunings: number
}

const acts = [
  'record',
  'record',
  'record',
  'record',
  'record',
  'record',
  'send',
  'send',
  'send',
  'receive',
  'receive',
  'receive',
  'receive',
]
const rare = [
  'wipe',
  'renumber',
  'lose',
  'skew',
  'pass',
  'crash',
  'remove',
  'role',
  'equivocate',
  'junk',
  'replay',
  'partition',
  'snapshot',
  'snapshot',
  'long',
]

export function plan(seed: number): Plan {
  const random = new Random(seed)
  const agents = 2 + random.below(random.chance(0.1) ? 6 : 3)
  const count = 15 + random.below(40)
  // Not every run has faults of every kind, or the plain ones would never be seen alone.
  const faults = rare.filter(() => random.chance(0.35))
  const steps = drawSteps(random, agents, count, () =>
    random.pick(faults.length > 0 && random.chance(0.2) ? faults : acts),
  )
  return { seed, agents, steps }
}

/** Runs a plan on the real log, outbox and roster; every promise is checked against what the simulation itself wrote down. */
export function run({ agents, steps, seed }: Plan, sabotage: Sabotage = 'none'): LogOutcome {
  const world = new World(agents, sabotage, seed)
  for (const step of steps) world.step(step)
  world.settle()
  return {
    violation: broken(world),
    events: world.written.length,
    appends: world.server.appends,
    snapshots: world.snapshots,
    prunings: world.pruned,
  }
}
