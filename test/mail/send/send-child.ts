/**
 * Sends what the outbox of one mailbox holds until it is killed from outside at a system call; queues one message first
 * when there is none. Says what has been acknowledged, one line each.
 */
import { Harness } from '../../store/helpers'
import { outboxDesk, queueOne, stateOfOutbox } from './outbox-desk'

const [dir = '', key = '', device = '', port = '0'] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const harness = await Harness.make(dir, Buffer.from(key, 'hex'), Buffer.from(device, 'hex'))
if (stateOfOutbox(harness) === 'none') say(`queued ${await queueOne(harness, 'killed')}`)
const sender = outboxDesk(harness, Number(port))
sender.start()
const deadline = Date.now() + 8_000
while (!['sent', 'uncertain', 'failed'].includes(stateOfOutbox(harness)) && Date.now() < deadline)
  await new Promise((resolve) => setTimeout(resolve, 10))
say(`end ${stateOfOutbox(harness)}`)
process.exit(0)
