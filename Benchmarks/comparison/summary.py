"""What is said of times taken in rounds."""

import statistics


def summary(seconds):
    return {"minimum": min(seconds), "median": statistics.median(seconds), "seconds": seconds}


def ratio(numerator, denominator, factor=1):
    """How many times as long `numerator` took as `factor` times `denominator`: of the medians, and round by round."""
    rounds = [above / (factor * below) for above, below in zip(numerator["seconds"], denominator["seconds"])]
    return {"value": numerator["median"] / (factor * denominator["median"]),
            "lowest": min(rounds), "highest": max(rounds)}


def difference(whole, part):
    """How much longer `whole` took: the median of the rounds' differences."""
    rounds = [above - below for above, below in zip(whole["seconds"], part["seconds"])]
    return {"value": statistics.median(rounds), "lowest": min(rounds), "highest": max(rounds)}


def slowest_of_fastest(times):
    """How many times as long the slowest round took as the fastest; "lowest" and "highest" are of the median."""
    fastest, slowest = times["minimum"], max(times["seconds"])
    return {"value": slowest / fastest, "lowest": fastest / times["median"], "highest": slowest / times["median"]}
