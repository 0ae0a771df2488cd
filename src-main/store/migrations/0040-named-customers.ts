import type { Migration } from './index'

/** A view of a customer's mail looks at the names that persons gave, which few customers have, and read every customer's row for it. */
export const namedCustomers: Migration = {
  version: 40,
  up: 'CREATE INDEX customers_named ON customers(name) WHERE named_by_person = 1;',
}
