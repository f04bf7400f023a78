package dev.respite.policy;

import dev.respite.outcome.Attempt;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Backoffs of every kind, drawn at random or listed. */
final class Backoffs {

    static final List<Jitter> JITTERS = List.of(
            Jitter.none(),
            Jitter.full(),
            Jitter.equal(),
            Jitter.additive(),
            Jitter.proportional(0.2),
            Jitter.proportional(1));

    private Backoffs() {}

    /** Of any durations that a policy may name: a double holds each of their nanoseconds. */
    static Arbitrary<BackoffSettings> any() {
        Arbitrary<Long> nanos = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 10),
                Arbitraries.longs().between(0, 60_000_000_000L),
                Arbitraries.longs().between(0, Numbers.MAX_NANOS));
        Arbitrary<Double> multipliers =
                Arbitraries.oneOf(Arbitraries.doubles().between(1, 3).ofScale(12), Arbitraries.of(1.0, 2.0, 1e9, 1e18));
        return Combinators.combine(
                        Arbitraries.of(BackoffKind.class), nanos, nanos, nanos, multipliers, Arbitraries.of(JITTERS))
                .as((kind, one, other, increment, multiplier, jitter) ->
                        settings(kind, Math.min(one, other), multiplier, increment, Math.max(one, other), jitter));
    }

    /** All combinations of kind and jitter that a policy can have. */
    static List<BackoffSettings> all(long base, long cap) {
        List<BackoffSettings> all = new ArrayList<>();
        for (BackoffKind kind : BackoffKind.values()) {
            for (Jitter jitter : kind.takesJitter() ? JITTERS : List.of(Jitter.none())) {
                all.add(settings(kind, base, 2, base, cap, jitter));
            }
        }
        return all;
    }

    static BackoffSettings settings(
            BackoffKind kind, long base, double multiplier, long increment, long cap, Jitter jitter) {
        return kind == BackoffKind.IMMEDIATE
                ? new BackoffSettings(kind, 0, 1, 0, 0, Jitter.none())
                : new BackoffSettings(
                        kind, base, multiplier, increment, cap, kind.takesJitter() ? jitter : Jitter.none());
    }

    static Attempt attempt(int number) {
        return new Attempt(number, 0, 0);
    }
}
