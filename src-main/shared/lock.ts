/** Lets work through one at a time, in the order in which it was asked for. */
export class Lock {
  private last: Promise<unknown> = Promise.resolve()

  async hold<T>(work: () => Promise<T>): Promise<T> {
    const before = this.last
    let release = (): void => undefined
    this.last = new Promise<void>((resolve) => {
      release = resolve
    })
    await before
    try {
      return await work()
    } finally {
      release()
    }
  }
}
