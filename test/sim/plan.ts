import type { Random } from './random'

/** One step of a run: who, what, and the seed of its own choices, so that steps can be left out when a run is shrunk. */
export interface Step {
  readonly who: number
  readonly what: string
  readonly seed: number
}
export interface Plan {
  readonly seed: number
  readonly agents: number
  readonly steps: readonly Step[]
}
export interface Outcome {
  /** The first promise that does not hold. */
  readonly violation: string | null
  readonly events: number
}

/** So many steps of anybody; `what` draws what each does. */
export function drawSteps(random: Random, agents: number, count: number, what: () => string): Step[] {
  return Array.from({ length: count }, () => ({ who: random.below(agents), what: what(), seed: random.below(2 ** 31) }))
}

/** Leaves steps out as long as the run still fails. */
export async function shrink(failing: Plan, fails: (plan: Plan) => boolean | Promise<boolean>): Promise<Plan> {
  let best = failing
  for (let size = Math.ceil(best.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.steps.length;) {
      const fewer = { ...best, steps: [...best.steps.slice(0, from), ...best.steps.slice(from + size)] }
      if (await fails(fewer)) best = fewer
      else from += size
    }
  }
  return best
}
