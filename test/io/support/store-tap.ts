import { RingConsumer } from '../../../kernels/ring/consumer.ts'
import { RingProducer } from '../../../kernels/ring/producer.ts'

const publish = RingProducer.prototype.publish
const releaseTo = RingConsumer.prototype.releaseTo

/**
 * Tells of every store by which a kernel shows something to the others, before it happens: a ring's tail, a consumer's
 * cursor. A hook that throws leaves shared memory as a kill -9 between two of them would.
 */
export function tapStores(onStore: () => void): () => void {
  const released = new WeakMap<RingConsumer, number>()
  RingProducer.prototype.publish = function (this: RingProducer) {
    if (this.headPosition() !== this.tailPosition()) onStore()
    publish.call(this)
  }
  RingConsumer.prototype.releaseTo = function (this: RingConsumer, position: number) {
    if (released.get(this) !== position) onStore()
    released.set(this, position)
    releaseTo.call(this, position)
  }
  return () => {
    RingProducer.prototype.publish = publish
    RingConsumer.prototype.releaseTo = releaseTo
  }
}
