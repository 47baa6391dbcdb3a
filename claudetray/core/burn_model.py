"""What will be spent in the days to come, as a distribution: a level that may wander, averaged over several guesses.

Each guess says how restless spending is: a fixed level with noise; busy and quiet stretches that fade (an
autoregression); a level that wanders off; a level that changed once, on some day. A Kalman filter weighs each guess by
how well it would have foretold the days that were, and the forecast is the average of all of them. So steady spending
gets a narrow range, bursts get a wide one, and a changed habit is noticed within days.

Source: Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter" (1989), chapter 3. The numbers below
were chosen on simulated traces; docs/forecast.md says which, and what came of it.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

LEAST_EXPOSURE = 0.02  # average days; a block that is shorter says nothing
MOST_DAYS = 400  # how far ahead
DIFFUSE = 1e6  # variance of a level that nothing is known of
PRIOR_FREEDOM, PRIOR_VARIANCE = 1.0, 0.05  # one day's worth of belief in a little noise
LATEST_CHANGES = 28  # days in which a change of the level is looked for
NEGLIGIBLE = 1e-3  # weight, beside the best guess
STEPS = 36  # of a bisection


@dataclass(frozen=True, slots=True)
class Block:
    """What was spent in a stretch of time. Units: `days` are average days."""

    spent: float
    days: float


@dataclass(frozen=True, slots=True)
class _Guess:
    """`fading`: what is left of a busy stretch a day later (1: all, for ever). `unrest`: variance of a new stretch,
    in proportion to the noise of a day. `change`: the block at which the level changed, if it did."""

    fading: float
    unrest: float
    weight: float
    change: int | None = None


_STEADY = _Guess(0.0, 0.0, 3.0)
_GUESSES = (
    _STEADY,
    *(_Guess(fading, unrest, 1.0) for fading in (0.5, 0.85) for unrest in (0.3, 1.0, 3.0)),
    *(_Guess(1.0, unrest, 0.7) for unrest in (0.003, 0.02, 0.1, 0.5)),
)
_CHANGES = (_Guess(0.0, 0.0, 1.5 / LATEST_CHANGES), _Guess(0.5, 0.3, 1.5 / LATEST_CHANGES))


@dataclass(slots=True)
class _State:
    """Level and stretch with their covariances, in proportion to the noise; and how well the blocks were foretold."""

    level: float = 0.0
    stretch: float = 0.0
    of_level: float = DIFFUSE
    of_both: float = 0.0
    of_stretch: float = 0.0
    squares: float = 0.0
    doubt: float = 0.0
    blocks: int = 0

    def advance(self, guess: _Guess) -> None:
        """A day goes by."""
        self.stretch *= guess.fading
        self.of_both *= guess.fading
        self.of_stretch = self.of_stretch * guess.fading**2 + guess.unrest

    def learn(self, block: Block) -> None:
        """What a block shows of the level and the stretch."""
        missed = block.spent / block.days - self.level - self.stretch
        to_level, to_stretch = self.of_level + self.of_both, self.of_both + self.of_stretch
        variance = to_level + to_stretch + 1 / block.days
        self.level += to_level / variance * missed
        self.stretch += to_stretch / variance * missed
        self.of_level -= to_level / variance * to_level
        self.of_both -= to_level / variance * to_stretch
        self.of_stretch -= to_stretch / variance * to_stretch
        if self.blocks:  # the first one only says where the level is
            self.squares += missed * missed / variance
            self.doubt += math.log(variance)
        self.blocks += 1


class _Outlook:
    """One guess's view of the days ahead, and its weight in the whole. Looks only as far ahead as it is asked."""

    def __init__(self, weight: float, guess: _Guess, state: _State) -> None:
        self.weight, self.freedom = weight, _freedom(state)
        self._guess, self._state, self._noise = guess, state, _noise(state)
        self._mean = self._variance = self._with_level = self._with_stretch = 0.0
        self._sums: list[tuple[float, float]] = []  # of 1, 2, … average days: mean and variance

    def within(self, days: float) -> tuple[float, float]:
        """Mean and variance of what is spent within so many average days; MOST_DAYS at most."""
        whole = int(days)
        while len(self._sums) <= whole:
            self._look_further()
        sums = self._sums
        if days <= 1:
            return sums[0][0] * days, sums[0][1] * days
        (mean, variance), (next_mean, next_variance) = sums[whole - 1], sums[whole]
        part = days - whole
        return mean + (next_mean - mean) * part, variance + (next_variance - variance) * part

    def _look_further(self) -> None:
        """A day more: the sum's variance grows with the noise, and with what is not known of level and stretch."""
        state = self._state
        state.advance(self._guess)
        self._with_stretch *= self._guess.fading
        self._mean += state.level + state.stretch
        day = state.of_level + 2 * state.of_both + state.of_stretch + 1
        self._variance += 2 * (self._with_level + self._with_stretch) + day
        self._with_level += state.of_level + state.of_both
        self._with_stretch += state.of_both + state.of_stretch
        self._sums.append((self._mean, self._variance * self._noise))


@dataclass(frozen=True, slots=True)
class BurnModel:
    """Answers in the unit of money of the blocks. `rate` is what an average day is expected to cost."""

    rate: float
    scale: float
    outlooks: tuple[_Outlook, ...]

    def chance(self, amount: float, days: float) -> float:
        """The chance that `amount` is spent within so many average days."""
        return sum(outlook.weight * _at_least(amount / self.scale, days, outlook) for outlook in self.outlooks)

    def days_until(self, amount: float, chance: float) -> float | None:
        """The days within which `amount` is spent with that chance; None where MOST_DAYS are not enough."""
        days = 1.0
        while self.chance(amount, days) < chance:
            if days >= MOST_DAYS:
                return None
            days = min(2 * days, MOST_DAYS)
        return _bisected(lambda fewer: self.chance(amount, fewer) < chance, days / 2 if days > 1 else 1e-4, days)

    def spent_within(self, days: float, chance: float) -> float:
        """The amount that is spent within so many days with that chance, or more."""
        if days <= 0:
            return 0.0
        most = self.scale * 100 * (days + 1)
        return _bisected(lambda amount: self.chance(amount, days) > chance, self.scale * 1e-6, most)


def learned(blocks: Sequence[Block]) -> BurnModel:
    """The model of past spending: blocks of about a day, the oldest first.

    Raises: ValueError when nothing was spent.
    """
    told = [block for block in blocks if block.days >= LEAST_EXPOSURE]
    scale = sum(block.spent for block in told) / max(sum(block.days for block in told), LEAST_EXPOSURE)
    if scale <= 0:
        raise ValueError("nothing was spent")
    scaled = [Block(block.spent / scale, block.days) for block in told]
    steady = _filtered(scaled, _STEADY, 0.0)
    jump = 1 / max(steady.squares / max(steady.blocks - 1, 1), 0.01)  # about as much as the level itself
    learned_ones = [(guess, _filtered(scaled, guess, jump)) for guess in _guesses(len(scaled))]
    evidence = [math.log(guess.weight) + _evidence(state) for guess, state in learned_ones]
    best = max(evidence)
    kept = [
        (math.exp(found - best), guess, state)
        for found, (guess, state) in zip(evidence, learned_ones, strict=True)
        if found - best > math.log(NEGLIGIBLE)
    ]
    total = sum(weight for weight, _, _ in kept)
    outlooks = tuple(_Outlook(weight / total, guess, state) for weight, guess, state in kept)
    week = sum(outlook.weight * outlook.within(7)[0] for outlook in outlooks)
    return BurnModel(rate=max(0.0, week / 7) * scale, scale=scale, outlooks=outlooks)


def _guesses(blocks: int) -> Iterator[_Guess]:
    yield from _GUESSES
    for change in range(max(2, blocks - LATEST_CHANGES), blocks - 1):
        for guess in _CHANGES:
            yield _Guess(guess.fading, guess.unrest, guess.weight, change)


def _filtered(blocks: Sequence[Block], guess: _Guess, jump: float) -> _State:
    state = _State(of_stretch=guess.unrest / (1 - guess.fading**2) if guess.fading < 1 else 0.0)
    for index, block in enumerate(blocks):
        if index == guess.change:
            state.of_level += jump
        if index:
            state.advance(guess)
        state.learn(block)
    return state


def _freedom(state: _State) -> float:
    return PRIOR_FREEDOM + max(0, state.blocks - 1)


def _noise(state: _State) -> float:
    """The variance of an average day, from the blocks and a little belief beforehand."""
    return (PRIOR_FREEDOM * PRIOR_VARIANCE + state.squares) / _freedom(state)


def _evidence(state: _State) -> float:
    """The logarithm of how likely the blocks were, with the noise left open."""
    freedom = _freedom(state)
    return -0.5 * (state.doubt + freedom * math.log(_noise(state) * freedom))


def _at_least(amount: float, days: float, outlook: _Outlook) -> float:
    """The chance that one guess gives: log-normal around its mean, with Student's tails where history is short."""
    mean, variance = outlook.within(days)
    if mean <= 0:
        return 0.0
    if amount <= 0:
        return 1.0
    spread = math.sqrt(math.log1p(variance / mean**2))
    # Around the mean, not around the log-normal's median, which lies below it: what makes the sum skewed (a large
    # burst) is what short histories have not shown yet, and a median below the mean came out too late (measured).
    return _student(math.log(mean / amount) / max(spread, 1e-4), outlook.freedom)


def _student(t: float, freedom: float) -> float:
    """Student's distribution function. Source: Abramowitz and Stegun, 26.7.8."""
    normal = t * (1 - 1 / (4 * freedom)) / math.sqrt(1 + t * t / (2 * freedom))
    return 0.5 * math.erfc(-normal / math.sqrt(2))


def _bisected(below: Callable[[float], bool], low: float, high: float) -> float:
    """Where `below` turns false, in proportion and not in difference."""
    for _ in range(STEPS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if below(middle) else (low, middle)
    return high
