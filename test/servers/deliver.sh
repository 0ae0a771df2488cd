#!/bin/sh
# What Postfix hands a message to, on standard input: keeps it for the tests and drops copies into Maildirs.
# usage: deliver.sh FOLDER QUEUE_ID SENDER RECIPIENTS...   ("<>" for no sender; FOLDER/local maps addresses to Maildirs)
set -e
umask 022
folder=$1 queue=$2 sender=$3
shift 3
name=$(date +%s%N).$queue
trap 'rm -f "$folder/tmp/$name"*; exit 75' EXIT
cat >"$folder/tmp/$name.eml"
{
  printf '%s\n' "$sender"
  printf '%s\n' "$@"
} >"$folder/tmp/$name.envelope"

recipients=" $(printf '%s ' "$@" | tr '[:upper:]' '[:lower:]')"
while read -r address maildir; do
  case $recipients in
    *" $address "*)
      {
        printf 'Return-Path: %s\nDelivered-To: %s\n' "$sender" "$address"
        cat "$folder/tmp/$name.eml"
      } >"$maildir/tmp/$name.postfix"
      chmod 600 "$maildir/tmp/$name.postfix"
      mv "$maildir/tmp/$name.postfix" "$maildir/new/$name.postfix"
      ;;
  esac
done <"$folder/local"

# The envelope comes last: readers take its presence for completeness.
mv "$folder/tmp/$name.eml" "$folder/$name.eml"
mv "$folder/tmp/$name.envelope" "$folder/$name.envelope"
trap - EXIT
