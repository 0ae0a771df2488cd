/** Reading what a mail server has taken in, as deliver.sh wrote it: NAME.eml beside NAME.envelope. */
import fs from 'node:fs'
import path from 'node:path'
import { waitFor } from './process.mjs'

/**
 * @typedef {object} Delivery
 * @property {string} id grows with time
 * @property {string} sender envelope sender, "" for bounces
 * @property {string[]} recipients envelope recipients
 * @property {Buffer} raw the message, with the Received lines that the server put on top and with "\n" line ends
 * @property {string} text the same as text, for short tests
 *
 * @typedef {object} DeliveryMethods
 * @property {() => Delivery[]} deliveries everything delivered so far, oldest first; a message is one entry, however many
 *   recipients it has
 * @property {(enough: number | ((all: Delivery[]) => boolean), ms?: number) => Promise<Delivery[]>} waitForDeliveries
 *   waits for that many, or until the function is content
 * @property {() => void} clearDeliveries
 */

/**
 * @param {string} folder
 * @returns {DeliveryMethods}
 */
export function deliveryMethods(folder) {
  const names = () =>
    fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.envelope'))
      .map((name) => name.slice(0, -9))
      .sort()
  const deliveries = () => names().map((id) => readDelivery(folder, id))
  return {
    deliveries,
    waitForDeliveries: async (enough, ms = 60_000) => {
      const done = typeof enough === 'function' ? enough : (/** @type {Delivery[]} */ all) => all.length >= enough
      const what = () => `deliveries (there are ${names().length})`
      return waitFor(
        () => {
          const all = deliveries()
          return done(all) ? all : undefined
        },
        { ms, what },
      )
    },
    clearDeliveries: () => {
      for (const name of names()) {
        fs.rmSync(path.join(folder, `${name}.envelope`))
        fs.rmSync(path.join(folder, `${name}.eml`))
      }
    },
  }
}

/** @returns {Delivery} */
function readDelivery(folder, id) {
  const [sender = '', ...recipients] = fs
    .readFileSync(path.join(folder, `${id}.envelope`), 'utf8')
    .trimEnd()
    .split('\n')
  const raw = fs.readFileSync(path.join(folder, `${id}.eml`))
  return { id, sender: sender === '<>' ? '' : sender, recipients, raw, text: raw.toString('utf8') }
}
