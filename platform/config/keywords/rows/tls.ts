/** Keywords of SSL: how checks prove who they are. Row format: see ../keyword-row.ts. */

export const TLS_MATERIAL = `
  password                    word secret lenient
    - What the private key is encrypted with, where it is.
  ca                          word lenient
    - File with authorities, in PEM. The certificates of servers are not checked against them.
  certificate                 word lenient
    - File with the client certificate, and those between it and its authority, in PEM.
  key                         word lenient
    - File with the private key of that certificate, in PEM.
`
