// Stands in front of a process of the program: `module ms` runs the module with a wall clock that is off by ms. Counters run as ever.
const [module, ms] = process.argv.splice(2, 2)
const Real = Date
const now = () => Real.now() + Number(ms)
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length === 0) super(now())
    else super(...given)
  }
  static now() {
    return now()
  }
}
await import(`file://${module}`)
