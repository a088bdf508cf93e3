#!/bin/bash
# Prints the word nearest to the first one among the others: the fewest letters put in,
# left out, changed or swapped, or one that begins with it. Nothing where none is near.
set -eu
word=$(printf %s "$1" | tr a-z A-Z)
shift

# Optimal string alignment, row by row; two rows back is for swapped neighbours.
distance() {
  local a=$1 b=$2 i j cost best
  local -a before=() above=() row=()
  for ((j = 0; j <= ${#b}; j++)); do above[j]=$j; done
  for ((i = 1; i <= ${#a}; i++)); do
    row=("$i")
    for ((j = 1; j <= ${#b}; j++)); do
      cost=1
      [ "${a:i-1:1}" != "${b:j-1:1}" ] || cost=0
      best=$((above[j - 1] + cost))
      ((above[j] + 1 >= best)) || best=$((above[j] + 1))
      ((row[j - 1] + 1 >= best)) || best=$((row[j - 1] + 1))
      if ((i > 1 && j > 1)) && [ "${a:i-1:1}${a:i-2:1}" = "${b:j-2:1}${b:j-1:1}" ]; then
        ((before[j - 2] + 1 >= best)) || best=$((before[j - 2] + 1))
      fi
      row[j]=$best
    done
    before=("${above[@]}")
    above=("${row[@]}")
  done
  echo "${above[${#b}]}"
}

nearest="" least=3
for known in "$@"; do
  case $known in "$word"*) far=1 ;; *) far=$(distance "$word" "$known") ;; esac
  if ((far < least)); then nearest=$known least=$far; fi
done
printf %s "$nearest"
