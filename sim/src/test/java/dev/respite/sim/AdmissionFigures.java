package dev.respite.sim;

import dev.respite.sim.scenario.Fault;
import java.time.Duration;
import java.util.List;

/**
 * The figures of a run of real clients against a server that has had a fault.
 *
 * @param calls the calls of the whole run
 * @param succeeded the percentage that succeeded of the calls that began from the start of the fault to 20 s after its end
 * @param attempts the attempts of a call, in the whole run
 * @param refused the retries that the server refused, in the whole run
 * @param recovery the seconds from the end of the fault until 95 % of the calls that began in 10 s succeeded; infinite if they
 *     never did
 * @param work the mean milliseconds that a worker took for a request
 * @param late the milliseconds by which a call began late, 99th percentile
 */
record AdmissionFigures(
        double calls, double succeeded, double attempts, double refused, double recovery, double work, double late) {

    private static final long SECOND = 1_000_000_000L;
    private static final long RECOVERY_SECONDS = 20;
    private static final long STEADY_SECONDS = 10;
    private static final double STEADY = 0.95;

    static AdmissionFigures of(ClientsReport report, Fault fault, Duration run, RealService.Refusals seen) {
        List<RealCall> calls = report.calls();
        long end = fault.endNanos();
        long[] late = calls.stream()
                .mapToLong(call -> Math.max(0, call.began() - call.due()))
                .sorted()
                .toArray();
        return new AdmissionFigures(
                calls.size(),
                100 * succeeded(calls, fault.startNanos(), end + RECOVERY_SECONDS * SECOND),
                report.attempts() / (double) calls.size(),
                seen.refused(),
                recovery(calls, end, run.toNanos()),
                seen.work().toNanos() / 1e6,
                late[(late.length - 1) * 99 / 100] / 1e6);
    }

    /** The share of the calls that were due from a time to another, and succeeded. */
    private static double succeeded(List<RealCall> calls, long from, long to) {
        return calls.stream()
                .filter(call -> call.due() >= from && call.due() < to)
                .mapToInt(call -> call.succeeded() ? 1 : 0)
                .average()
                .orElse(0);
    }

    private static double recovery(List<RealCall> calls, long end, long run) {
        for (int second = 0; end + (second + STEADY_SECONDS) * SECOND <= run; second++) {
            long from = end + second * SECOND;
            if (succeeded(calls, from, from + STEADY_SECONDS * SECOND) >= STEADY) {
                return second;
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
