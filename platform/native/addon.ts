import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'
import { HaError } from '../errors.ts'

/** The C face (socket.c says what each does). Numbers below zero are -errno. */
export interface Addon {
  socket(domain: number, type: number, protocol: number): number
  close(fd: number): number
  bind(fd: number, address: Buffer): number
  connect(fd: number, address: Buffer): number
  setsockopt(fd: number, level: number, name: number, value: Buffer): number
  getsockopt(fd: number, level: number, name: number, length: number): Buffer | number
  getsockname(fd: number): Buffer | number
  attachFilter(fd: number, program: Buffer): number
  sendmsg(fd: number, data: Buffer, to: Buffer | null, control: Buffer | null, flags: number): number
  recvmsg(fd: number, size: number, controlSize: number): [Buffer, Buffer, Buffer, number] | number
  pidfdOpen(pid: number): number
  inotifyInit(): number
  inotifyAdd(fd: number, path: string, mask: number): number
  setns(fd: number, type: number): number
  dropPrivileges(uid: number, gid: number, capabilities: number): number
  watch(fd: number, batch: number, size: number, controlSize: number, callback: WatchCallback): WatchHandle | number
  unwatch(handle: WatchHandle): void
  ref(handle: WatchHandle, on: boolean): void
}

export type WatchCallback = (errno: number, data: Buffer[], from: Buffer[], control: Buffer[], flags: number[]) => void

/** Opaque: a pointer of the addon's. */
export type WatchHandle = object

function load(): Addon {
  try {
    return createRequire(import.meta.url)('./socket.node')
  } catch (cause) {
    throw new HaError('NATIVE_MISSING', 'the native addon is not built: run platform/native/build.sh', { cause })
  }
}

export const addon: Addon = load()

/** An error that looks like one of Node's own system errors: `code` is the errno name, so `isErrno` knows it. */
export function errnoError(call: string, errno: number): Error {
  const code = getSystemErrorName(-Math.abs(errno))
  return Object.assign(new Error(`${call}: ${code}`), { code, errno: -Math.abs(errno), syscall: call })
}

/** Passes a good result on. @throws an errno error */
export function check<Result>(call: string, result: Result): Result {
  if (typeof result === 'number' && result < 0) throw errnoError(call, result)
  return result
}
