package dev.respite.budget;

import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.ErrorKind.Load;
import dev.respite.policy.FleetSpec;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * The rule of the default budget, {@link FleetSpec}: pure, with time and random numbers as parameters. Not thread-safe.
 *
 * <p>The floor of an account is the credit that the client has without earning it. It is the largest of three: its share of the
 * fleet's burst, the credit of a new client, and a fraction of that credit for retries that have helped before.
 */
final class FleetAccounts {

    /** The fraction of a new client's credit that a client keeps whose retries always help. */
    private static final double TRUSTED_FRACTION = 0.5;

    /** The step towards full trust for a retry that helps. */
    private static final double TRUST_GAIN = 0.3;

    private static final double OVERLOAD_TRUST_LOSS = 0.5;
    private static final double ORDINARY_TRUST_LOSS = 0.1;

    /** A client whose retries always help earns this many times as many retries of ordinary errors. */
    private static final double TRUSTED_EARNINGS = 3;

    /** So many successes fill the account of ordinary errors beyond its floor. */
    private static final double SUCCESSES_KEPT = 5.0 / 3;

    /** The time constant with which trust decays. */
    private static final double TRUST_MEMORY_NANOS = 3_600e9;

    /** The price of an overload signal's retry while nothing proves that the target serves requests. */
    private static final double UNPROVEN_PRICE = 10;

    /** A success proves that for at least so long. */
    private static final long PROOF_NANOS = 1_000_000_000L;

    /** A client that is newer than this needs no proof. */
    private static final double NEW = 0.1;

    /** From this timeout on, the retry of a timeout costs no more for being short. */
    private static final double LONG_TIMEOUT_NANOS = 1e9;

    /** The share of the burst for ordinary errors is at most the calls that the client makes in this time. */
    private static final double SHARE_SECONDS = 0.25;

    private static final double FULL = 1 - 1e-6;

    private final FleetTerms terms;
    private final double overloadShare;
    private final double ordinaryShare;
    private final CreditAccount overload;
    private final CreditAccount ordinary;
    private LatencyBaseline latency;
    private LastCalls calls = new LastCalls();
    private double tokens;

    /** The fraction of the credit that a new client has: 1, or the share of a declared number of clients. */
    private final double newest;

    /** From {@link #newest} for a new client to 0. */
    private double fresh;

    private double overloadTrust;
    private double ordinaryTrust;
    private boolean begun;

    /** The last known outcome is a success. */
    private boolean healthy = true;

    private long last;

    /**
     * The accounts of a new client.
     *
     * @param filled the fraction of its tokens and credit that it begins with, from 0 to 1
     */
    FleetAccounts(FleetSpec spec, double filled) {
        this(spec, FleetTerms.DEFAULT, filled);
    }

    FleetAccounts(FleetSpec spec, FleetTerms terms, double filled) {
        this.terms = terms;
        double clients = spec.clients().orElse(FleetSpec.ASSUMED_CLIENTS);
        this.overloadShare =
                Math.min(terms.overload().credit(), terms.overload().fleetBurst() / clients);
        this.ordinaryShare =
                Math.min(terms.ordinary().credit(), terms.ordinary().fleetBurst() / clients);
        this.newest =
                spec.clients().isPresent() ? ordinaryShare / terms.ordinary().credit() : 1;
        this.fresh = newest;
        this.tokens = filled * terms.tokens().burst();
        this.overload = new CreditAccount(terms.overload(), filled * overloadFloor());
        this.ordinary = new CreditAccount(terms.ordinary(), filled * ordinaryFloor());
        this.latency = new LatencyBaseline(terms.deviations());
    }

    /** The accounts of a client whose budget has a new specification: the old accounts within the new limits. */
    FleetAccounts(FleetSpec spec, FleetAccounts before) {
        this(spec, before.terms, 0);
        this.latency = new LatencyBaseline(terms.deviations(), before.latency);
        this.fresh = Math.min(fresh, before.fresh);
        this.overloadTrust = before.overloadTrust;
        this.ordinaryTrust = before.ordinaryTrust;
        this.calls = new LastCalls(before.calls);
        this.begun = before.begun;
        this.last = before.last;
        this.healthy = before.healthy;
        this.tokens = Math.min(terms.tokens().burst(), before.tokens);
        carry(before.overload, before.overloadFloor(), overload, overloadFloor());
        carry(before.ordinary, before.ordinaryFloor(), ordinary, ordinaryFloor());
    }

    /** Keeps the earned credit. The credit of the old floor is limited by the new floor. */
    private static void carry(CreditAccount from, double fromFloor, CreditAccount to, double toFloor) {
        double kept = Math.min(from.value(), toFloor + Math.max(0, from.value() - fromFloor));
        to.add(kept, kept);
    }

    private double overloadFloor() {
        return Math.max(overloadShare, terms.overload().credit() * Math.max(fresh, TRUSTED_FRACTION * overloadTrust));
    }

    private double ordinaryFloor() {
        double share = Math.min(ordinaryShare, SHARE_SECONDS * calls.perSecond(last));
        return Math.max(share, terms.ordinary().credit() * Math.max(fresh, TRUSTED_FRACTION * ordinaryTrust));
    }

    private void advance(long now) {
        long nanos = begun ? now - last : 0;
        begun = true;
        if (nanos < 0) {
            return;
        }
        last = now;
        if (nanos > 0) {
            age(nanos);
            overload.decay(nanos, overloadFloor());
            ordinary.decay(nanos, ordinaryFloor());
        }
    }

    private void age(long nanos) {
        double trusted = StrictMath.exp(-nanos / TRUST_MEMORY_NANOS);
        overloadTrust *= trusted;
        ordinaryTrust *= trusted;
        if (!calls.areFewSince(terms.fresh().idle().toNanos(), last)) {
            // A call that fails may wait for long between its attempts.
            fresh *= healthy
                    ? StrictMath.exp(-nanos / (double) terms.fresh().memory().toNanos())
                    : 1;
            return;
        }
        fresh = newest;
        if (healthy) {
            overload.add(overloadFloor(), overloadFloor());
            ordinary.add(ordinaryFloor(), ordinaryFloor());
        }
    }

    /** A call has succeeded at its first attempt. */
    void succeeded(long now) {
        advance(now);
        calls.called(now);
        succeeded();
    }

    /** As of the last time that is known. */
    void succeeded() {
        healthy = true;
        tokens = Math.min(terms.tokens().burst(), tokens + terms.tokens().perSuccess());
        double floor = overloadFloor();
        if (overload.value() < floor) {
            overload.add(FleetSpec.OVERLOAD_REFILL, floor);
        } else {
            overload.add(terms.overload().perSuccess(), terms.overload().credit());
        }
        ordinary.add(earnings(), ordinaryLimit());
    }

    private double earnings() {
        return terms.ordinary().perSuccess() * (1 + (TRUSTED_EARNINGS - 1) * ordinaryTrust);
    }

    private double ordinaryLimit() {
        return Math.max(ordinaryFloor(), SUCCESSES_KEPT * earnings());
    }

    /** A call has succeeded after retries, the last of which was made for such an error. */
    void succeededAfterRetry(ErrorKind lastRetried, long now) {
        if (isHedge(lastRetried)) {
            succeeded(now);
            return;
        }
        if (lastRetried.load() == Load.OVERLOAD) {
            overloadTrust += TRUST_GAIN * (1 - overloadTrust);
        } else {
            ordinaryTrust += TRUST_GAIN * (1 - ordinaryTrust);
        }
        succeeded(now);
    }

    void sample(long latencyNanos, long now) {
        latency.sample(latencyNanos, now);
    }

    /** An attempt has failed. */
    void failed(FailedAttempt failed) {
        boolean overloaded = failed.kind().load() == Load.OVERLOAD;
        if (failed.number() > 1) {
            if (overloaded) {
                overloadTrust -= OVERLOAD_TRUST_LOSS * overloadTrust;
            } else {
                ordinaryTrust -= ORDINARY_TRUST_LOSS * ordinaryTrust;
            }
        }
        if (overloaded && failed.kind().equals(ErrorKind.TIMEOUT) && failed.latencyNanos() > 0) {
            latency.timedOut(failed.latencyNanos());
        }
    }

    /** Takes what the retry of a failed attempt costs, if it is granted. */
    Optional<Grant> take(FailedAttempt failed, DoubleSupplier random) {
        advance(failed.nowNanos());
        if (failed.number() == 1) {
            calls.called(failed.nowNanos());
        }
        healthy = false;
        if (failed.kind().load() == Load.OVERLOAD) {
            return grant(failed, 0, overload.take(overloadPrice(failed), random));
        }
        double price = price(failed);
        if (tokens < price) {
            return Optional.empty();
        }
        if (isHedge(failed.kind())) {
            return hedge(failed);
        }
        double paid = ordinary.take(price, random);
        if (paid >= 0) {
            tokens -= price;
        }
        return grant(failed, price, paid);
    }

    /**
     * Returns the cost of the retry of an overload signal. A success that was not slow and began after the failed attempt proves
     * that the target serves requests. While all requests wait in its queue there is none, and a retry costs ten times as much.
     * With a short timeout it costs more, too: a shorter queue then makes calls fail.
     */
    private double overloadPrice(FailedAttempt failed) {
        double price = price(failed);
        if (fresh > NEW) {
            return price;
        }
        boolean isTimeout = failed.kind().equals(ErrorKind.TIMEOUT) && failed.latencyNanos() > 0;
        long waited = isTimeout ? failed.latencyNanos() : Math.max(PROOF_NANOS, failed.latencyNanos());
        double doubt = latency.hasServedSince(failed.nowNanos() - waited) ? 1 : UNPROVEN_PRICE;
        return price * StrictMath.pow(doubt * Math.max(1, LONG_TIMEOUT_NANOS / waited), 1 - overloadTrust);
    }

    /** Returns whether a retry of this attempt is decided without a random number. */
    boolean isCertain(FailedAttempt failed) {
        advance(failed.nowNanos());
        if (failed.kind().load() == Load.OVERLOAD) {
            return overload.isCertain(overloadPrice(failed));
        }
        double price = price(failed);
        return isHedge(failed.kind()) || tokens < price || ordinary.isCertain(price);
    }

    /**
     * Returns the cost of a retry. Only the latency of a response depends on the target's queue. Other latencies do not count:
     * of a timeout, and of an attempt that reached no server or lost its connection. A statement that a database rolled back
     * may have waited for a lock.
     */
    private double price(FailedAttempt failed) {
        ErrorKind kind = failed.kind();
        if (isHedge(kind)) {
            return 1;
        }
        boolean isResponse = kind.load() != Load.OVERLOAD
                && !kind.equals(ErrorKind.CONNECT)
                && !kind.equals(ErrorKind.IO)
                && !kind.equals(ErrorKind.SQL);
        return latency.price(isResponse ? failed.latencyNanos() : 0);
    }

    /** By identity: a kind of the user's may have the same name. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isHedge(ErrorKind kind) {
        return kind == RetryBudgets.HEDGE;
    }

    /** Hedges come in bunches, one delay after the calls of a fan-out, and have a limit of their own: they need no credit. */
    private Optional<Grant> hedge(FailedAttempt slow) {
        tokens -= 1;
        return Optional.of(new Grant(slow.kind(), 1, 0));
    }

    private static Optional<Grant> grant(FailedAttempt failed, double tokens, double paid) {
        return paid < 0 ? Optional.empty() : Optional.of(new Grant(failed.kind(), tokens, paid));
    }

    void refund(Grant grant) {
        tokens = Math.min(terms.tokens().burst(), tokens + grant.tokens());
        if (grant.kind().load() == Load.OVERLOAD) {
            overload.add(
                    grant.credit(), Math.max(overloadFloor(), terms.overload().credit()));
        } else {
            ordinary.add(
                    grant.credit(), Math.max(ordinaryLimit(), terms.ordinary().credit()));
        }
    }

    /** Returns the retries of an ordinary error that would be granted, as of the last change. */
    double retriesLeft() {
        return Math.min(tokens, ordinary.value());
    }

    /** Returns the retries of an overload signal that would be granted, as of the last change. */
    double overloadRetriesLeft() {
        return overload.value();
    }

    /** Returns whether another success at this moment would change nothing. */
    boolean isFull() {
        return tokens >= terms.tokens().burst()
                && overload.value()
                        >= FULL * Math.max(overloadFloor(), terms.overload().credit())
                && ordinary.value() >= FULL * ordinaryLimit();
    }
}
