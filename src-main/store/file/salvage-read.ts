import type Driver from 'better-sqlite3-multiple-ciphers'
import type { Value } from './database'

type Row = Record<string, Value>

/** A table of a damaged database, or what stands in for it. */
export interface Source {
  readonly name: string
  /** Columns of its primary key. */
  readonly keys: readonly string[]
  /** The key is one whole number. */
  readonly isNumbered: boolean
  readonly columns: readonly string[]
  readonly where: string
  readonly index?: KeyIndex | undefined
}

/** An index that knows the key of every row of a table without numbers. */
export interface KeyIndex {
  readonly name: string
  /** What it says, and what has to do for the rest, of a row that cannot be read itself; left out: such a row is lost. */
  readonly instead?: string
}

/** Where a walk ended: behind its last row, or before a page that cannot be read. */
interface Walked {
  readonly last: bigint | null
  readonly isWhole: boolean
}

interface Gap {
  readonly above: bigint
  readonly below: bigint
}

/** Keys lie between these. */
const everything: Gap = { above: -(2n ** 63n), below: 2n ** 63n - 1n }
/** Tries to get behind damaged pages of one table. */
const mostTries = 300

/**
 * The rows of a table, each once, as far as they can be read. Whatever a question goes through may be damaged, an index too; so where one
 * fails the table is read by nothing but itself, from both ends. What lies between two damaged pages is sought by halves where it has
 * numbers, and row by row where an index knows the keys, so that a page hides only what lies in it.
 */
export function* readableRows(old: Driver, source: Source): Generator<Row> {
  const seen = new Set<string>()
  if ((yield* walk(old, source, seen)).isWhole) return
  const up = yield* walk(old, source, seen, 'ASC')
  if (up.isWhole) return
  const down = yield* walk(old, source, seen, 'DESC')
  if (source.index && !isStandIn(old, source.name)) yield* byIndex(old, source, source.index, seen)
  if (!source.isNumbered) return
  const gaps: Gap[] = [{ above: up.last ?? everything.above, below: down.last ?? everything.below }]
  for (let tries = 0; tries < mostTries; tries++) {
    gaps.sort((a, b) => (a.below - a.above < b.below - b.above ? -1 : 1))
    const widest = gaps.pop()
    if (!widest || widest.below - widest.above <= 1n) return
    const { above, below } = widest
    const middle = (above + below) / 2n
    const behind = yield* walk(old, source, seen, 'ASC', { above: middle, below })
    const before = yield* walk(old, source, seen, 'DESC', { above, below: middle + 1n })
    if (!behind.isWhole) gaps.push({ above: behind.last ?? middle, below })
    if (!before.isWhole) gaps.push({ above, below: before.last ?? middle })
  }
}

/** @param way by the key, and by the table alone; without it as SQLite likes */
function* walk(
  old: Driver,
  { name, keys, columns, where }: Source,
  seen: Set<string>,
  way: 'ASC' | 'DESC' | null = null,
  { above, below }: Gap = everything,
): Generator<Row, Walked> {
  const [key = ''] = keys
  // Said so, a condition leads through no index, and nothing is looked up that lies outside the gap.
  const alone = `((${where}) IS TRUE)`
  const inGap =
    above === everything.above && below === everything.below ? '' : `AND ${key} > ${above} AND ${key} < ${below}`
  const how =
    way === null
      ? `WHERE ${where}`
      : `NOT INDEXED WHERE ${alone} ${inGap} ORDER BY ${keys.map((one) => `${one} ${way}`).join(', ')}`
  let last: bigint | null = null
  try {
    const statement = old.prepare<[], Row>(`SELECT ${columns.join(', ')} FROM ${name} ${how}`).safeIntegers()
    for (const row of statement.iterate()) {
      const at = row[key]
      if (typeof at === 'bigint') last = at
      const id = idOf(row, keys)
      if (seen.has(id)) continue
      seen.add(id)
      yield row
    }
    return { last, isWhole: true }
  } catch (fault) {
    if (!isDamage(fault)) throw fault
    return { last, isWhole: false }
  }
}

/** What no walk came to, each by its key. */
function* byIndex(
  old: Driver,
  { name, keys, columns, where }: Source,
  index: KeyIndex,
  seen: Set<string>,
): Generator<Row> {
  const from = `FROM ${name} INDEXED BY ${index.name}`
  const all = readable(() =>
    old
      .prepare<[], Row>(`SELECT ${keys.join(', ')} ${from}`)
      .safeIntegers()
      .all(),
  )
  const isIt = keys.map((key) => `${key} = ?`).join(' AND ')
  const itself = old
    .prepare<Value[], Row>(
      `SELECT ${columns.join(', ')} FROM ${name} NOT INDEXED WHERE ${isIt} AND ((${where}) IS TRUE)`,
    )
    .safeIntegers()
  const instead =
    index.instead === undefined
      ? null
      : old
          .prepare<Value[], Row>(`SELECT ${index.instead} ${from} WHERE ${isIt} AND ((${where}) IS TRUE)`)
          .safeIntegers()
  for (const key of all ?? []) {
    const id = idOf(key, keys)
    if (seen.has(id)) continue
    const values = keys.map((one) => key[one] ?? null)
    const found = readable(() => itself.all(...values)) ?? readable(() => instead?.all(...values) ?? [])
    for (const row of found ?? []) {
      seen.add(id)
      yield row
    }
  }
}

/** Something in the place of a table of an older database: it has no index. */
const isStandIn = (old: Driver, name: string): boolean =>
  old.prepare<[string]>('SELECT 1 FROM temp.sqlite_schema WHERE name = ?').get(name) !== undefined

const idOf = (row: Row, keys: readonly string[]): string => keys.map((one) => String(row[one])).join(' ')

/** null where damage is met; any other failure is none of damage's. */
export function readable<T>(work: () => T): T | null {
  try {
    return work()
  } catch (fault) {
    if (isDamage(fault)) return null
    throw fault
  }
}

const isDamage = (fault: unknown): boolean =>
  ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_IOERR'].some((code) => hasCode(fault, code))

/** Whether SQLite gave a failure this code, or one of its kinds. */
export const hasCode = (fault: unknown, code: string): boolean =>
  fault instanceof Error && 'code' in fault && String(fault.code).startsWith(code)
