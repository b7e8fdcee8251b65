"""Contenders that take turns, in rounds, so that what disturbs the machine disturbs all."""

import statistics
import time

SECONDS_OF_A_TURN = 0.02
# The threads of OpenMP look for work for a fifth of a second after a call, on the processor that the next one needs.
SECONDS_OF_REST = 0.21


def calls_for_a_turn(run):
    """So many calls that a turn takes about SECONDS_OF_A_TURN; also warms up."""
    run(3)
    calls = 1
    while (seconds := run(calls)) < SECONDS_OF_A_TURN / 4 and calls < 1 << 20:
        calls *= 4
    return max(1, round(calls * SECONDS_OF_A_TURN / seconds))


def take_turns(contenders, rounds, rests):
    """Seconds of a call, a list with one number a round, by the contender's name. `rests`: until threads sleep."""
    calls = {name: calls_for_a_turn(run) for name, run in contenders.items()}
    times = {name: [] for name in contenders}
    names = list(contenders)
    for i in range(rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            time.sleep(SECONDS_OF_REST if rests else 0)
            contenders[name](1)  # wakes its threads
            times[name].append(contenders[name](calls[name]) / calls[name])
    return times


def summary(times):
    return {name: {"median": statistics.median(list_), "minimum": min(list_)} for name, list_ in times.items()}
