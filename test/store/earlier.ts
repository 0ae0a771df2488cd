import { Database } from '../../src-main/store/file/database'
import { migrations } from '../../src-main/store/migrations'

/** Opens the database of `dir` as a program would that knows migrations up to `version`. */
export function openAt(dir: string, key: Buffer, version: number): Database {
  return Database.open(
    dir,
    key,
    () => undefined,
    migrations.filter((one) => one.version <= version),
  ).database
}
