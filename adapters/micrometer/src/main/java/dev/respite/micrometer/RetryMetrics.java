package dev.respite.micrometer;

import dev.respite.Retry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;

/**
 * The counts of a {@link Retry} as meters.
 *
 * <pre>{@code
 * Retry quotes = Retry.withDefaults().withName("quotes");
 * RetryMetrics.of(quotes).bindTo(registry);
 * }</pre>
 *
 * <p>The meters read what the retry counts anyway, at each scrape. There is no listener, so they add no cost to
 * a call. Each has the tag {@code name}, {@linkplain Retry#name() the retry's}, and these:
 *
 * <table>
 * <caption>The meters</caption>
 * <thead>
 * <tr><th>meter</th><th>in Prometheus</th><th>tags</th><th>what</th></tr>
 * </thead>
 * <tbody>
 * <tr><td>{@code respite.calls}</td><td>{@code respite_calls_total}</td><td>{@code outcome}, {@code reason}</td>
 * <td>calls that have ended</td></tr>
 * <tr><td>{@code respite.attempts}</td><td>{@code respite_attempts_total}</td><td>{@code error}</td>
 * <td>attempts that have ended, also of calls that have not ended</td></tr>
 * <tr><td>{@code respite.attempts.multiplied}</td><td>{@code respite_attempts_multiplied_total}</td><td></td>
 * <td>attempts that were retried though a call inside them had given up: retries multiply</td></tr>
 * <tr><td>{@code respite.calls.by.attempts}</td><td>{@code respite_calls_by_attempts_total}</td>
 * <td>{@code attempts}</td><td>calls that have ended, by how many attempts they took</td></tr>
 * <tr><td>{@code respite.delay}</td><td>{@code respite_delay_seconds_count}, {@code _sum}</td><td></td>
 * <td>the retries of calls that have ended, and all delays that were decided on</td></tr>
 * <tr><td>{@code respite.budget.balance}</td><td>{@code respite_budget_balance}</td><td></td>
 * <td>how many retries of an ordinary error the budget would grant now</td></tr>
 * <tr><td>{@code respite.budget.refused}</td><td>{@code respite_budget_refused_total}</td><td></td>
 * <td>how often the budget would not pay for a retry</td></tr>
 * <tr><td>{@code respite.budget.waiting}</td><td>{@code respite_budget_waiting}</td><td></td>
 * <td>calls that wait for the budget now; this and the next two only where the policy has a {@code budget-wait}</td></tr>
 * <tr><td>{@code respite.budget.waits}</td><td>{@code respite_budget_waits_total}</td>
 * <td>{@code result}: {@code released}, {@code expired}, {@code cancelled}</td><td>waits for the budget that have ended</td></tr>
 * <tr><td>{@code respite.budget.wait}</td><td>{@code respite_budget_wait_seconds_count}, {@code _sum}</td><td></td>
 * <td>the same waits, and how long they took</td></tr>
 * </tbody>
 * </table>
 *
 * <ul>
 * <li>{@code reason} is the {@link dev.respite.outcome.StopReason} in lower case with hyphens: {@code accepted}, {@code
 *     attempts-exhausted}. {@code outcome} is {@code success} for {@code accepted}, and {@code cancelled} for
 *     {@code interrupted} and {@code cancelled}. It is {@code failure} for all others: the caller got a failure, or a value that
 *     was not accepted, such as a response with status 503.
 * <li>{@code error} is the {@link dev.respite.outcome.ErrorKind}, and {@code none} for an attempt that was accepted. An
 *     attempt that its caller broke off has no outcome, and is not counted here.
 * <li>{@code attempts} is {@code 1} to {@code 9}, or {@code 10+}.
 * </ul>
 *
 * <p>All reasons, all numbers of attempts and the kinds of error that are constants of {@code ErrorKind} are there from the
 * beginning, at 0. Another kind, such as {@code 503}, gets its series in the scrape that first sees it or in the next; a
 * retry counts about 64 kinds apart. Call no kind of your own {@code none}.
 *
 * <p><b>Which retry.</b> Counts belong to a name. A retry and the retries that are made from it by {@code with…} share their
 * counts; {@link Retry#withName} begins new ones. So bind one retry for each name. If the registry has meters with this name
 * already, they continue to read the retry that was bound first. The second is not bound, and the logger {@code dev.respite}
 * warns. The balance is read from the {@link Retry#budget} of the retry
 * that was bound. Where that has no limit, it is infinite: {@code +Inf} in Prometheus; some other registries leave such a
 * value out. A {@code RetryingHttpClient} uses the counts of its retry, but for each origin a budget of its own, whose
 * balance is not shown.
 *
 * <p><b>How long.</b> The registry holds the retry, so that nothing is lost if nothing else holds it. To let go of one,
 * remove its meters from the registry.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class RetryMetrics implements MeterBinder {

    private final Retry retry;

    private RetryMetrics(Retry retry) {
        this.retry = retry;
    }

    /**
     * The counts of a retry.
     *
     * @param retry the retry
     * @return what binds them
     */
    public static RetryMetrics of(Retry retry) {
        return new RetryMetrics(Objects.requireNonNull(retry, "retry"));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        new RetryMeters(retry, registry).register();
    }
}
