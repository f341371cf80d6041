/** The gratuitous ARP is keepalived 2.2.7's; the advertisement's checksum was confirmed by tcpdump (`icmp6 sum ok`). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gratuitousArp, unsolicitedNeighbour } from '../../services/ipvs/adapters/announcement-frames.ts'

const MAC = Buffer.from('7a10d24a1588', 'hex')

test('a gratuitous ARP is a broadcast request of the address for itself, 60 bytes long', () => {
  const frame = gratuitousArp(MAC, '192.168.105.211').toString('hex')
  const arp = '0001080006040001' + '7a10d24a1588' + 'c0a869d3' + 'ffffffffffff' + 'c0a869d3'
  assert.equal(frame, `ffffffffffff7a10d24a15880806${arp}${'00'.repeat(18)}`)
})

test('an unsolicited advertisement goes to all nodes, overrides, and says router where that is true', () => {
  const host = unsolicitedNeighbour(MAC, '2001:db8::100', false)
  const router = unsolicitedNeighbour(MAC, '2001:db8::100', true)
  assert.equal(host.subarray(0, 14).toString('hex'), '3333000000017a10d24a158886dd')
  assert.equal(host.subarray(14, 22).toString('hex'), '6000000000203aff')
  assert.equal(
    host.subarray(22, 54).toString('hex'),
    '20010db8000000000000000000000100ff020000000000000000000000000001',
  )
  assert.equal(host.subarray(58, 62).toString('hex'), '20000000')
  assert.equal(router.subarray(58, 62).toString('hex'), 'a0000000')
  assert.equal(host.subarray(62).toString('hex'), '20010db8000000000000000000000100' + '02017a10d24a1588')
  for (const frame of [host, router]) assert.equal(checksumOver(frame), 0xffff)
})

/** RFC 4443 2.3: with the checksum in it, the sum over pseudo-header and message has all bits set. */
function checksumOver(frame: Buffer): number {
  const pseudo = Buffer.concat([frame.subarray(22, 54), Buffer.from('000000200000003a', 'hex'), frame.subarray(54)])
  let sum = 0
  for (let at = 0; at < pseudo.length; at += 2) sum += pseudo.readUInt16BE(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}
