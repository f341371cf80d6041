import { getSystemErrorName } from 'node:util'
import { addon, check, errnoError, type WatchHandle } from './addon.ts'

export interface Received {
  data: Buffer
  /** The sender's sockaddr. */
  from: Buffer
  /** Control messages: see `controlMessages`. */
  control: Buffer
  /** MSG_TRUNC and its like. */
  flags: number
}

export interface WatchOptions {
  /** Most messages read in one go. */
  batch: number
  /** Longest message, bytes; what is longer arrives cut, with MSG_TRUNC. */
  size: number
  /** Room for control messages, bytes. */
  controlSize: number
  onMessage(message: Received): void
  /** A pending error of the socket, now cleared: ENOBUFS (netlink overrun), ENETDOWN (packet socket). It goes on. */
  onError(code: string): void
}

/**
 * A non-blocking socket of any domain. Methods throw errors with the errno name as `code`. A class, because it owns a
 * descriptor: `close` it.
 */
export class NativeSocket {
  readonly fd: number
  #handle: WatchHandle | null = null
  #options: WatchOptions | null = null
  // What was read but not delivered yet: a listener may call drain() while a batch is being handed out.
  #inbox: Received[] = []
  #closed = false

  constructor(domain: number, type: number, protocol: number) {
    this.fd = check('socket', addon.socket(domain, type, protocol))
  }

  /** Numbers are passed as int. */
  setOption(level: number, name: number, value: number | Buffer): void {
    check('setsockopt', addon.setsockopt(this.fd, level, name, typeof value === 'number' ? int32(value) : value))
  }

  getOption(level: number, name: number, length: number): Buffer {
    const value = check('getsockopt', addon.getsockopt(this.fd, level, name, length))
    return typeof value === 'number' ? Buffer.alloc(0) : value
  }

  /** Attaches a classic BPF program: struct sock_filter[] (filter.ts). */
  attachFilter(program: Buffer): void {
    check('attachFilter', addon.attachFilter(this.fd, program))
  }

  bind(address: Buffer): void {
    check('bind', addon.bind(this.fd, address))
  }

  connect(address: Buffer): void {
    check('connect', addon.connect(this.fd, address))
  }

  localAddress(): Buffer {
    const name = check('getsockname', addon.getsockname(this.fd))
    return typeof name === 'number' ? Buffer.alloc(0) : name
  }

  /** Returns the bytes sent. */
  send(data: Buffer, to: Buffer | null = null, control: Buffer | null = null): number {
    return check('sendmsg', addon.sendmsg(this.fd, data, to, control, 0))
  }

  /** Reads one message; null: nothing is queued. */
  receive(size: number, controlSize: number): Received | null {
    const message = addon.recvmsg(this.fd, size, controlSize)
    if (typeof message !== 'number') {
      const [data, from, control, flags] = message
      return { data, from, control, flags }
    }
    const error = errnoError('recvmsg', message)
    if (getSystemErrorName(message) === 'EAGAIN') return null
    throw error
  }

  /** Delivers messages as they come, until `close`. At most once per socket. */
  watch(options: WatchOptions): void {
    this.#options = options
    const { batch, size, controlSize } = options
    const handle = addon.watch(this.fd, batch, size, controlSize, (errno, data, from, control, flags) => {
      if (errno !== 0) options.onError(getSystemErrorName(-errno))
      for (const [index, bytes] of data.entries()) {
        const rest = { from: from[index] ?? NOTHING, control: control[index] ?? NOTHING, flags: flags[index] ?? 0 }
        this.#inbox.push({ data: bytes, ...rest })
      }
      this.#deliver()
    })
    if (typeof handle === 'number') throw errnoError('poll', handle)
    this.#handle = handle
  }

  /** Reads everything that is queued now and delivers it before it returns, in order. */
  drain(): void {
    const options = this.#options
    if (options === null || this.#closed) return
    this.#deliver()
    for (let more = true; more && !this.#closed; ) {
      try {
        const message = this.receive(options.size, options.controlSize)
        if (message === null) return
        options.onMessage(message)
      } catch (cause) {
        more = cause instanceof Error && 'code' in cause && TRANSIENT.has(String(cause.code))
        if (!more) throw cause
        options.onError(cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO')
      }
    }
  }

  /** Drops what was read but not delivered yet. */
  forget(): void {
    this.#inbox = []
  }

  /** Whether the watch keeps the process alive (it does unless told). */
  ref(on: boolean): void {
    if (this.#handle !== null) addon.ref(this.#handle, on)
  }

  /** Also twice, and from inside a listener: nothing is delivered after it. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#inbox = []
    if (this.#handle !== null) addon.unwatch(this.#handle)
    this.#handle = null
    addon.close(this.fd)
  }

  #deliver(): void {
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) this.#options?.onMessage(next)
  }
}

const NOTHING = Buffer.alloc(0)
const TRANSIENT = new Set(['ENOBUFS', 'ENETDOWN', 'EINTR'])

/** @throws an errno error; EPERM without the capability, EAFNOSUPPORT without the domain */
export function openSocket(domain: number, type: number, protocol: number): NativeSocket {
  return new NativeSocket(domain, type, protocol)
}

/** An int as socket options take it, in host order. */
export function int32(...values: number[]): Buffer {
  return Buffer.from(new Int32Array(values).buffer)
}
