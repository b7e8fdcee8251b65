"""Contenders that take turns, in rounds, so that what disturbs the machine disturbs all."""

import statistics

SECONDS_OF_A_TURN = 0.02


def calls_for_a_turn(run):
    """So many calls that a turn takes about SECONDS_OF_A_TURN; also warms up."""
    run(3)
    calls = 1
    while (seconds := run(calls)) < SECONDS_OF_A_TURN / 4 and calls < 1 << 20:
        calls *= 4
    return max(1, round(calls * SECONDS_OF_A_TURN / seconds))


def take_turns(contenders, rounds):
    """Seconds of a call, a list with one number a round, by the contender's name."""
    calls = {name: calls_for_a_turn(run) for name, run in contenders.items()}
    times = {name: [] for name in contenders}
    names = list(contenders)
    for i in range(rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            contenders[name](1)  # wakes its threads
            times[name].append(contenders[name](calls[name]) / calls[name])
    return times


def summary(times):
    return {name: {"median": statistics.median(list_), "minimum": min(list_)} for name, list_ in times.items()}
