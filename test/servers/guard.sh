#!/bin/sh
# Runs a server in a process group of its own and ends that whole group as soon as the program that started this
# script is gone, however it ended: its end of our standard input closes even after kill -9.
# usage: guard.sh FOLDER COMMAND ARGS...   (FOLDER is removed at that moment; "" removes nothing)
# SIGTERM to this script ends the server politely and keeps the folder (for a restart); SIGUSR2 kills its group at
# once (a crash, for tests).
folder=$1
shift
gone=
exec 3<&0
setsid -- "$@" </dev/null 3<&- &
server=$!
trap 'gone=1' USR1
trap 'kill -s TERM -- "-$server" 2>/dev/null' TERM
trap 'kill -s KILL -- "-$server" 2>/dev/null' USR2

(
  trap - TERM USR2
  cat <&3 >/dev/null
  kill -s USR1 $$
  kill -s TERM -- "-$server" 2>/dev/null
  tries=0
  while [ $tries -lt 50 ]; do
    sleep 0.1
    tries=$((tries + 1))
  done
  kill -s KILL -- "-$server" 2>/dev/null
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-

# A signal with a trap ends `wait` early, so it is repeated until the server is really gone.
wait "$server"
code=$?
while kill -s 0 "$server" 2>/dev/null; do
  wait "$server"
  code=$?
done
# Whatever made the server end, nothing of its group may stay.
kill -s KILL -- "-$server" 2>/dev/null
kill "$watcher" 2>/dev/null
[ -n "$gone" ] && [ -n "$folder" ] && rm -rf -- "$folder"
exit "$code"
