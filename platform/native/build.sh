#!/bin/sh
# Builds platform/native/socket.node and platform/native/launch: a C compiler and the headers of node-api-headers are all it needs.
set -eu
cd "$(dirname "$0")"
${CC:-cc} -O2 -s -Wall -Wextra -shared -fPIC -fvisibility=hidden -std=gnu11 -D_GNU_SOURCE -DNAPI_VERSION=8 \
  -I../../node_modules/node-api-headers/include -o socket.node.tmp socket.c watch.c privileges.c namespace.c \
  inotify.c
${CC:-cc} -O2 -s -Wall -Wextra -std=gnu11 -D_GNU_SOURCE -o launch.tmp launch.c
mv launch.tmp launch
# A running process keeps the old file; a parallel build never sees half of one.
mv socket.node.tmp socket.node
