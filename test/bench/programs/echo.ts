/** Answers every UDP datagram with itself: what a client of the VIP talks to. */
import { createSocket } from 'node:dgram'

const socket = createSocket('udp4')
socket.on('message', (message, from) => socket.send(message, from.port, from.address))
socket.bind(Number(process.argv[2]), '0.0.0.0', () => process.stdout.write('ready\n'))
