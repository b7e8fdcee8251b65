"""Contenders that take turns, in rounds, so that what disturbs the machine disturbs all."""

import statistics
import time

SECONDS_OF_A_TURN = 0.02
# Threads of the one before look for work for a while after its turn: until they sleep, they take a processor away.
SECONDS_BETWEEN_TURNS = 0.05


def calls_of(function):
    """A function of a number of calls that gives their seconds."""

    def run(calls):
        begin = time.perf_counter()
        for _ in range(calls):
            function()
        return time.perf_counter() - begin

    return run


def calls_for_a_turn(contender):
    """So many calls that a turn takes about SECONDS_OF_A_TURN; also warms up."""
    contender(3)
    calls = 1
    while (seconds := contender(calls)) < SECONDS_OF_A_TURN / 4 and calls < 1 << 20:
        calls *= 4
    return max(1, round(calls * SECONDS_OF_A_TURN / seconds))


def take_turns(contenders, rounds):
    """Seconds of a call, a list with one number a round, by the contender's name."""
    calls = {name: calls_for_a_turn(contender) for name, contender in contenders.items()}
    times = {name: [] for name in contenders}
    names = list(contenders)
    for i in range(rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            time.sleep(SECONDS_BETWEEN_TURNS)
            contenders[name](1)
            times[name].append(contenders[name](calls[name]) / calls[name])
    return times


def summary(times):
    return {name: {"median": statistics.median(list_), "minimum": min(list_)} for name, list_ in times.items()}
