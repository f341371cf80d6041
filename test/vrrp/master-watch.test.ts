// What fast detection is told of a virtual router, and what it leads to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { node } from './fake-node.ts'
import { instance, OURS } from './given.ts'

const FAST = { fastDetection: { intervalMs: 50, multiplier: 3 } }
const MASTER = '192.0.2.2'

function following() {
  const subject = node(instance(FAST))
  subject.hear(200)
  const [post] = subject.posts.values()
  assert.ok(post !== undefined)
  return { ...subject, post }
}

test('a backup has its master watched, from its own advert source', () => {
  const { post } = following()
  const { interface: device, index, source, master, settings } = post
  assert.deepEqual([device, index, source, master, settings], ['eth0', 2, OURS, MASTER, FAST.fastDetection])
})

test('a master, and a backup that follows nobody, only say where they are', () => {
  const subject = node(instance(FAST))
  assert.deepEqual(
    [...subject.posts.values()].map(({ master }) => master),
    [null],
  )
  subject.clock.advance(4_000)
  assert.deepEqual(subject.events().at(-1), 'VI_1 BecameMaster')
  assert.deepEqual(
    [...subject.posts.values()].map(({ master }) => master),
    [null],
  )
})

test('with fast_detection off, without a link, or stopped, there is nothing to watch', () => {
  assert.equal(node(instance()).posts.size, 0)
  const { links, posts, routers } = following()
  links.tell({ type: 'LinkGone', interface: 'eth0' })
  assert.equal(posts.size, 0)
  const other = following()
  other.routers.stop()
  assert.equal(other.posts.size, 0)
  routers.stop()
})

test('a mastership that follows from a lost session has its event as the cause, one from silence has none', () => {
  const { clock, post, events, causes } = following()
  post.tell('lost', MASTER, { id: 'the session fell', correlationId: 'x' })
  clock.advance(609)
  assert.ok(!events().includes('VI_1 BecameMaster'))
  clock.advance(1)
  assert.equal(causes()[events().indexOf('VI_1 BecameMaster')], 'the session fell')

  const calm = following()
  calm.post.tell('lost', MASTER, { id: 'the session fell', correlationId: 'x' })
  calm.post.tell('found', MASTER, { id: 'the session fell', correlationId: 'x' })
  calm.clock.advance(3_609)
  assert.ok(!calm.events().includes('VI_1 BecameMaster'))
  calm.clock.advance(1)
  assert.equal(calm.causes()[calm.events().indexOf('VI_1 BecameMaster')], null)
})

test('who becomes master stops watching, and watches again whom it yields to', () => {
  const { clock, posts, hear } = following()
  clock.advance(4_000)
  const masters = () => [...posts.values()].map(({ master }) => master)
  assert.deepEqual(masters(), [null])
  hear(200)
  assert.deepEqual(masters(), [MASTER])
})
