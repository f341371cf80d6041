/** How entities are named in events, on subjects and on screen. */

/** `192.168.105.211:80/tcp`, `[2001:db8::1]:80/tcp` */
export function virtualServerName(server: { address: string; port: number; protocol: string }): string {
  return `${endpointName(server)}/${server.protocol.toLowerCase()}`
}

/** `192.168.105.203:80`, `[2001:db8::1]:80` */
export function endpointName({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
