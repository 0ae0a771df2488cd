/** Changes the key of a closed store until it is killed from outside at a system call. */
import { rotate } from '../../../src-main/store/file/rotation'

const [dir = '', key = '', next = ''] = process.argv.slice(2)
await rotate(dir, Buffer.from(key, 'hex'), Buffer.from(next, 'hex'), (step) => void process.stdout.write(`${step}\n`))
process.stdout.write('changed\n')
process.exit(0)
