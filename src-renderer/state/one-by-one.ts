/**
 * Steps through something, one after the other however fast they are asked for: each begins where the one before it ended,
 * those that come while one is under way are taken together, and a step that fails takes none of the later ones with it.
 * @param walk goes so many steps, back when negative
 */
export function oneByOne(walk: (steps: number) => Promise<void>): (steps: number) => void {
  let asked = 0
  let walking = false
  const go = async (): Promise<void> => {
    walking = true
    while (asked !== 0) {
      const steps = asked
      asked = 0
      await walk(steps).catch(() => undefined)
    }
    walking = false
  }
  return (steps) => {
    asked += steps
    if (!walking) void go()
  }
}
