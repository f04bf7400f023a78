package dev.respite.sim;

import dev.respite.RetryCounts;
import dev.respite.outcome.StopReason;
import dev.respite.sim.scenario.Scenario;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The result of a run. It is immutable, and safe for use by any number of threads. */
public final class SimulationResult {

    private final Setting setting;
    private final RetryCounts counts;
    private final Work work;
    private final List<GroupResult> groups;
    private final Series series;
    private final Times times;

    /** The input of a run, beside the policy. */
    record Setting(Scenario scenario, long seed) {}

    /** The load of the services: attempts at the one in focus, its busiest second, work that no caller waited for, retries. */
    record Work(long attempts, long peak, long wastedNanos, Waves waves) {}

    /** The durations of calls: of those that succeeded, and of all. */
    record Times(Latencies ofSuccesses, Latencies ofAll) {}

    SimulationResult(
            Setting setting, RetryCounts counts, Work work, List<GroupResult> groups, Series series, Times times) {
        this.setting = setting;
        this.groups = groups;
        this.counts = counts;
        this.work = work;
        this.series = series;
        this.times = times;
    }

    /** {@return the scenario} */
    public Scenario scenario() {
        return setting.scenario();
    }

    /** {@return the seed, which decided all chance} */
    public long seed() {
        return setting.seed();
    }

    Setting setting() {
        return setting;
    }

    /** Returns the same result in little memory. */
    SimulationResult packed() {
        Times packed = new Times(times.ofSuccesses().packed(), times.ofAll().packed());
        return new SimulationResult(setting, counts, work, groups, series, packed);
    }

    /**
     * {@return the number of calls that have begun} One that has not ended five minutes after the last has begun, since nothing
     * limits its time, has not succeeded, and has no stop reason.
     */
    public long calls() {
        return Math.round(
                series.calls().stream().mapToDouble(Double::doubleValue).sum());
    }

    /** {@return the number of calls that have succeeded} */
    public long succeeded() {
        return counts.ended(StopReason.ACCEPTED);
    }

    /** {@return the fraction of the calls that succeeded, from 0 to 1; 0 if there was no call} */
    public double successRatio() {
        return calls() == 0 ? 0 : succeeded() / (double) calls();
    }

    /** {@return the attempts at the service in focus: in a chain of services the retries of every layer count} */
    public long attempts() {
        return work.attempts();
    }

    /** {@return the attempts for each call; 0 if there was no call} */
    public double amplification() {
        return calls() == 0 ? 0 : attempts() / (double) calls();
    }

    /**
     * Whole seconds from the end of the last fault to the first second from which goodput, over five seconds each, stays at
     * 95 % of the load for 20 s.
     *
     * @return the seconds, 0 without a fault; empty if no call succeeded, if goodput never was back within the run, or if that
     *     {@linkplain Scenario#showsRecovery() is too short} to show it
     */
    public OptionalInt recoverySeconds() {
        return succeeded() == 0 ? OptionalInt.empty() : RecoveryTime.seconds(scenario(), series);
    }

    /** {@return the calls that succeeded in a second, on average, before the first fault; in a run without one, in all of it} */
    public double goodputBefore() {
        return RecoveryTime.meanBefore(scenario(), series);
    }

    /** {@return the calls that succeeded in a second, on average, in the last 20 s of the run} */
    public double goodputAfter() {
        return RecoveryTime.meanAfter(series);
    }

    /**
     * Returns the durations of calls that succeeded.
     *
     * @param percentile from 0 to 100
     * @return the time that so many of a hundred did not exceed, to three digits; 0 if none succeeded
     */
    public Duration latency(double percentile) {
        return Duration.ofNanos(Math.round(latencies().millis(percentile).orElse(0) * 1e6));
    }

    /**
     * Returns the durations of all calls, until they ended with a result or with the failure of the last attempt. A call that has not
     * ended took longer than all others.
     *
     * @param percentile from 0 to 100
     * @return the time in milliseconds that so many of a hundred did not exceed, to three digits; empty if there was no call, or if
     *     that call has not ended
     */
    public OptionalDouble answerMillis(double percentile) {
        return answerTimes().millis(percentile);
    }

    Latencies latencies() {
        return times.ofSuccesses();
    }

    Latencies answerTimes() {
        return times.ofAll();
    }

    /** {@return the most requests that came to the service in focus in a second} */
    public long peakRequestsPerSecond() {
        return work.peak();
    }

    /** {@return the working time, of all services, on requests whose callers no longer waited} */
    public Duration wastedWork() {
        return Duration.ofNanos(work.wastedNanos());
    }

    /** {@return the sum of the delays between attempts that were decided on, over all calls} */
    public Duration delays() {
        return counts.delays();
    }

    /**
     * {@return the time between the first and the last retry with the same number, on average over the numbers} Where calls
     * begin in bursts, it is also the average over the bursts.
     */
    public Duration retrySpread() {
        return Duration.ofNanos(Math.round(work.waves().meanSpread()));
    }

    /** {@return the most retries in one tenth of a second, in tenths counted from the start of the run} */
    public long peakRetriesPer100ms() {
        return work.waves().peakRetriesPer100ms();
    }

    /** {@return the number of calls by their stop reason, in its order, of those that have ended} */
    public Map<StopReason, Long> stopReasons() {
        Map<StopReason, Long> sorted = new EnumMap<>(StopReason.class);
        sorted.putAll(counts.endings());
        return Collections.unmodifiableMap(sorted);
    }

    /**
     * {@return the results of the clients of each group, in the order of the load; one, called {@code all}, if the load names
     * none}
     */
    public List<GroupResult> groups() {
        return groups;
    }

    /** {@return the counts of each second} */
    public Series series() {
        return series;
    }
}
