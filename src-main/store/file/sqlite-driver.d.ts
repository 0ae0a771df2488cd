/** The parts of better-sqlite3-multiple-ciphers that are used here; the package has no types of its own. */
declare module 'better-sqlite3-multiple-ciphers' {
  namespace Database {
    type Plain = string | number | bigint | Uint8Array | null
    type Value = Plain | Record<string, Plain>
    interface RunResult {
      readonly changes: number
      readonly lastInsertRowid: number | bigint
    }
    interface Statement<Params extends Value[] = Value[], Row = unknown> {
      run(...params: Params): RunResult
      get(...params: Params): Row | undefined
      all(...params: Params): Row[]
      iterate(...params: Params): IterableIterator<Row>
      pluck(): Statement<Params, unknown>
      safeIntegers(): Statement<Params, Row>
    }
    interface Transaction<Params extends unknown[], Result> {
      (...params: Params): Result
      immediate(...params: Params): Result
    }
    interface Options {
      readonly readonly?: boolean
      readonly fileMustExist?: boolean
      readonly timeout?: number
    }
  }
  class SqliteError extends Error {
    constructor(message: string, code: string)
    readonly code: string
  }
  class Database {
    static readonly SqliteError: typeof SqliteError
    constructor(file: string, options?: Database.Options)
    readonly inTransaction: boolean
    readonly open: boolean
    prepare<Params extends Database.Value[] = Database.Value[], Row = unknown>(
      sql: string,
    ): Database.Statement<Params, Row>
    exec(sql: string): this
    key(key: Buffer): number
    rekey(key: Buffer): number
    function(name: string, options: { deterministic: boolean }, act: (...params: unknown[]) => unknown): this
    pragma(source: string, options?: { simple?: boolean }): unknown
    transaction<Params extends unknown[], Result>(
      work: (...params: Params) => Result,
    ): Database.Transaction<Params, Result>
    close(): this
  }
  export default Database
}
